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
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The flux's check command: exit 0 lets a deposit go, 75 means "not yet", anything else sends it to
 * quarantine. A command that cannot be started or takes too long decides nothing: not yet.
 */
final class Check {
  /** EX_TEMPFAIL of sysexits.h. */
  private static final int NOT_YET = 75;

  private static final Duration AGAIN = Duration.ofSeconds(10);
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final long OUTPUT_LIMIT = 64L * 1024;

  private final FluxName flux;
  private final Optional<List<String>> command;
  private final Duration timeout;

  Check(FluxName flux, IngestSection section) {
    this.flux = flux;
    this.command = section.check();
    this.timeout = section.checkTimeout();
  }

  Judgement judge(Entry entry) {
    if (command.isEmpty()) {
      return new Judgement.Good();
    }
    Words words = Words.about(flux, entry.id(), entry.name(), entry.file());
    StringBuilder output = new StringBuilder();
    CappedOutput capped =
        new CappedOutput((stream, line) -> output.append(line).append('\n'), OUTPUT_LIMIT);
    try {
      Command filled =
          new Command(words.fill(command.get()), words.environment(), Optional.of(entry.folder()));
      End end = Run.start(filled, entry.id().value()).await(timeout, GRACE, capped);
      return judge(end, output.toString());
    } catch (CommandNotStarted e) {
      return new Judgement.NotYet("the check cannot be started: " + e.getMessage(), AGAIN);
    }
  }

  private Judgement judge(End end, String output) {
    if (end instanceof End.TimedOut) {
      return new Judgement.NotYet(
          "the check took longer than " + timeout.toSeconds() + " s (check-timeout)", AGAIN);
    }
    if (end instanceof End.Terminated) {
      return new Judgement.NotYet("the check was ended from outside", AGAIN);
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
