package fr.epiconcept.navette.flux.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The probes of one check. Hundreds of fluxes have folders above their own in common, and all of
 * them stand on a few file systems: nothing is tried twice. Thread-safe; whoever needs what another
 * is trying just now waits for it, and for nothing else.
 */
final class Probes {
  private final Map<Object, CompletableFuture<Optional<String>>> tried = new ConcurrentHashMap<>();

  /** What is to be tried, beside the file systems. */
  private record Trial(Path folder, Optional<String> owner, Optional<String> group) {}

  /** What is wrong with a folder that is there. */
  Optional<String> complaint(Path folder) {
    return complaint(folder, Optional.empty(), Optional.empty());
  }

  /** What is wrong with a folder in which files are given away. */
  Optional<String> complaint(Path folder, Optional<String> owner, Optional<String> group) {
    return once(
        new Trial(folder, owner, group),
        () -> new FolderProbe(folder, this::once).complaint(owner, group));
  }

  /**
   * As {@link #complaint(Path)} for a folder that the daemon creates: its parent has to allow it.
   */
  Optional<String> complaintIfCreated(Path folder) {
    Path existing = FolderProbe.nearestExisting(folder);
    return complaint(existing)
        .map(
            why ->
                existing.equals(folder) ? why : folder + " is missing and cannot be made: " + why);
  }

  private Optional<String> once(Object what, Supplier<Optional<String>> trial) {
    CompletableFuture<Optional<String>> mine = new CompletableFuture<>();
    CompletableFuture<Optional<String>> others = tried.putIfAbsent(what, mine);
    if (others != null) {
      return others.join();
    }
    try {
      mine.complete(trial.get());
    } catch (RuntimeException | Error e) {
      mine.completeExceptionally(e);
    }
    return mine.join();
  }
}
