package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.config.WorkerSection;
import fr.epiconcept.navette.flux.inbox.Inbox;
import fr.epiconcept.navette.flux.pulse.Pulse;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.SpoolCount;
import fr.epiconcept.navette.flux.view.FluxStatus;
import fr.epiconcept.navette.flux.view.FluxStatus.Oldest;
import fr.epiconcept.navette.flux.view.FluxStatus.Scan;
import fr.epiconcept.navette.flux.view.FluxStatus.Waits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** How a flux does on the processing server: from its memory, and from the names in its spool. */
final class FluxReport {
  /** What the work beside the script takes at the most: a large file that is received. */
  private static final Duration BESIDE_SCRIPT = Duration.ofMinutes(10);

  private final FluxName flux;
  private final WorkerSection section;
  private final Path spool;
  private final Optional<Inbox> out;
  private final Supplier<Optional<Duration>> departing;
  private final InProgress inProgress;
  private final Supplier<Set<FileId>> inLine;
  private final Hold hold;

  /**
   * A report.
   *
   * @param departing how long the turn that lists {@code out} has been at work, if it is
   * @param inLine those in hand whose scripts wait for a place
   */
  FluxReport(
      FluxName flux,
      WorkerSection section,
      Path spool,
      Optional<Inbox> out,
      Supplier<Optional<Duration>> departing,
      InProgress inProgress,
      Supplier<Set<FileId>> inLine,
      Hold hold) {
    this.flux = flux;
    this.section = section;
    this.spool = spool;
    this.out = out;
    this.departing = departing;
    this.inProgress = inProgress;
    this.inLine = inLine;
    this.hold = hold;
  }

  /**
   * How it does now; some milliseconds.
   *
   * @throws IOException if its spool cannot be read
   */
  FluxStatus now(Pulse pulse, Instant now) throws IOException {
    SpoolCount answers = SpoolCount.of(spool);
    Optional<Inbox.Glance> glance = out.map(Inbox::glance);
    Optional<Scan> scan = glance.map(seen -> pulse.scan(seen, departing.get(), now));
    int working = inProgress.count();
    int waiting = inLine.get().size();
    return new FluxStatus(
        flux,
        Side.WORKER,
        true,
        Optional.empty(),
        stalled(scan, pulse.silence(), waiting),
        scan,
        new Waits(
            glance.map(Inbox.Glance::waiting).orElse(0),
            answers.unsent(),
            answers.published(),
            oldest(answers, glance, now)),
        working,
        inProgress.longest().map(now::minus),
        waiting,
        0,
        0,
        Optional.empty(),
        hold.now(),
        pulse.lastFile(),
        pulse.lastError());
  }

  /** One whose scripts wait for a place is silent because others run. */
  private Optional<String> stalled(Optional<Scan> scan, Duration silence, int waiting) {
    if (scan.isPresent() && scan.get().overdue()) {
      return Optional.of("its out folder is not listed any more: " + section.out().orElseThrow());
    }
    Duration longest = section.timeout().plus(section.retry().maxDelay()).plus(BESIDE_SCRIPT);
    return inProgress.isBusy() && waiting == 0 && silence.compareTo(longest) > 0
        ? Optional.of(
            "it works on a file, and nothing was heard of it for " + silence.toMinutes() + " min")
        : Optional.empty();
  }

  /** What was claimed came before whatever still stands in the folder. */
  private static Optional<Oldest> oldest(
      SpoolCount answers, Optional<Inbox.Glance> glance, Instant now) {
    Optional<Entry> claimed = answers.oldestUnsent();
    return claimed.isPresent()
        ? claimed.map(entry -> new Oldest(entry.path().display(), entry.id().time()))
        : glance.flatMap(
            seen ->
                seen.oldest().map(name -> new Oldest(name.display(), now.minus(seen.oldestFor()))));
  }
}
