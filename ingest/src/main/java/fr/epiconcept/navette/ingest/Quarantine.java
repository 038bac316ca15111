package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.carry.Cargo.Judgement;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.ledger.End;
import fr.epiconcept.navette.flux.ledger.Ledger;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where refused deposits go: the file, and beside it {@code <id>.reason.txt} with the reason and
 * what the check printed.
 */
final class Quarantine {
  /** How the note beside a file ends. */
  static final String REASON = ".reason.txt";

  private final KeptFolder folder;
  private final Spool spool;
  private final Ledger ledger;
  private final FluxLog log;
  private final Checkpoint checkpoint;

  Quarantine(KeptFolder folder, Spool spool, Ledger ledger, FluxLog log, Checkpoint checkpoint) {
    this.folder = folder;
    this.spool = spool;
    this.ledger = ledger;
    this.log = log;
    this.checkpoint = checkpoint;
  }

  void take(Entry entry, Judgement.Refused why) throws IOException {
    Path day = folder.day(entry.id());
    Files.createDirectories(day);
    // The reason first: a file in quarantine without one would be a riddle for ever.
    Path reason = day.resolve(entry.id() + REASON);
    Files.writeString(
        reason,
        "flux-file: " + entry.path().encoded() + "\nreason: " + why.reason() + "\n" + output(why));
    NativeFiles.syncFile(reason);
    Optional<Path> place = move(entry);
    folder.sync(day);
    ledger.ended(entry.id(), End.QUARANTINED);
    checkpoint.reached(Step.QUARANTINED, entry.id());
    spool.removeFolder(entry);
    log.warn(
        entry.id(),
        "quarantined",
        "name",
        entry.path(),
        "reason",
        why.reason(),
        "to",
        place.orElse(day));
  }

  private static String output(Judgement.Refused why) {
    return why.output().isEmpty() ? "" : "output:\n" + why.output();
  }

  private Optional<Path> move(Entry entry) throws IOException {
    if (FileIdentity.of(entry.file()).isRegular()) {
      return folder.keep(entry.file(), entry.id(), entry.path());
    }
    Path day = folder.day(entry.id());
    Path place = folder.place(entry.id(), entry.path());
    Files.createDirectories(place.getParent());
    try {
      NativeFiles.renameNoReplace(entry.file(), place);
      for (Path own = place.getParent(); !own.equals(day); own = own.getParent()) {
        NativeFiles.syncFolder(own);
      }
      return Optional.of(place);
    } catch (AtomicMoveNotSupportedException otherFileSystem) {
      // A link, a pipe or a socket has no bytes to copy: the reason that stands there is its trace.
      Files.delete(entry.file());
      return Optional.empty();
    }
  }
}
