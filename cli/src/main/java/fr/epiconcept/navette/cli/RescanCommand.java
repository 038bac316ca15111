package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.LiveClient.Answer;
import fr.epiconcept.navette.flux.live.Question;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets the daemon look at its folders now. */
@Command(
    name = "rescan",
    mixinStandardHelpOptions = true,
    description = {
      "look now: at the inbox, and at the processing server's out if run there",
      "Never needed where events work: a daemon looks at its start and every ready.rescan anyhow."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the flux does not run here",
      "2:usage or configuration",
      "3:the daemon does not run, or the file server cannot be asked"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette rescan            all fluxes of this server",
      "  navette rescan labo       one",
      "  touch /space/home/labo/inbox/ORU_0001.hl7   the same for one file"
    })
final class RescanCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin CommonOptions common;

  @Parameters(arity = "0..1", paramLabel = "FLUX", description = "one flux only")
  FluxName flux;

  @Override
  public Integer call() throws IOException {
    Machine machine = Machine.of(common.config());
    Optional<FluxName> only = Optional.ofNullable(flux);
    List<FluxConfig> meant = machine.fluxes(only);
    List<String> silent = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    List<String> looked = new ArrayList<>();
    for (Side side : machine.sides()) {
      if (meant.stream().noneMatch(each -> HoldSides.has(each, side))) {
        continue;
      }
      Question question = Question.of("rescan");
      Answer answer =
          machine.ask(
              side,
              only.isPresent() ? question.with("flux", flux.value()) : question,
              item -> looked.add(line(item)));
      if (answer instanceof Answer.Nobody nobody) {
        silent.add(nobody.why());
      } else if (answer instanceof Answer.Refused no) {
        refused.add(no.why());
      }
    }
    if (meant.stream().anyMatch(each -> each.ingest().isEmpty())) {
      elsewhere(machine, only, looked, silent, refused);
    }
    looked.forEach(spec.commandLine().getOut()::println);
    if (!refused.isEmpty()) {
      throw new CommandFailed(ExitCode.FAILED, String.join("; ", refused));
    }
    if (!silent.isEmpty()) {
      throw new CommandFailed(
          ExitCode.UNREACHABLE,
          String.join("; ", silent) + "; a daemon looks at its folders when it starts");
    }
    if (looked.isEmpty()) {
      throw new CommandFailed(ExitCode.FAILED, "no flux here has a folder to look at");
    }
    return ExitCode.DONE.code();
  }

  /** The inboxes are the file servers'. */
  private static void elsewhere(
      Machine machine,
      Optional<FluxName> only,
      List<String> looked,
      List<String> silent,
      List<String> refused)
      throws IOException {
    Question question = Question.of("rescan");
    Answer answer =
        machine.askElsewhere(
            Side.WORKER,
            only.isPresent() ? question.with("flux", only.get().value()) : question,
            new Machine.Others() {
              @Override
              public void item(String from, JsonNode item) {
                looked.add(line(item) + " (on " + from + ")");
              }

              @Override
              public void silent(String from, String why) {
                silent.add(from + " cannot be asked: " + why);
              }

              @Override
              public void refused(String from, String why) {
                refused.add(from + " says: " + why);
              }
            });
    if (answer instanceof Answer.Refused no) {
      refused.add(no.why());
    }
  }

  private static String line(JsonNode item) {
    return item.path("flux").asText() + ": " + item.path("folder").asText() + " is looked at now";
  }
}
