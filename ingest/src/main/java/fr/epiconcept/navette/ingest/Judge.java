package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.file.Hashing;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.ledger.Booked;
import fr.epiconcept.navette.flux.ledger.End;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.ingest.KeptFiles.Kept;
import fr.epiconcept.navette.ingest.Traces.Recorded;
import fr.epiconcept.navette.ingest.Traces.Spooled;
import fr.epiconcept.navette.ingest.Verdict.Heading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Compares what the books say of a file with its traces on disk and in the broker. What stands on
 * disk comes first: a line of the books may be older than the last step, or be lost.
 */
final class Judge {
  private final FluxName flux;
  private final IngestSection section;
  private final ZoneId zone;
  private final Optional<LocalDate> oldestArchived;
  private final boolean deep;

  /**
   * A judge of one flux's files.
   *
   * @param oldestArchived the first day of which the archive has something
   * @param deep whether bytes are compared too
   */
  Judge(
      FluxName flux,
      IngestSection section,
      ZoneId zone,
      Optional<LocalDate> oldestArchived,
      boolean deep) {
    this.flux = flux;
    this.section = section;
    this.zone = zone;
    this.oldestArchived = oldestArchived;
    this.deep = deep;
  }

  /**
   * The verdict on one file.
   *
   * @param booked nothing if it is in no book
   * @param queued nothing if the broker cannot be asked
   */
  Verdict judge(FileId id, Optional<Booked> booked, Traces traces, Optional<Queued> queued)
      throws IOException {
    Booked books = booked.orElse(Booked.unknown(id));
    if (traces.spooled().isPresent()) {
      return inSpool(books, traces.spooled().get(), queued);
    }
    if (traces.arrived().isPresent()) {
      return arrived(books, traces.arrived().get(), queued);
    }
    if (traces.dead().isPresent()) {
      return dead(books, traces.dead().get(), queued);
    }
    if (!traces.quarantined().isEmpty() || books.end().equals(Optional.of(End.QUARANTINED))) {
      return quarantined(traces.quarantined());
    }
    return ended(books, booked.isEmpty(), traces.archived(), queued);
  }

  private Verdict inSpool(Booked books, Spooled file, Optional<Queued> queued) {
    boolean sent = file.state() != State.CLAIMED && books.sha256().isPresent();
    if (sent && books.bytes().filter(bytes -> bytes != file.bytes()).isPresent()) {
      return Verdict.fault(
          OneLine.of(file.file()) + " has " + file.bytes() + " bytes, " + published(books),
          "somebody changed it in the spool: ask the partner for it");
    }
    if (file.state() == State.PUBLISHED && isLostInBroker(books.id(), queued)) {
      return Verdict.fault(
          "published, but the broker has neither its message nor its outcome",
          "somebody took it out of the queue: stop ingest, move "
              + OneLine.of(file.file())
              + " into the inbox, start");
    }
    return Verdict.of(Heading.WAITING);
  }

  private static boolean isLostInBroker(FileId id, Optional<Queued> queued) {
    return queued.filter(broker -> !broker.isUnderWay(id)).isPresent();
  }

  private Verdict arrived(Booked books, Recorded record, Optional<Queued> queued)
      throws IOException {
    Optional<Verdict> archive = archive(books, record, "arrived");
    if (archive.isPresent()) {
      return archive.get();
    }
    if (isLostInBroker(books.id(), queued)) {
      return Verdict.fault(
          "it has arrived and not ended, but the broker has neither its message nor its outcome",
          "somebody took it out of the queue: " + replay(books.id()));
    }
    return Verdict.of(Heading.WAITING);
  }

  private Verdict dead(Booked books, Recorded record, Optional<Queued> queued) throws IOException {
    Optional<Verdict> archive = archive(books, record, "dead");
    if (archive.isPresent()) {
      return archive.get();
    }
    if (queued.filter(broker -> broker.isUnderWay(books.id())).isPresent()) {
      // Its letter was sent back.
      return Verdict.of(Heading.WAITING);
    }
    if (queued.filter(broker -> !broker.hasLetter(books.id())).isPresent()) {
      return Verdict.fault(
          "dead, but its letter is not in flux." + flux + ".dead",
          "somebody took it out of the queue: " + replay(books.id()));
    }
    return Verdict.of(Heading.DEAD);
  }

  /** What is wrong with the file that a record leads to. */
  private Optional<Verdict> archive(Booked books, Recorded record, String folder)
      throws IOException {
    if (record.says().isEmpty()) {
      return Optional.of(
          Verdict.fault(
              "its record " + section.spool() + "/" + folder + "/" + books.id() + " is damaged",
              "the file itself is in the archive: " + replay(books.id())));
    }
    Arrived says = record.says().get();
    if (record.kept().isEmpty()) {
      return Optional.of(
          Verdict.fault(
              (folder.equals("dead") ? "dead" : "not ended")
                  + ", and no longer in the archive: "
                  + OneLine.of(says.archive())
                  + " is missing",
              "is the archive mounted? else bring the file back to that place from a backup"));
    }
    if (record.kept().get().bytes() != says.size()) {
      return Optional.of(changed(record.kept().get(), says.size() + " have arrived"));
    }
    return content(books, record.kept().get());
  }

  private Verdict quarantined(List<Kept> kept) throws IOException {
    Optional<Kept> reason = kept.stream().filter(Kept::isReason).findFirst();
    boolean file = kept.stream().anyMatch(each -> !each.isReason());
    if (reason.isEmpty() && !file) {
      return Verdict.fault(
          "refused, but neither the file nor its reason is in " + section.quarantine(),
          "if nobody took them away on purpose: ask the partner for the file");
    }
    if (reason.isEmpty()) {
      return Verdict.fault(
          "in quarantine without its reason", "the flux's log has it: event 'quarantined'");
    }
    if (!file && !isWithoutBytes(reason.get())) {
      return Verdict.fault(
          "refused, but in quarantine there is only its reason, " + OneLine.of(reason.get().file()),
          "if nobody took the file away on purpose: ask the partner for it");
    }
    return Verdict.of(Heading.QUARANTINED);
  }

  /** Of a link or a pipe, the reason may be all that there is. */
  private static boolean isWithoutBytes(Kept reason) throws IOException {
    try {
      return Files.readString(reason.file()).contains("\nreason: no regular file\n");
    } catch (NoSuchFileException gone) {
      return false;
    }
  }

  private Verdict ended(
      Booked books, boolean inNoBook, List<Kept> archived, Optional<Queued> queued)
      throws IOException {
    if (books.end().isEmpty()) {
      return inNoBook && !archived.isEmpty()
          ? Verdict.of(Heading.PROCESSED)
          : endUnknown(books, archived);
    }
    return switch (books.end().get()) {
      case PROCESSED -> processed(books, archived);
      case REPLAYED -> Verdict.of(Heading.REPLAYED);
      case DEAD, DEAD_WITHOUT_CONTENT ->
          Verdict.fault(
              "dead, but its record "
                  + section.spool()
                  + "/dead/"
                  + books.id()
                  + " is gone"
                  + (queued.filter(broker -> broker.hasLetter(books.id())).isPresent()
                      ? "; its letter is there"
                      : ""),
              archived.isEmpty()
                  ? "the archive does not have it either: ask the partner for it"
                  : replay(books.id()));
      case QUARANTINED -> throw new IllegalStateException("judged before");
    };
  }

  private Verdict endUnknown(Booked books, List<Kept> archived) {
    if (archived.isEmpty()) {
      return Verdict.fault(
          "claimed, and gone: neither in the spool nor in the archive nor in quarantine",
          "the flux's log tells how far it came (its id); ask the partner for it");
    }
    return Verdict.fault(
        "in the archive, but nobody knows how it ended: its record in "
            + section.spool()
            + "/arrived is gone",
        "after a power cut only the books may be behind: the worker's log tells its end; if there is"
            + " none, "
            + replay(books.id()));
  }

  private Verdict processed(Booked books, List<Kept> archived) throws IOException {
    if (archived.isEmpty()) {
      LocalDate day = LocalDate.ofInstant(books.id().time(), zone);
      if (oldestArchived.filter(day::isBefore).isPresent()) {
        return new Verdict(Heading.PROCESSED, Optional.empty(), true);
      }
      return Verdict.fault(
          "processed, but not in the archive: "
              + books
                  .name()
                  .map(
                      name ->
                          OneLine.of(
                              new KeptFolder(section.archive(), zone).place(books.id(), name)))
                  .orElse(section.archive().toString())
              + " is missing",
          "is the archive mounted? else somebody removed it: the processing server has had it");
    }
    Optional<Long> bytes = books.bytes();
    if (bytes.isPresent() && archived.stream().noneMatch(kept -> kept.bytes() == bytes.get())) {
      return changed(archived.get(0), published(books));
    }
    for (Kept kept : archived) {
      Optional<Verdict> other = content(books, kept);
      if (other.isPresent()) {
        return other.get();
      }
    }
    return Verdict.of(Heading.PROCESSED);
  }

  private static String published(Booked books) {
    return books.bytes().map(bytes -> bytes + " were published").orElse("");
  }

  private static Verdict changed(Kept kept, String expected) {
    return Verdict.fault(
        OneLine.of(kept.file()) + " has " + kept.bytes() + " bytes, " + expected,
        "somebody changed it in the archive: the processing server has had the right one");
  }

  private Optional<Verdict> content(Booked books, Kept kept) throws IOException {
    if (!deep || books.sha256().isEmpty()) {
      return Optional.empty();
    }
    String now = HexFormat.of().formatHex(Hashing.sha256(kept.file()));
    return now.equals(books.sha256().get())
        ? Optional.empty()
        : Optional.of(
            Verdict.fault(
                OneLine.of(kept.file()) + " has other bytes than were published",
                "somebody changed it in the archive: the processing server has had the right one"));
  }

  private String replay(FileId id) {
    return "'navette replay " + flux + " --id " + id + "' sends it once more";
  }
}
