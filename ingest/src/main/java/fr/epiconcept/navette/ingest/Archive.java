package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Records;
import fr.epiconcept.navette.flux.spool.Spool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * On receipt, from the spool to the archive: what is there has arrived.
 *
 * <p>The record of where a file will stand is durable before the file moves, so that a broker that
 * comes back empty can be given everything again, whatever dies here.
 */
final class Archive {
  private final KeptFolder folder;
  private final Spool spool;
  private final Records arrived;
  private final FluxLog log;
  private final Checkpoint checkpoint;

  Archive(KeptFolder folder, Spool spool, Records arrived, FluxLog log, Checkpoint checkpoint) {
    this.folder = folder;
    this.spool = spool;
    this.arrived = arrived;
    this.log = log;
    this.checkpoint = checkpoint;
  }

  /**
   * Archives all files whose receipts came; syncs are shared. May be called again with the same
   * ids.
   *
   * @param era that of the broker which has their messages
   */
  void take(List<FileId> ids, String era) throws IOException {
    List<FileId> recorded = new ArrayList<>();
    for (FileId id : ids) {
      if (record(id, era)) {
        recorded.add(id);
      }
    }
    if (recorded.isEmpty()) {
      return;
    }
    arrived.sync();
    Set<Path> days = new LinkedHashSet<>();
    for (FileId id : recorded) {
      checkpoint.reached(Step.RECORDED, id);
      move(id).ifPresent(days::add);
      checkpoint.reached(Step.ARCHIVED, id);
    }
    for (Path day : days) {
      folder.sync(day);
    }
  }

  private boolean record(FileId id, String era) throws IOException {
    synchronized (spool) {
      Optional<Entry> found = spool.find(id);
      if (found.isEmpty()) {
        return false;
      }
      checkpoint.reached(Step.ARRIVED, id);
      Entry entry = found.get();
      FileIdentity looks = FileIdentity.of(entry.file());
      Path place = folder.place(id, entry.name());
      arrived.write(
          id,
          new Arrived(id, entry.name(), place, looks.size(), entry.related(), 1, era).spelled());
      return true;
    }
  }

  /** The publish may be writing down its own success at this moment: one renames at a time. */
  private Optional<Path> move(FileId id) throws IOException {
    synchronized (spool) {
      Optional<Entry> entry = spool.find(id);
      if (entry.isEmpty()) {
        return Optional.empty();
      }
      Optional<Path> place = folder.keep(entry.get().file(), id, entry.get().name());
      spool.removeFolder(entry.get());
      log.info(id, "archived", "to", place.orElseThrow());
      return Optional.of(folder.day(id));
    }
  }
}
