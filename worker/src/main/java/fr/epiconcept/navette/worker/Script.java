package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.command.CappedOutput;
import fr.epiconcept.navette.flux.command.Command;
import fr.epiconcept.navette.flux.command.CommandNotStarted;
import fr.epiconcept.navette.flux.command.End;
import fr.epiconcept.navette.flux.command.Run;
import fr.epiconcept.navette.flux.command.RunAs;
import fr.epiconcept.navette.flux.command.Words;
import fr.epiconcept.navette.flux.config.WorkerSection;
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

  private final WorkerSection section;
  private final FluxLog log;
  private final Set<Run> running = ConcurrentHashMap.newKeySet();
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
    Run run = Run.start(command(deposit, file, answers, attempt), id.value());
    running.add(run);
    try {
      if (terminating) {
        run.terminate();
      }
      return run.await(section.timeout(), GRACE, output);
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

  private Command command(Deposit deposit, Path file, Path answers, int attempt) {
    Words words =
        Words.about(deposit.flux(), deposit.id(), deposit.name(), file)
            .and("out", answers)
            .and("attempt", Integer.toString(attempt));
    if (deposit.replayOf().isPresent()) {
      words = words.and("replay-of", deposit.replayOf().get().value());
    }
    Map<String, byte[]> environment = new LinkedHashMap<>(words.environment());
    section.runAs().ifPresent(user -> environment.putAll(RunAs.identity(user)));
    for (Map.Entry<String, String> variable : section.env().entrySet()) {
      environment.put(variable.getKey(), words.fill(variable.getValue()));
    }
    Command command =
        new Command(words.fill(section.script()), environment, Optional.of(section.folder()));
    return section
        .runAs()
        .map(user -> command.behind(RunAs.prefix(user, environment.keySet())))
        .orElse(command);
  }

  private static String lower(Enum<?> stream) {
    return stream.name().toLowerCase(Locale.ROOT);
  }

  /** Ends all runs, now and from now on. */
  void terminate() {
    terminating = true;
    running.forEach(Run::terminate);
  }
}
