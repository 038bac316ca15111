package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.carry.DeparturesView;
import fr.epiconcept.navette.broker.carry.Memory;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.spool.SpoolView;
import fr.epiconcept.navette.flux.spool.SpoolView.Kind;
import fr.epiconcept.navette.flux.view.Held;
import fr.epiconcept.navette.flux.view.Listing;
import fr.epiconcept.navette.flux.view.Selection;
import fr.epiconcept.navette.flux.view.Selection.Part;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import fr.epiconcept.navette.ingest.sftp.PartnerServer;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What of a flux waits on the file server, read from its disk: without a daemon, or beside one.
 * Nothing is made or changed; of a backlog only names are kept.
 */
public final class IngestView {
  private final FluxName flux;
  private final IngestSection section;
  private final Optional<PartnerServer> partner;
  private final SpoolView spool;
  private final DeparturesView departures;
  private final QuarantineView quarantine;
  private final Optional<Held> held;
  private final Predicate<FileId> sentBack;

  /** The view of a flux whose daemon does not answer. */
  public static IngestView of(FluxName flux, IngestSection section) {
    return of(flux, section, Optional.empty(), Optional.empty());
  }

  /**
   * The view of a flux that does not run.
   *
   * @param why one line about it, which each file that would go on has as its reason; empty: the
   *     daemon does not answer
   */
  public static IngestView of(
      FluxName flux, IngestSection section, Optional<String> why, Optional<Held> held) {
    Memory memory = Memory.none(why.orElse("no daemon answers that would take it"));
    return of(flux, section, memory, held, id -> false, Optional.empty());
  }

  /**
   * The view of a flux that runs, and that the file server may hold.
   *
   * @param held the hold: what waits in the queue is held by it
   * @param sentBack whether a dead letter is on its way again; the disk does not tell
   * @param partner what a daemon that runs knows of the partner's own server
   */
  static IngestView of(
      FluxName flux,
      IngestSection section,
      Memory memory,
      Optional<Held> held,
      Predicate<FileId> sentBack,
      Optional<PartnerServer> partner) {
    return new IngestView(flux, section, memory, held, sentBack, partner);
  }

  private IngestView(
      FluxName flux,
      IngestSection section,
      Memory memory,
      Optional<Held> held,
      Predicate<FileId> sentBack,
      Optional<PartnerServer> partner) {
    this.flux = flux;
    this.section = section;
    this.partner = partner;
    this.held = held;
    this.sentBack = sentBack;
    spool = new SpoolView(section.spool());
    departures =
        new DeparturesView(
            flux,
            Optional.of(section.inbox()),
            PartnerServer.rules(section),
            section.spool(),
            false,
            memory);
    quarantine = new QuarantineView(flux, section.quarantine(), ZoneId.systemDefault());
  }

  /**
   * Lists what is selected: what has come farthest first, at each place in order of arrival; then
   * dead letters and quarantine.
   *
   * @throws IOException if the listing takes no more
   */
  public void list(Selection selection, Listing listing) throws IOException {
    if (partner.isPresent()) {
      partner.get().list(selection, listing);
    } else {
      PartnerServer.listOffline(flux, section, selection, listing);
    }
    if (!selection.wants(Part.DEPOSITS)) {
      return;
    }
    if (held.isEmpty()) {
      listAll(selection, listing);
      return;
    }
    Set<Place> places = EnumSet.noneOf(Place.class);
    places.addAll(selection.places());
    if (selection.wants(Place.HELD)) {
      places.add(Place.QUEUE);
    }
    listAll(selection.in(places), new Holding(listing, held.get(), selection));
  }

  /** What would wait in the queue is held. */
  private record Holding(Listing listing, Held held, Selection selection) implements Listing {
    @Override
    public void waiting(Waiting file) throws IOException {
      if (file.place() != Place.QUEUE) {
        listing.waiting(file);
      } else if (selection.wants(Place.HELD)) {
        listing.waiting(file.at(Place.HELD, "the flux is held: " + OneLine.of(held.reason())));
      }
    }

    @Override
    public void unseen(FluxName flux, String why) throws IOException {
      listing.unseen(flux, why);
    }
  }

  private void listAll(Selection selection, Listing listing) throws IOException {
    Set<FileId> told = new HashSet<>();
    records(Kind.ARRIVED, selection, listing, told);
    if (departures.list(selection, listing, told)) {
      // What went on meanwhile may have arrived.
      records(Kind.ARRIVED, selection, listing, told);
    }
    records(Kind.DEAD, selection, listing, told);
    if (selection.wants(Place.QUARANTINE)) {
      quarantine.list(selection, listing);
    }
  }

  private void records(Kind kind, Selection selection, Listing listing, Set<FileId> told)
      throws IOException {
    if (places(kind).stream().noneMatch(selection::wants)) {
      return;
    }
    List<FileId> ids = List.of();
    try {
      ids = spool.records(kind);
    } catch (IOException e) {
      listing.unseen(flux, "cannot list the records of what has arrived: " + e);
    }
    for (FileId id : ids) {
      if (!told.contains(id)) {
        Optional<Waiting> file = record(kind, id, selection, listing);
        if (file.isPresent()) {
          told.add(id);
          listing.waiting(file.get());
        }
      }
    }
  }

  private static Set<Place> places(Kind kind) {
    return kind == Kind.DEAD ? EnumSet.of(Place.DEAD, Place.QUEUE) : EnumSet.of(Place.PROCESSING);
  }

  private Place place(Kind kind, FileId id) {
    if (kind == Kind.ARRIVED) {
      return Place.PROCESSING;
    }
    return sentBack.test(id) ? Place.QUEUE : Place.DEAD;
  }

  private Optional<Waiting> record(Kind kind, FileId id, Selection selection, Listing listing)
      throws IOException {
    try {
      Optional<Arrived> record = spool.record(kind, id).map(text -> Arrived.parse(id, text));
      if (record.isEmpty() || !selection.wants(id, record.get().replayOf())) {
        return Optional.empty();
      }
      Place place = place(kind, id);
      if (!selection.wants(place)) {
        return Optional.empty();
      }
      Instant written = FileIdentity.of(spool.recordFile(kind, id)).modified().toInstant();
      return Optional.of(waiting(record.get(), place, written));
    } catch (NoSuchFileException endedMeanwhile) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      listing.unseen(flux, "cannot read " + OneLine.of(spool.recordFile(kind, id)) + ": " + e);
      return Optional.empty();
    }
  }

  private Waiting waiting(Arrived record, Place place, Instant since) {
    return new Waiting(
        flux,
        place,
        Optional.of(record.id()),
        OneLine.of(record.name()),
        record.size(),
        since,
        why(record, place),
        Optional.empty(),
        Optional.of(OneLine.of(record.archive())));
  }

  private static String why(Arrived record, Place place) {
    return switch (place) {
      case DEAD ->
          record.reason().map(OneLine::of).orElse("given up; the reason stands in the log");
      case QUEUE ->
          "a dead letter that was sent back; no processing server has said that it has it";
      default -> "a processing server has it and has not told its outcome";
    };
  }
}
