package fr.epiconcept.navette.flux.reload;

import fr.epiconcept.navette.flux.view.Reloaded;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** A change of one flux that may take a while: what was done, or how far it has come. */
final class Change {
  /** Nobody waits for it: the start of the daemon. */
  static final Change NONE = done(null);

  private final CompletableFuture<Reloaded> done = new CompletableFuture<>();
  private final Supplier<Reloaded> meanwhile;

  Change(Supplier<Reloaded> meanwhile) {
    this.meanwhile = meanwhile;
  }

  static Change done(Reloaded already) {
    Change change = new Change(() -> already);
    change.ends(already);
    return change;
  }

  /** The first end counts; true if this is it. */
  boolean ends(Reloaded how) {
    return done.complete(how);
  }

  Reloaded await(Duration limit) throws InterruptedException {
    try {
      return done.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      return meanwhile.get();
    } catch (ExecutionException never) {
      throw new IllegalStateException(never);
    }
  }
}
