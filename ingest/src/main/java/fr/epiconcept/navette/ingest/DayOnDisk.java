package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.spool.SpoolView;
import fr.epiconcept.navette.flux.spool.SpoolView.Kind;
import fr.epiconcept.navette.ingest.KeptFiles.Kept;
import fr.epiconcept.navette.ingest.Traces.Recorded;
import fr.epiconcept.navette.ingest.Traces.Spooled;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The traces of all files that were claimed on one day in UTC: some 300 bytes of memory each. */
final class DayOnDisk {
  private final Map<FileId, Spooled> spooled = new HashMap<>();
  private final Map<Kind, Map<FileId, Recorded>> recorded = new EnumMap<>(Kind.class);
  private final Map<FileId, List<Kept>> archived = new HashMap<>();
  private final Map<FileId, List<Kept>> quarantined = new HashMap<>();

  private DayOnDisk() {}

  /**
   * Looks, in the order of a file's way: one that moves meanwhile is seen here or there.
   *
   * @param zone whose calendar archive and quarantine follow
   * @param wanted asked of files of that day only
   */
  static DayOnDisk read(IngestSection section, ZoneId zone, LocalDate day, Predicate<FileId> wanted)
      throws IOException {
    DayOnDisk disk = new DayOnDisk();
    SpoolView spool = new SpoolView(section.spool());
    for (State state : State.values()) {
      disk.addSpooled(spool, state, wanted);
    }
    for (Kind kind : Kind.values()) {
      disk.addRecords(spool, kind, wanted);
    }
    LocalDate first = LocalDate.ofInstant(day.atStartOfDay(ZoneOffset.UTC).toInstant(), zone);
    LocalDate last =
        LocalDate.ofInstant(
            day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().minusMillis(1), zone);
    for (LocalDate local = first; !local.isAfter(last); local = local.plusDays(1)) {
      disk.archived.putAll(new KeptFiles(section.archive()).of(local, wanted));
      disk.quarantined.putAll(new KeptFiles(section.quarantine()).of(local, wanted));
    }
    return disk;
  }

  private void addSpooled(SpoolView spool, State state, Predicate<FileId> wanted)
      throws IOException {
    for (Path own : spool.list(state)) {
      FileId id = SpoolView.id(own);
      if (wanted.test(id)) {
        addSpooled(spool, state, own, id);
      }
    }
  }

  private void addSpooled(SpoolView spool, State state, Path own, FileId id) throws IOException {
    try {
      Optional<Entry> entry = spool.entry(own);
      if (entry.isPresent()) {
        Path file = entry.get().file();
        spooled.put(id, new Spooled(state, file, FileIdentity.of(file).size()));
      }
    } catch (NoSuchFileException gone) {
      // It has gone on, and is found there.
      return;
    }
  }

  private void addRecords(SpoolView spool, Kind kind, Predicate<FileId> wanted) throws IOException {
    Map<FileId, Recorded> found = new HashMap<>();
    for (FileId id : spool.records(kind)) {
      Optional<String> record = wanted.test(id) ? spool.record(kind, id) : Optional.empty();
      if (record.isPresent()) {
        found.put(id, recorded(id, record.get()));
      }
    }
    recorded.put(kind, found);
  }

  private static Recorded recorded(FileId id, String record) throws IOException {
    Arrived says;
    try {
      says = Arrived.parse(id, record);
    } catch (RuntimeException damaged) {
      return new Recorded(Optional.empty(), Optional.empty());
    }
    try {
      long bytes = FileIdentity.of(says.archive()).size();
      return new Recorded(Optional.of(says), Optional.of(new Kept(says.archive(), bytes)));
    } catch (NoSuchFileException missing) {
      return new Recorded(Optional.of(says), Optional.empty());
    }
  }

  /** All of which there is any trace, in order of arrival. */
  Set<FileId> ids() {
    Set<FileId> ids = new TreeSet<>(spooled.keySet());
    recorded.values().forEach(found -> ids.addAll(found.keySet()));
    ids.addAll(archived.keySet());
    ids.addAll(quarantined.keySet());
    return ids;
  }

  Traces of(FileId id) {
    return new Traces(
        Optional.ofNullable(spooled.get(id)),
        Optional.ofNullable(recorded.get(Kind.ARRIVED).get(id)),
        Optional.ofNullable(recorded.get(Kind.DEAD).get(id)),
        archived.getOrDefault(id, List.of()),
        quarantined.getOrDefault(id, List.of()));
  }
}
