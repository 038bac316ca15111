package fr.epiconcept.navette.flux.pulse;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.view.FluxStatus;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Looks at fluxes of which one may hang: its disk or network folder may not answer, and whoever
 * asks wants to know of the others. A look that hangs keeps one thread a flux, however often it is
 * asked for. Safe for several threads.
 */
public final class Inquiries {
  private final Executor threads;
  private final Duration patience;
  private final Map<FluxName, CompletableFuture<FluxStatus>> hanging = new ConcurrentHashMap<>();

  /**
   * Nothing hangs yet.
   *
   * @param threads starts each look on a thread of its own
   * @param patience for all that hang within one {@link Round}
   */
  public Inquiries(Executor threads, Duration patience) {
    this.threads = threads;
    this.patience = patience;
  }

  /** The looks that one question asks for. */
  public Round round() {
    return new Round();
  }

  /** For one thread. */
  public final class Round {
    private static final long LEAST_MILLIS = 50;

    private long left = patience.toNanos();

    private Round() {}

    /** What {@code look} sees; nothing if it hangs. */
    public Optional<FluxStatus> ask(FluxName flux, Supplier<FluxStatus> look)
        throws InterruptedException {
      CompletableFuture<FluxStatus> before = hanging.get(flux);
      if (before != null && !before.isDone()) {
        return Optional.empty();
      }
      CompletableFuture<FluxStatus> asked = CompletableFuture.supplyAsync(look, threads);
      long began = System.nanoTime();
      try {
        return Optional.of(
            asked.get(Math.max(left, LEAST_MILLIS * 1_000_000), TimeUnit.NANOSECONDS));
      } catch (TimeoutException hangs) {
        left -= System.nanoTime() - began;
        hanging.put(flux, asked);
        return Optional.empty();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
  }
}
