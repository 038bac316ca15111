package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.carry.Cargo.Judgement;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.command.CappedOutput;
import fr.epiconcept.navette.flux.command.Command;
import fr.epiconcept.navette.flux.command.CommandNotStarted;
import fr.epiconcept.navette.flux.command.End;
import fr.epiconcept.navette.flux.command.Run;
import fr.epiconcept.navette.flux.command.Words;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.spool.Entry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The flux's check command: exit 0 lets a deposit go, 75 means "not yet", anything else sends it to
 * quarantine. A command that cannot be started, takes too long or was ended by somebody else
 * decides nothing: not yet.
 */
final class Check {
  /** EX_TEMPFAIL of sysexits.h. */
  private static final int NOT_YET = 75;

  private static final Duration AGAIN = Duration.ofSeconds(10);
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final long OUTPUT_LIMIT = 64L * 1024;

  /** Not in the spool: what a check leaves behind there would stand beside the deposit. */
  private static final Path FOLDER = Path.of("/");

  /**
   * HUP, INT, KILL and TERM come from a person, systemd or a machine without memory. Any other
   * signal is the check's own fall over this file, and to try again would not end it.
   */
  private static final Set<Integer> FROM_OUTSIDE = Set.of(1, 2, 9, 15);

  private final FluxName flux;
  private final Optional<List<String>> command;
  private final Duration timeout;
  private final Set<Run> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  Check(FluxName flux, IngestSection section) {
    this.flux = flux;
    this.command = section.check();
    this.timeout = section.checkTimeout();
  }

  Judgement judge(Entry entry) {
    if (command.isEmpty()) {
      return new Judgement.Good();
    }
    if (stopping) {
      return new Judgement.NotYet("the daemon stops", AGAIN);
    }
    Words words = Words.about(flux, entry.id(), entry.name(), entry.file()).from(entry.from());
    StringBuilder output = new StringBuilder();
    CappedOutput capped =
        new CappedOutput((stream, line) -> output.append(line).append('\n'), OUTPUT_LIMIT);
    try {
      Command filled =
          new Command(words.fill(command.get()), words.environment(), Optional.of(FOLDER));
      return judge(await(Run.start(filled, entry.id().value()), capped), output.toString());
    } catch (CommandNotStarted e) {
      return new Judgement.NotYet("the check cannot be started: " + e.getMessage(), AGAIN);
    }
  }

  private End await(Run run, CappedOutput output) {
    running.add(run);
    try {
      if (stopping) {
        run.terminate();
      }
      return run.await(timeout, GRACE, output);
    } finally {
      running.remove(run);
    }
  }

  /** Ends the check that runs and starts no other: its deposit is judged at the next start. */
  void terminate() {
    stopping = true;
    running.forEach(Run::terminate);
  }

  private Judgement judge(End end, String output) {
    if (end instanceof End.TimedOut) {
      return new Judgement.NotYet(
          "the check took longer than " + timeout.toSeconds() + " s (check-timeout)", AGAIN);
    }
    if (end instanceof End.Terminated) {
      return new Judgement.NotYet("the daemon stops", AGAIN);
    }
    if (end instanceof End.Signalled signalled && FROM_OUTSIDE.contains(signalled.signal())) {
      return new Judgement.NotYet(
          "the check was ended from outside, by signal " + signalled.signal(), AGAIN);
    }
    if (end.code() == 0) {
      return new Judgement.Good();
    }
    if (end.code() == NOT_YET) {
      return new Judgement.NotYet("the check says so (exit 75)", AGAIN);
    }
    return new Judgement.Refused("the check answered " + end.code(), output);
  }
}
