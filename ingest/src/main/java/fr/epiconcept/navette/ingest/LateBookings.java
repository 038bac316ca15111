package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.ledger.Ledger;
import fr.epiconcept.navette.flux.ledger.LedgerView;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.spool.SpoolView;
import fr.epiconcept.navette.flux.spool.SpoolView.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Enters into the books what is under way and does not stand in them: claimed in the moment of a
 * kill, or under a version that kept none.
 */
final class LateBookings {
  private final SpoolView spool;
  private final LedgerView books;
  private final Ledger ledger;
  private final FluxLog log;

  LateBookings(Path spool, Ledger ledger, FluxLog log) {
    this.spool = new SpoolView(spool);
    this.books = LedgerView.of(spool);
    this.ledger = ledger;
    this.log = log;
  }

  /** Makes them. A fault is told, and keeps no flux from starting. */
  void make() {
    try {
      for (Map.Entry<LocalDate, Map<FileId, Making>> day : underWay().entrySet()) {
        make(day.getKey(), day.getValue());
      }
    } catch (IOException e) {
      failed(null, e);
    }
  }

  private void failed(FileId idOrNull, Exception cause) {
    log.warn(
        idOrNull,
        "not-booked",
        "reason",
        cause.toString(),
        "then",
        "navette balance may tell that it is in no book");
  }

  private Map<LocalDate, Map<FileId, Making>> underWay() throws IOException {
    Map<LocalDate, Map<FileId, Making>> days = new TreeMap<>();
    for (State state : State.values()) {
      for (Path own : spool.list(state)) {
        add(days, SpoolView.id(own), () -> fromSpool(own));
      }
    }
    for (Kind kind : Kind.values()) {
      for (FileId id : spool.records(kind)) {
        add(days, id, () -> fromRecord(kind, id));
      }
    }
    return days;
  }

  private interface Making {
    void make() throws IOException;
  }

  private static void add(Map<LocalDate, Map<FileId, Making>> days, FileId id, Making making) {
    days.computeIfAbsent(LedgerView.day(id), day -> new TreeMap<>()).put(id, making);
  }

  private void make(LocalDate day, Map<FileId, Making> files) throws IOException {
    Set<FileId> known = books.read(day, files::containsKey).keySet();
    for (Map.Entry<FileId, Making> file : files.entrySet()) {
      if (!known.contains(file.getKey())) {
        try {
          file.getValue().make();
        } catch (IOException | RuntimeException e) {
          // A record that cannot be read keeps no other out of the books.
          failed(file.getKey(), e);
        }
      }
    }
  }

  private void fromSpool(Path own) throws IOException {
    Optional<Entry> entry = spool.entry(own);
    if (entry.isPresent()) {
      ledger.claimed(entry.get(), FileIdentity.of(entry.get().file()).size());
    }
  }

  private void fromRecord(Kind kind, FileId id) throws IOException {
    Optional<String> record = spool.record(kind, id);
    if (record.isPresent()) {
      Arrived file = Arrived.parse(id, record.get());
      ledger.claimed(id, file.name(), file.size(), file.replayOf());
    }
  }
}
