package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.command.CappedOutput;
import fr.epiconcept.navette.flux.command.Command;
import fr.epiconcept.navette.flux.command.CommandNotStarted;
import fr.epiconcept.navette.flux.command.End;
import fr.epiconcept.navette.flux.command.Run;
import fr.epiconcept.navette.flux.command.RunAs;
import fr.epiconcept.navette.flux.command.Running;
import fr.epiconcept.navette.flux.command.Words;
import fr.epiconcept.navette.flux.config.PhpFpm;
import fr.epiconcept.navette.flux.config.WorkerSection;
import fr.epiconcept.navette.flux.fastcgi.FpmRun;
import fr.epiconcept.navette.flux.log.FluxLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The flux's script: how it is called, what it is told, and where its words go. */
final class Script {
  /** Between TERM and KILL. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final Set<String> OF_THE_POOL = Set.of("HOME", "USER", "LOGNAME");

  private final WorkerSection section;
  private final FluxLog log;
  private final Set<Running> running = ConcurrentHashMap.newKeySet();
  private volatile boolean terminating;

  Script(WorkerSection section, FluxLog log) {
    this.section = section;
    this.log = log;
  }

  /**
   * Runs it on one file, to its end.
   *
   * @param answers the folder that the script is told to put acknowledgements into
   * @throws CommandNotStarted if there is no such program, or no right to run it
   */
  End run(Deposit deposit, Path file, Path answers, int attempt)
      throws CommandNotStarted, InterruptedException {
    FileId id = deposit.id();
    CappedOutput output =
        new CappedOutput(
            (stream, line) -> log.info(id, "output", "stream", lower(stream), "line", line),
            section.outputLimit());
    Running run = start(words(deposit, file, answers, attempt), id);
    running.add(run);
    try {
      if (terminating) {
        run.terminate();
      }
      End end = run.await(section.timeout(), GRACE, output);
      if (section.phpFpm().isPresent()
          && end instanceof End.TimedOut late
          && late.survivors() > 0) {
        log.warn(
            id,
            "script-goes-on",
            "reason",
            "php-fpm has no way to end a script: set request_terminate_timeout of its pool to three"
                + " quarters of the flux's timeout");
      }
      return end;
    } finally {
      running.remove(run);
      if (output.dropped().lines() > 0) {
        log.warn(
            id,
            "output-dropped",
            "lines",
            output.dropped().lines(),
            "bytes",
            output.dropped().bytes(),
            "limit",
            section.outputLimit());
      }
    }
  }

  private Running start(Words words, FileId id) throws CommandNotStarted {
    if (section.phpFpm().isEmpty()) {
      return Run.start(command(words), id.value());
    }
    PhpFpm where = section.phpFpm().get();
    Map<String, byte[]> environment = new LinkedHashMap<>(words.environment());
    // Who the script is, its pool has decided.
    environment.keySet().removeAll(OF_THE_POOL);
    ownVariables(words, environment);
    return FpmRun.start(where.text(), where.address(), section.script().get(0), environment);
  }

  private static Words words(Deposit deposit, Path file, Path answers, int attempt) {
    Words words =
        Words.about(deposit.flux(), deposit.id(), deposit.name(), file)
            .from(deposit.folder())
            .and("out", answers)
            .and("attempt", Integer.toString(attempt));
    if (deposit.replayOf().isPresent()) {
      words = words.and("replay-of", deposit.replayOf().get().value());
    }
    return words;
  }

  private Command command(Words words) {
    Map<String, byte[]> environment = new LinkedHashMap<>(words.environment());
    section.runAs().ifPresent(user -> environment.putAll(RunAs.identity(user)));
    ownVariables(words, environment);
    Command command =
        new Command(words.fill(section.script()), environment, Optional.of(section.folder()));
    return section
        .runAs()
        .map(user -> command.behind(RunAs.prefix(user, environment.keySet())))
        .orElse(command);
  }

  private void ownVariables(Words words, Map<String, byte[]> environment) {
    for (Map.Entry<String, String> variable : section.env().entrySet()) {
      environment.put(variable.getKey(), words.fill(variable.getValue()));
    }
  }

  private static String lower(Enum<?> stream) {
    return stream.name().toLowerCase(Locale.ROOT);
  }

  /** Ends all runs, now and from now on. */
  void terminate() {
    terminating = true;
    running.forEach(Running::terminate);
  }
}
