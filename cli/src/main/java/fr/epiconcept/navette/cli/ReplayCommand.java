package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.LiveClient.Answer;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.view.Replayed;
import fr.epiconcept.navette.ingest.ReplayOrder;
import fr.epiconcept.navette.ingest.ReplayPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has files processed once more. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "process files once more: dead letters, or files of the file server's archive",
      "Each gets a new id that remembers the first; bytes, name and order are the same. What several"
          + " options say must all be true of a file. A dead letter leaves the dead letters. Files"
          + " that are replays themselves are found by --id and --dead only. On a processing server"
          + " the file server is asked to do it, for so many files as it allows at once."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:nothing matches, or some file could not be replayed (each is named)",
      "2:usage or configuration",
      "3:the daemon does not run, or the file server cannot be asked"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette replay labo --dead --dry-run                   what would be done?",
      "  navette replay labo --dead                             all dead letters",
      "  navette replay labo --id 01M84Z0JV38N63DNTHRZ7PR7PT    one file",
      "  navette replay labo --name 'ORU_*.hl7' --from 2026-11-23 --to 2026-11-23",
      "  navette replay labo --dead --from 2026-11-23T18:00     dead letters since then",
      "  30 6 * * * navette navette replay labo --dead -q       a line for /etc/cron.d"
    })
final class ReplayCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin CommonOptions common;

  @Parameters(paramLabel = "FLUX", description = "its flux")
  FluxName flux;

  @Option(names = "--dead", description = "dead letters")
  boolean dead;

  @Option(names = "--id", paramLabel = "ID", description = "the file of that id")
  String id;

  @Option(
      names = "--name",
      paramLabel = "GLOB",
      description = "files of such names (* ? [a-z] {a,b}; in quotes: it is not for the shell)")
  String name;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "deposited then or later; " + Moment.SHAPES)
  Moment from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "deposited before; of a date: until the end of that day")
  Moment to;

  @Option(names = "--dry-run", description = "say which files, and do nothing")
  boolean dryRun;

  @Option(
      names = {"-q", "--quiet"},
      description = "say only what could not be done")
  boolean quiet;

  @Option(names = "--json", description = "as JSON; see docs/json.md")
  boolean json;

  private Progress progress;
  private long done;
  private long failed;
  private boolean printed;
  private Optional<CommandFailed> failure = Optional.empty();

  @Override
  public Integer call() throws IOException, InterruptedException {
    ReplayOrder selection = selection();
    Machine machine = Machine.of(common.config());
    FluxConfig config = machine.fluxes(Optional.of(flux)).get(0);
    progress = Progress.on(spec.commandLine().getErr(), !quiet && !dryRun);
    Question question = selection.asked("replay").with("flux", flux.value());
    Question asked = dryRun ? question.with("dry-run", "true") : question;
    Optional<DaemonConfig.IngestDaemon> daemon = machine.daemon().ingest();
    if (daemon.isPresent() && config.ingest().isPresent()) {
      here(machine, asked, selection, config.ingest().get(), daemon.get());
    } else {
      elsewhere(machine, asked);
    }
    progress.clear();
    finish();
    if (failure.isPresent()) {
      throw failure.get();
    }
    return result();
  }

  private void here(
      Machine machine,
      Question question,
      ReplayOrder selection,
      IngestSection section,
      DaemonConfig.IngestDaemon daemon)
      throws IOException, InterruptedException {
    Answer answer = machine.ask(Side.INGEST, question, this::item);
    if (answer instanceof Answer.Nobody nobody) {
      fromDisk(selection, section, daemon, nobody.why());
    } else if (answer instanceof Answer.Refused refused) {
      failure = Optional.of(new CommandFailed(ExitCode.FAILED, refused.why()));
    }
  }

  /** The file server has the dead letters and the archive, so it does the work. */
  private void elsewhere(Machine machine, Question question) throws IOException {
    List<String> asked = new ArrayList<>();
    Answer answer =
        machine.askElsewhere(
            Side.WORKER,
            question,
            new Machine.Others() {
              @Override
              public void item(String from, JsonNode item) throws IOException {
                asked.add(from);
                ReplayCommand.this.item(item);
              }

              @Override
              public void silent(String from, String why) {
                failure = cannotAsk(from + " cannot be asked: " + why);
              }

              @Override
              public void refused(String from, String why) {
                failure = Optional.of(new CommandFailed(ExitCode.FAILED, from + " says: " + why));
              }
            });
    if (answer instanceof Answer.Nobody nobody) {
      failure = cannotAsk(nobody.why());
    } else if (answer instanceof Answer.Refused refused) {
      failure = cannotAsk(refused.why());
    } else if (asked.isEmpty() && failure.isEmpty()) {
      failure = cannotAsk("the daemon here is linked to no file server for it");
    }
  }

  private static Optional<CommandFailed> cannotAsk(String why) {
    return Optional.of(
        new CommandFailed(
            ExitCode.UNREACHABLE,
            why + "; the file server has the dead letters and the archive: run it there"));
  }

  private ReplayOrder selection() {
    try {
      ZoneId zone = ZoneId.systemDefault();
      return new ReplayOrder(
          dead,
          Optional.ofNullable(id).map(FileId::new),
          Optional.ofNullable(name),
          Optional.ofNullable(from).map(time -> time.start(zone)),
          Optional.ofNullable(to).map(time -> time.end(zone)));
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
    }
  }

  private void fromDisk(
      ReplayOrder selection, IngestSection section, DaemonConfig.IngestDaemon daemon, String why)
      throws IOException, InterruptedException {
    if (!dryRun) {
      throw new CommandFailed(
          ExitCode.UNREACHABLE,
          "only the running daemon replays: " + why + "; --dry-run says what it would do");
    }
    spec.commandLine().getErr().println("from disk, for " + why);
    Path state = daemon.state().resolve("flux").resolve(flux.value());
    try {
      new ReplayPlan(section, state, ZoneId.systemDefault()).show(selection, this::take);
    } catch (Refusal refused) {
      throw new CommandFailed(ExitCode.FAILED, refused.getMessage(), refused);
    }
  }

  private void item(JsonNode item) throws IOException {
    if (item.has("total")) {
      progress.of(item.get("total").asLong());
    } else {
      take(LiveJson.mapper().treeToValue(item, Replayed.class));
    }
  }

  private void take(Replayed file) throws IOException {
    if (file.problem().isPresent()) {
      failed++;
    } else {
      done++;
    }
    if (json) {
      spec.commandLine().getOut().print(printed ? "," : "[");
      spec.commandLine().getOut().print(LiveJson.mapper().writeValueAsString(file));
      printed = true;
    }
    if (file.problem().isPresent()) {
      progress.clear();
      spec.commandLine()
          .getErr()
          .println("not replayed: " + file.id() + " " + quoted(file) + ": " + file.problem().get());
    } else if (dryRun && !json) {
      spec.commandLine()
          .getOut()
          .println(
              file.id() + " " + quoted(file) + (file.dead() ? " (dead letter)" : " (archive)"));
    }
    progress.oneMore();
  }

  /** No name may write to the terminal what is no name. */
  private static String quoted(Replayed file) {
    return file.name().replaceAll("\\p{Cntrl}", "?");
  }

  private void finish() {
    if (json) {
      spec.commandLine().getOut().println(printed ? "]" : "[]");
    }
    if (done + failed > 0 && !quiet && !json) {
      spec.commandLine()
          .getOut()
          .printf(
              "%s: %d %s%s%n",
              flux,
              done,
              dryRun ? "would be replayed" : "replayed",
              failed == 0 ? "" : ", " + failed + " cannot be");
    }
  }

  private int result() {
    if (done + failed == 0) {
      if (quiet) {
        return ExitCode.FAILED.code();
      }
      throw new CommandFailed(
          ExitCode.FAILED,
          dead
              ? "no dead letter of " + flux + " matches"
              : "nothing in the archive of " + flux + " matches");
    }
    return (failed == 0 ? ExitCode.DONE : ExitCode.FAILED).code();
  }
}
