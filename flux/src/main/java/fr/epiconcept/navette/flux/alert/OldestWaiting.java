package fr.epiconcept.navette.flux.alert;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.AlertClass;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.inbox.OldestFile;
import fr.epiconcept.navette.flux.spool.OldestEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Whether a file of a flux waits for too long: in a watched folder, or in a spool. */
public final class OldestWaiting {
  private final FluxName flux;
  private final Path spool;
  private final Optional<Folder> folder;
  private final InstantSource clock;

  /** A folder that is watched, and when its files are taken. */
  public record Folder(Path path, ReadyRules ready) {}

  /**
   * Those of a flux.
   *
   * @param folder the inbox, or {@code out}
   */
  public OldestWaiting(FluxName flux, Path spool, Optional<Folder> folder, InstantSource clock) {
    this.flux = flux;
    this.spool = spool;
    this.folder = folder;
    this.clock = clock;
  }

  /**
   * The file that has waited longest, if that is longer than {@code limit}.
   *
   * @throws IOException if a folder cannot be listed
   */
  public Optional<Condition> now(Duration limit) throws IOException {
    Optional<Condition> spooled = inSpool();
    Optional<Condition> watched = inFolder();
    Optional<Condition> oldest =
        watched.isEmpty()
                || (spooled.isPresent() && spooled.get().since().isBefore(watched.get().since()))
            ? spooled
            : watched;
    return oldest.filter(it -> Duration.between(it.since(), clock.instant()).compareTo(limit) >= 0);
  }

  private Optional<Condition> inSpool() throws IOException {
    return OldestEntry.in(spool)
        .map(
            entry ->
                condition(
                    entry.id().time(),
                    entry.id() + " waits in the spool (" + entry.folder() + ")",
                    Map.of("file-id", entry.id().value(), "place", entry.folder())));
  }

  private Optional<Condition> inFolder() throws IOException {
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    return OldestFile.in(folder.get().path(), folder.get().ready())
        .map(
            file ->
                condition(
                    file.since(),
                    file.name().display()
                        + " waits in "
                        + folder.get().path()
                        + " and is not taken",
                    Map.of(
                        "file", file.name().display(), "place", folder.get().path().toString())));
  }

  private Condition condition(Instant since, String what, Map<String, String> values) {
    return new Condition(
        AlertClass.OLDEST,
        Optional.of(flux),
        "",
        since,
        what + "; `navette pending " + flux + "` says why",
        values);
  }
}
