package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.view.More;
import fr.epiconcept.navette.flux.view.Serving;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Makes one line of what both servers know of a file. The processing servers are heard first: they
 * have few files, and their word is the more exact one.
 */
final class Merger {
  /** A file as one server knows it. */
  record Told(Waiting file, boolean live) {}

  private final Map<FileId, Told> worked = new TreeMap<>();
  private final Map<FluxName, List<Serving>> servings = new TreeMap<>();

  /** Of each flux the file that is worked on. */
  private final Map<FluxName, Waiting> heads = new TreeMap<>();

  /** Those that were told before the file server spoke of them. */
  private final Set<FileId> said = new HashSet<>();

  private final Instant now;
  private final ZoneId zone;

  /** Nothing is known yet. */
  Merger(Instant now, ZoneId zone) {
    this.now = now;
    this.zone = zone;
  }

  /** A processing server's word on a deposit. The first one to speak of a file is believed. */
  void worker(Waiting file, boolean live) {
    file.id().ifPresent(id -> worked.putIfAbsent(id, new Told(file, live)));
  }

  /** How a processing server serves a flux. */
  void serves(Serving serving) {
    servings.computeIfAbsent(serving.flux(), flux -> new ArrayList<>()).add(serving);
  }

  /**
   * What is to be said of a flux before the file server's word on it. The outcomes on their way
   * home are not among it: the file server may know them by now. Nor is what has no name yet.
   */
  List<Told> first(FluxName flux) {
    return take(
        told ->
            told.file().flux().equals(flux)
                && told.file().place() != Place.ANSWER
                && !told.file().name().isEmpty());
  }

  /** What the file server's word and ours are together; nothing if it was said before. */
  Optional<Told> fileServer(Waiting file, boolean live) {
    Optional<FileId> id = file.id();
    if (id.isPresent() && said.contains(id.get()) && file.place() != Place.QUARANTINE) {
      return Optional.empty();
    }
    Told ours = id.map(worked::remove).orElse(null);
    if (ours != null && !(ours.file().place() == Place.ANSWER && file.place() == Place.DEAD)) {
      return Optional.of(new Told(named(ours.file(), file), ours.live()));
    }
    return Optional.of(new Told(file.place() == Place.QUEUE ? queued(file) : file, live));
  }

  /**
   * What the file server did not speak of.
   *
   * @param outcomes whether outcomes on their way home too: a file server that answers and does not
   *     know such a file any more has its outcome
   */
  List<Told> rest(boolean outcomes) {
    return take(told -> outcomes || told.file().place() != Place.ANSWER);
  }

  private List<Told> take(Predicate<Told> wanted) {
    List<Told> taken = worked.values().stream().filter(wanted).toList();
    for (Told each : taken) {
      FileId id = each.file().id().orElseThrow();
      worked.remove(id);
      said.add(id);
    }
    return taken;
  }

  /** The file server knows the name under which it came. */
  private static Waiting named(Waiting worker, Waiting fileServer) {
    return new Waiting(
        worker.flux(),
        worker.place(),
        worker.id(),
        fileServer.name(),
        fileServer.bytes(),
        worker.since(),
        worker.why(),
        worker.next(),
        worker.path().or(fileServer::path));
  }

  /** Those of the queue of a held flux are held. */
  More counted(More files) {
    return files.place() == Place.QUEUE && isHeld(files.flux())
        ? new More(files.flux(), Place.HELD, files.more(), files.oldest())
        : files;
  }

  private boolean isHeld(FluxName flux) {
    List<Serving> all = servings.getOrDefault(flux, List.of());
    return !all.isEmpty() && all.stream().allMatch(each -> each.held().isPresent());
  }

  private Waiting queued(Waiting file) {
    List<Serving> all = servings.getOrDefault(file.flux(), List.of());
    if (isHeld(file.flux())) {
      return file.at(Place.HELD, "the flux is held: " + all.get(0).held().orElseThrow());
    }
    boolean oneByOne = all.size() == 1 && all.get(0).concurrency() == 1;
    return oneByOne
        ? ahead(file).map(first -> file.at(Place.QUEUE, behind(first))).orElse(file)
        : file;
  }

  /** The file that is worked on; the queue is behind it. */
  private Optional<Waiting> ahead(Waiting file) {
    return Optional.ofNullable(heads.get(file.flux()));
  }

  private String behind(Waiting first) {
    String why =
        first.next().isPresent()
            ? "again later, at " + PendingText.clock(first.next().get(), now, zone)
            : first.why();
    return "behind " + first.id().orElseThrow() + " (" + why + ")";
  }

  /** All processing servers have spoken. */
  void workersHeard() {
    worked.values().stream()
        .map(Told::file)
        .filter(file -> file.place() == Place.PROCESSING || file.place() == Place.LATER)
        .sorted(Comparator.comparing(file -> file.id().orElseThrow()))
        .forEach(file -> heads.putIfAbsent(file.flux(), file));
  }
}
