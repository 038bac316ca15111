package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.view.Held;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a deposit stands on this worker, in words for people.
 *
 * @param lines its mark; empty if it has none yet
 * @param written when the last of them was
 * @param attempts how many runs its flux allows
 */
record Standing(FluxName flux, FileId id, List<MarkLine> lines, Instant written, int attempts) {

  /** Why it waits, where, and since when. */
  private record Word(Place place, Instant since, String why, Optional<Instant> next) {}

  /**
   * The deposit as it waits.
   *
   * @param worksOn whether the daemon works on it at this moment
   * @param live whether it is the daemon itself that says so
   */
  Waiting waiting(boolean worksOn, boolean live, Optional<Held> hold) {
    return waiting(word(Progress.of(lines), worksOn, live, hold));
  }

  /** The deposit as one whose script waits for a place. */
  Waiting inLine() {
    return waiting(
        new Word(
            Place.PROCESSING,
            written,
            "its script waits for a place: as many run as worker.scripts of navette.yml allows",
            Optional.empty()));
  }

  private Waiting waiting(Word word) {
    Optional<Path> file = landed();
    return new Waiting(
        flux,
        word.place(),
        Optional.of(id),
        landedAs().map(OneLine::of).orElse(""),
        file.map(Standing::bytes).orElse(0L),
        word.since(),
        word.why(),
        word.next(),
        file.map(OneLine::of));
  }

  private Word word(Progress progress, boolean worksOn, boolean live, Optional<Held> hold) {
    if (progress.finished().isPresent()) {
      return finished(progress.finished().get());
    }
    boolean runs = progress.running() && (worksOn || !live);
    if (hold.isPresent() && !runs) {
      return new Word(
          Place.HELD,
          hold.get().since(),
          "the flux is held: " + OneLine.of(hold.get().reason()),
          Optional.empty());
    }
    if (progress.running()) {
      return running(progress, worksOn, live);
    }
    if (progress.againAt().isPresent()) {
      return later(progress);
    }
    if (worksOn) {
      String why =
          lines.isEmpty() ? "it is being received" : "received; its script is about to run";
      return new Word(Place.PROCESSING, written, why, Optional.empty());
    }
    String why = "received; its script has not run, " + comesAgain(live);
    return new Word(Place.PROCESSING, written, why, Optional.empty());
  }

  private Word finished(Finished end) {
    String result = end.result().name().toLowerCase(Locale.ROOT);
    String reason = end.reason().isEmpty() ? "" : " (" + OneLine.of(end.reason()) + ")";
    return new Word(
        Place.ANSWER,
        written,
        result + reason + "; the file server has not said that it knows",
        Optional.empty());
  }

  private Word running(Progress progress, boolean worksOn, boolean live) {
    Instant since = last("started", "at").map(Instant::parse).orElse(written);
    String run = "run " + progress.attempts() + " of " + attempts;
    String why =
        worksOn
            ? "its script runs, " + run
            : "its script was started, " + run + ", and nobody saw it end; " + comesAgain(live);
    return new Word(Place.PROCESSING, since, why, Optional.empty());
  }

  private static String comesAgain(boolean live) {
    return live ? "the broker brings it again" : "no daemon answers that would say more";
  }

  private Word later(Progress progress) {
    String exit = last("later", "exit").orElse("0");
    String why =
        exit.equals("0")
            ? "its script cannot be started; the log says why"
            : "its script asked for another run (exit "
                + exit
                + ", run "
                + progress.attempts()
                + " of "
                + attempts
                + ")";
    return new Word(Place.LATER, written, why, progress.againAt());
  }

  private Optional<String> last(String step, String key) {
    Optional<String> value = Optional.empty();
    for (MarkLine line : lines) {
      if (line.step().equals(step)) {
        value = line.get(key);
      }
    }
    return value;
  }

  /** Where it stands in the storage folder, or stood: its script may have taken it. */
  private Optional<Path> landed() {
    Optional<String> folder = last("landing", "folder");
    return folder.isEmpty()
        ? Optional.empty()
        : landedAs().map(name -> name.in(Path.of(folder.get())));
  }

  private Optional<TreeName> landedAs() {
    SubFolder folder = SubFolder.decode(last("landing", "sub").orElse(""));
    return last("landing", "name").map(name -> new TreeName(folder, FileName.decode(name)));
  }

  private static long bytes(Path file) {
    try {
      return FileIdentity.of(file).size();
    } catch (IOException takenAway) {
      return 0;
    }
  }
}
