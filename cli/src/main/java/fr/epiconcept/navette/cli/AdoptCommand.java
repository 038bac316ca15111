package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.adopt.Adoption;
import fr.epiconcept.navette.flux.adopt.Adoption.Adopted;
import fr.epiconcept.navette.flux.adopt.BrokenOld;
import fr.epiconcept.navette.flux.adopt.Note;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.written.WrittenFlux;
import fr.epiconcept.navette.flux.written.WrittenFlux.What;
import fr.epiconcept.navette.flux.written.WrittenFluxes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes files of fluxes out of the configuration of the daemon that was there before. */
@Command(
    name = "adopt",
    mixinStandardHelpOptions = true,
    description = {
      "translate a configuration of indird into files of fluxes, and list what has no translation",
      "Nothing of it is run. A value that only a person knows is written as TODO, and navette check"
          + " refuses the file until it is filled in. docs/migration.md goes through it."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, whatever is still to be filled in",
      "1:refused, and nothing is written: other files stand there",
      "2:the old configuration cannot be read"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette adopt /etc/indird.conf                  what would come of it",
      "  navette adopt /etc/indird.conf --into ./new",
      "  navette adopt procom1/ profntd1/ --into ./new   both hosts' /etc/indird.*",
      "  navette check --offline --config ./new          what is still to fill in"
    })
final class AdoptCommand implements Callable<Integer> {
  private static final String FIRST_LINE =
      "# Written by navette adopt: fill in what says TODO; then the file is yours.";

  @Spec CommandSpec spec;
  @Mixin CommonOptions common;

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "a host's indird.conf (with the indird.d beside it), its indird.d, or a folder with both;"
              + " several hosts together make whole fluxes")
  List<Path> sources;

  @Option(
      names = "--into",
      paramLabel = "DIR",
      description = "write DIR/flux.d/NAME.yml; without it they are printed")
  Path into;

  @Option(names = "--overwrite", description = "replace files that are there, too")
  boolean overwrite;

  @Option(names = "--dry-run", description = "write nothing; say what would be done")
  boolean dryRun;

  @Option(names = "--json", description = "as JSON; see docs/json.md")
  boolean json;

  @Override
  public Integer call() throws IOException {
    Adopted adopted = adopted();
    WrittenFluxes fluxes = new WrittenFluxes(folder(), FIRST_LINE);
    List<WrittenFlux> plan =
        fluxes.plan(adopted.fluxes(), false, overwrite).stream()
            .filter(each -> each.what() != What.LEFT)
            .toList();
    if (into != null) {
      refuseWhatIsThere(plan);
      if (!dryRun) {
        for (WrittenFlux each : plan) {
          fluxes.apply(each);
        }
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(LiveJson.mapper().writeValueAsString(asJson(adopted, plan)));
    } else {
      say(adopted, plan, out);
    }
    return ExitCode.DONE.code();
  }

  private Adopted adopted() throws IOException {
    try {
      return Adoption.of(sources);
    } catch (BrokenOld broken) {
      throw new CommandFailed(ExitCode.USAGE, broken.getMessage(), broken);
    }
  }

  /** Without a folder nothing is looked at: each file would be a new one. */
  private Path folder() {
    return into == null ? Path.of("/dev/null") : into.toAbsolutePath().normalize();
  }

  /** A file that was adopted before may have been filled in since. */
  private void refuseWhatIsThere(List<WrittenFlux> plan) {
    if (overwrite) {
      return;
    }
    plan.stream()
        .filter(each -> each.what() == What.CHANGED || each.what() == What.FOREIGN)
        .findFirst()
        .ifPresent(
            each -> {
              throw new CommandFailed(
                  ExitCode.FAILED,
                  each.file()
                      + " is there and says something else: move it away, or say --overwrite;"
                      + " nothing is written");
            });
  }

  // --- telling ---

  private void say(Adopted adopted, List<WrittenFlux> plan, PrintWriter out) {
    if (into == null && !dryRun) {
      plan.forEach(each -> out.print("# --- flux.d/" + each.flux() + ".yml\n" + each.text()));
    }
    // What concerns a flux stands in its file already.
    adopted.notes().stream()
        .filter(each -> into != null || dryRun || each.flux().isEmpty())
        .forEach(out::println);
    if (into != null) {
      plan.forEach(
          each -> out.println(each.file() + " " + each.what().name().toLowerCase(Locale.ROOT)));
    }
    out.println(
        plan.size()
            + (plan.size() == 1 ? " flux, " : " fluxes, ")
            + count(adopted, Note.Kind.TODO)
            + " to fill in, "
            + count(adopted, Note.Kind.LOST)
            + " not taken over, "
            + count(adopted, Note.Kind.OTHERWISE)
            + " that work otherwise"
            + (into == null || dryRun ? " (nothing is written)" : ""));
  }

  private static long count(Adopted adopted, Note.Kind kind) {
    return adopted.notes().stream().filter(note -> note.kind() == kind).count();
  }

  private Map<String, Object> asJson(Adopted adopted, List<WrittenFlux> plan) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("dryRun", dryRun || into == null);
    all.put("read", adopted.read().stream().map(Path::toString).toList());
    all.put("fluxes", plan.stream().map(this::asJson).toList());
    all.put("notes", adopted.notes().stream().map(AdoptCommand::asJson).toList());
    return all;
  }

  private Map<String, Object> asJson(WrittenFlux planned) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("flux", planned.flux());
    if (into != null) {
      members.put("file", planned.file().toString());
    }
    members.put("what", planned.what());
    return members;
  }

  private static Map<String, Object> asJson(Note note) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("file", note.file().toString());
    members.put("line", note.line());
    members.put("column", note.column());
    members.put("flux", note.flux());
    members.put("kind", note.kind());
    members.put("what", note.what());
    return members;
  }
}
