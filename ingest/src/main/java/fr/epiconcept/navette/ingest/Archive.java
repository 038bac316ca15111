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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * On receipt, from the spool to the archive: what is there has arrived.
 *
 * <p>The record of where a file will stand is durable before the file moves, so that a broker that
 * comes back empty can be given everything again, whatever dies here.
 */
final class Archive {
  private static final Logger LOG = LoggerFactory.getLogger(Archive.class);

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
    Map<FileId, String> records = new LinkedHashMap<>();
    for (FileId id : ids) {
      record(id, era).ifPresent(record -> records.put(id, record));
    }
    if (records.isEmpty()) {
      return;
    }
    arrived.writeAll(records);
    Set<Path> days = new LinkedHashSet<>();
    for (FileId id : records.keySet()) {
      checkpoint.reached(Step.RECORDED, id);
      move(id, era).ifPresent(days::add);
      checkpoint.reached(Step.ARCHIVED, id);
    }
    for (Path day : days) {
      folder.sync(day);
    }
  }

  /**
   * Whether a receipt for it may be of a message that this broker does not have: one of its
   * predecessor's. The file is sent again, and to take it away would leave it without a message;
   * its worker will say once more that it has it, or bring it to its end.
   */
  boolean isToBeSentAgain(FileId id, String era) throws IOException {
    Optional<Entry> found = spool.find(id);
    return found.isPresent()
        && (found.get().folder().getParent().endsWith("again") || !spool.isAdoptedBy(era));
  }

  private Optional<String> record(FileId id, String era) throws IOException {
    synchronized (spool) {
      Optional<Entry> found = spool.find(id);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      checkpoint.reached(Step.ARRIVED, id);
      Entry entry = found.get();
      return Optional.of(
          record(entry, folder.place(id, entry.path()), FileIdentity.of(entry.file()), era));
    }
  }

  private String record(Entry entry, Path place, FileIdentity looks, String era)
      throws IOException {
    return new Arrived(
            entry.id(),
            entry.path(),
            place,
            Optional.of(ArchiveRoot.of(folder.folder())),
            looks.size(),
            entry.related(),
            1,
            era)
        .spelled();
  }

  /** The publish may be writing down its own success at this moment: one renames at a time. */
  private Optional<Path> move(FileId id, String era) throws IOException {
    synchronized (spool) {
      Optional<Entry> found = spool.find(id);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      Entry entry = found.get();
      long bytes = FileIdentity.of(entry.file()).size();
      Path place = folder.keep(entry.file(), id, entry.path()).orElseThrow();
      if (!place.equals(folder.place(id, entry.path()))) {
        // Somebody's file has the name that we meant: the record must not lead to that one.
        arrived.writeAll(Map.of(id, record(entry, place, FileIdentity.of(place), era)));
      }
      spool.removeFolder(entry);
      log.info(id, "archived", "bytes", bytes, "to", place);
      return Optional.of(folder.day(id));
    }
  }

  /** Of a deposit that is in the spool, or has arrived and not ended; for a line of log only. */
  Optional<Long> size(FileId id) {
    try {
      Optional<Entry> waiting = spool.find(id);
      return waiting.isPresent()
          ? Optional.of(FileIdentity.of(waiting.get().file()).size())
          : arrived.read(id).map(record -> Arrived.parse(id, record).size());
    } catch (IOException | RuntimeException e) {
      LOG.debug("the size of {} is not known", id, e);
      return Optional.empty();
    }
  }
}
