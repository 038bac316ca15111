package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.carry.DeparturesView;
import fr.epiconcept.navette.broker.carry.Memory;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.WorkerSection;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.view.Held;
import fr.epiconcept.navette.flux.view.Listing;
import fr.epiconcept.navette.flux.view.Selection;
import fr.epiconcept.navette.flux.view.Selection.Part;
import fr.epiconcept.navette.flux.view.Serving;
import fr.epiconcept.navette.flux.view.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of a flux waits on the processing server, read from its disk: without a daemon, or beside
 * one. Nothing is made or changed.
 */
public final class WorkerView {
  private final FluxName flux;
  private final WorkerSection section;
  private final Path state;
  private final Optional<Set<FileId>> inProgress;
  private final Set<FileId> inLine;
  private final Marks marks;
  private final DeparturesView answers;

  /**
   * The view of a flux whose daemon does not answer.
   *
   * @param state the daemon's state folder
   */
  public static WorkerView of(FluxName flux, WorkerSection section, Path state) {
    return of(flux, section, state, Optional.empty());
  }

  /**
   * The view of a flux that does not run.
   *
   * @param why one line about it, which each file that would go on has as its reason; empty: the
   *     daemon does not answer
   */
  public static WorkerView of(
      FluxName flux, WorkerSection section, Path state, Optional<String> why) {
    Memory memory = Memory.none(why.orElse("no daemon answers that would send it"));
    return new WorkerView(flux, section, state, Optional.empty(), Set.of(), memory);
  }

  /**
   * The view of a flux that runs.
   *
   * @param inProgress what is being worked on
   * @param inLine those of them whose scripts wait for a place
   * @param memory of its departures
   */
  static WorkerView of(
      FluxName flux,
      WorkerSection section,
      Path state,
      Set<FileId> inProgress,
      Set<FileId> inLine,
      Memory memory) {
    return new WorkerView(flux, section, state, Optional.of(inProgress), inLine, memory);
  }

  private WorkerView(
      FluxName flux,
      WorkerSection section,
      Path state,
      Optional<Set<FileId>> inProgress,
      Set<FileId> inLine,
      Memory memory) {
    this.flux = flux;
    this.section = section;
    this.state = state;
    this.inProgress = inProgress;
    this.inLine = inLine;
    Path own = state.resolve("flux").resolve(flux.value());
    this.marks = Marks.at(own.resolve("deposits"));
    this.answers =
        new DeparturesView(
            flux, section.out(), section.outReady(), own.resolve("spool"), true, memory);
  }

  /** How this server serves the flux. */
  public Serving serving() throws IOException {
    Optional<Held> hold = Hold.at(state, flux).now();
    return new Serving(flux, section.concurrency(), hold.map(Held::reason), hold.map(Held::since));
  }

  /**
   * Lists what is selected: deposits in order of arrival, then acknowledgements, the farthest
   * first.
   *
   * @throws IOException if the listing takes no more
   */
  public void list(Selection selection, Listing listing) throws IOException {
    if (selection.wants(Part.DEPOSITS)) {
      deposits(selection, listing);
    }
    if (selection.wants(Part.ANSWERS)) {
      answers.list(selection, listing, new HashSet<>());
    }
  }

  private void deposits(Selection selection, Listing listing) throws IOException {
    Set<FileId> ids = new TreeSet<>(inProgress.orElse(Set.of()));
    Optional<Held> hold = Optional.empty();
    try {
      hold = Hold.at(state, flux).now();
      ids.addAll(marks.open());
    } catch (IOException e) {
      listing.unseen(flux, "cannot list the marks in " + OneLine.of(state) + ": " + e);
    }
    for (FileId id : ids) {
      if (selection.wants(id, Optional.empty())) {
        Optional<Waiting> file = deposit(id, hold, listing);
        if (file.isPresent() && selection.wants(file.get().place())) {
          listing.waiting(file.get());
        }
      }
    }
  }

  private Optional<Waiting> deposit(FileId id, Optional<Held> hold, Listing listing)
      throws IOException {
    boolean worksOn = inProgress.filter(ids -> ids.contains(id)).isPresent();
    try {
      Optional<Instant> written = marks.changed(id);
      List<MarkLine> lines = written.isEmpty() ? List.of() : marks.read(id);
      if (lines.isEmpty() && !worksOn) {
        return Optional.empty();
      }
      Standing standing =
          new Standing(flux, id, lines, written.orElseGet(id::time), section.retry().attempts());
      return Optional.of(
          inLine.contains(id)
              ? standing.inLine()
              : standing.waiting(worksOn, inProgress.isPresent(), hold));
    } catch (IOException | RuntimeException e) {
      listing.unseen(flux, "cannot read the mark of " + id + ": " + e);
      return Optional.empty();
    }
  }
}
