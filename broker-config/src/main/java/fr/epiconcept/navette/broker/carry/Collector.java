package fr.epiconcept.navette.broker.carry;

import fr.epiconcept.navette.broker.carry.Cargo.Milestone;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.inbox.Inbox;
import fr.epiconcept.navette.flux.inbox.Inbox.Found;
import fr.epiconcept.navette.flux.inbox.Inbox.Look;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Ready, then claim: what a turn takes out of the watched folder, all with one sync. */
final class Collector {
  /** Files claimed with one sync at most; the rest follows in the next turn. */
  static final int BATCH = 500;

  /** Whoever gets the fault knows when to come again. */
  private static final Duration LATER = Duration.ofMinutes(1);

  private final Inbox inbox;
  private final Spool spool;
  private final Companions companions;
  private final FileIds ids;
  private final Cargo cargo;
  private final FluxLog log;
  private final Checkpoint checkpoint;
  private final List<Found> ready = new ArrayList<>();
  private boolean stagingSearched;
  private String unwatched = "";

  Collector(
      Inbox inbox,
      Spool spool,
      Companions companions,
      FileIds ids,
      Cargo cargo,
      FluxLog log,
      Checkpoint checkpoint) {
    this.inbox = inbox;
    this.spool = spool;
    this.companions = companions;
    this.ids = ids;
    this.cargo = cargo;
    this.log = log;
    this.checkpoint = checkpoint;
  }

  /**
   * What one turn claimed.
   *
   * @param claimed durable in the spool, in order of arrival
   * @param fault why some file could not be taken; empty if all could
   * @param lookAgain when there is something to do even if no event comes
   */
  record Collected(List<Entry> claimed, Optional<IOException> fault, Duration lookAgain) {}

  /**
   * Looks and claims. A file that cannot be taken does not stop those behind it; it is found again
   * by a later listing, for nothing hangs on our memory. Only a spool that takes nothing now stops
   * all: else those behind would go first when it takes again.
   *
   * @throws IOException if the inbox cannot be listed or the claims cannot be synced
   */
  Collected collect() throws IOException {
    List<Entry> claimed = new ArrayList<>();
    Optional<IOException> fault = Optional.empty();
    if (!stagingSearched) {
      Spool.Fetched fetched = spool.fetchLeftInStaging(inbox.folder());
      for (Entry entry : fetched.entries()) {
        ids.notBefore(entry.id());
        claimed.add(entry);
        tell(entry, "found");
      }
      fault = fetched.fault();
      stagingSearched = fault.isEmpty();
      if (fault.filter(spool::isItsOwn).isPresent()) {
        spool.syncClaims(claimed);
        return new Collected(claimed, fault, LATER);
      }
    }
    Look look = inbox.look();
    tellUnwatched(inbox.unwatched().orElse(""));
    look.refused()
        .forEach(
            folder ->
                log.warn(
                    null,
                    "subfolder-refused",
                    "subfolder",
                    folder.folder(),
                    "reason",
                    folder.why()));
    ready.addAll(look.found());
    List<Found> batch = new ArrayList<>(ready.subList(0, Math.min(BATCH, ready.size())));
    ready.subList(0, batch.size()).clear();
    for (Found found : batch) {
      try {
        claim(found).ifPresent(claimed::add);
      } catch (IOException e) {
        fault = Optional.of(e);
        stagingSearched = false;
        if (spool.isItsOwn(e)) {
          // By then they may be others under the same names: a listing finds what is there.
          ready.clear();
          spool.syncClaims(claimed);
          return new Collected(claimed, fault, LATER);
        }
      }
    }
    spool.syncClaims(claimed);
    return new Collected(claimed, fault, ready.isEmpty() ? look.lookAgain() : Duration.ZERO);
  }

  /** Said once, and again when it is over. */
  private void tellUnwatched(String why) {
    if (!why.isEmpty() && unwatched.isEmpty()) {
      log.warn(null, "subfolders-polled", "because", why);
    } else if (why.isEmpty() && !unwatched.isEmpty()) {
      log.info(null, "subfolders-watched");
    }
    unwatched = why;
  }

  private Optional<Entry> claim(Found found) throws IOException {
    FileId id = ids.next();
    companions.note(id, found.name());
    Optional<Entry> claimed =
        spool.claim(inbox.folder(), found.name(), id, relatedTo(found.looks()));
    if (claimed.isEmpty()) {
      companions.forget(id);
      return claimed;
    }
    Entry entry = claimed.get();
    checkpoint.reached(Step.CLAIMED, entry.id());
    tell(entry, found.how());
    return claimed;
  }

  private void tell(Entry entry, String how) throws IOException {
    // Only now, out of everybody's reach, does a look at it mean something.
    FileIdentity looks = FileIdentity.of(entry.file());
    cargo.claimed(entry, looks);
    log.info(
        entry.id(),
        cargo.word(Milestone.FOUND),
        "name",
        entry.path(),
        "bytes",
        looks.size(),
        "modified",
        looks.modified().toInstant(),
        "seen",
        how,
        "related",
        entry.related().orElse(null));
    log.info(
        entry.id(), cargo.word(Milestone.CLAIMED), "bytes", looks.size(), "spool", entry.folder());
  }

  private Optional<FileId> relatedTo(FileIdentity looks) {
    return looks == null ? Optional.empty() : cargo.relatedTo(looks);
  }
}
