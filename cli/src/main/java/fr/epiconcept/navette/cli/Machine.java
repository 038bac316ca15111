package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.ConfigReader;
import fr.epiconcept.navette.flux.config.Configuration;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.Fault;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.LiveClient;
import fr.epiconcept.navette.flux.live.LiveClient.Answer;
import fr.epiconcept.navette.flux.live.LiveClient.Items;
import fr.epiconcept.navette.flux.live.Question;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * This machine as an operator's command sees it: its configuration, read and not tried, and its
 * daemons, which may run or not. A machine may be file server, processing server, or both.
 */
final class Machine {
  private static final String FLUX_FOLDER = "flux.d";
  private static final String FLUX_FILE = ".yml";

  private final Configuration configuration;
  private final DaemonConfig daemon;

  private Machine(Configuration configuration, DaemonConfig daemon) {
    this.configuration = configuration;
    this.daemon = daemon;
  }

  /**
   * Reads the configuration. A flux with a fault is left out; `navette check` tells of it.
   *
   * @throws CommandFailed if {@code navette.yml} cannot be used
   */
  static Machine of(Path config) {
    Configuration read = ConfigReader.read(config);
    DaemonConfig daemon =
        read.daemon()
            .orElseThrow(
                () ->
                    new CommandFailed(
                        ExitCode.USAGE,
                        read.daemonFaults().isEmpty()
                            ? read.mainFile() + " cannot be used; see `navette check`"
                            : read.daemonFaults().get(0).toString()));
    return new Machine(read, daemon);
  }

  DaemonConfig daemon() {
    return daemon;
  }

  /** Which daemons have work here. */
  Set<Side> sides() {
    return configuration.sides();
  }

  /**
   * All fluxes without a fault, by name, as far as they concern this machine: the same file may
   * stand on both servers, and what it says of the other one happens there.
   */
  List<FluxConfig> fluxes() {
    return configuration.fluxes().stream().map(this::ofHere).toList();
  }

  /** Those whose files have a fault: no more is known of them than that they should be. */
  Set<FluxName> faulty() {
    Path folder = configuration.folder().resolve(FLUX_FOLDER);
    return configuration.faults().stream()
        .filter(fault -> fault.severity() == Fault.Severity.ERROR)
        .map(Fault::file)
        .filter(file -> folder.equals(file.getParent()) && file.toString().endsWith(FLUX_FILE))
        .map(file -> file.getFileName().toString())
        .map(name -> FluxName.parse(name.substring(0, name.length() - FLUX_FILE.length())))
        .flatMap(Optional::stream)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private FluxConfig ofHere(FluxConfig flux) {
    return new FluxConfig(
        flux.name(),
        flux.file(),
        flux.ingest().filter(section -> sides().contains(Side.INGEST)),
        flux.worker().filter(section -> sides().contains(Side.WORKER)),
        flux.alerts());
  }

  /**
   * One flux, or all where none is named.
   *
   * @throws CommandFailed if there is none of that name
   */
  List<FluxConfig> fluxes(Optional<FluxName> only) {
    if (only.isEmpty()) {
      return fluxes();
    }
    List<FluxConfig> found =
        fluxes().stream().filter(flux -> flux.name().equals(only.get())).toList();
    if (found.isEmpty()) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "no flux '"
              + only.get()
              + "' in "
              + configuration.folder().resolve(FLUX_FOLDER)
              + ", or it has a fault: see `navette check`");
    }
    return found;
  }

  /** Asks the daemon of that side on this machine. */
  Answer ask(Side side, Question question, Items items) throws IOException {
    return new LiveClient(Live.socket(daemon.run(), side)).ask(question, items);
  }

  /** Takes what the other machines say. */
  interface Others {
    /**
     * One item of another machine's answer.
     *
     * @param from the account of a processing server, or the name of a file server
     */
    void item(String from, JsonNode item) throws IOException;

    /** That machine does not answer, or will not. */
    void silent(String from, String why) throws IOException;

    /** That machine says itself that it will not, or not all. */
    default void refused(String from, String why) throws IOException {
      silent(from, why);
    }
  }

  /**
   * Asks the daemons at the other end of the links of {@code side}'s daemon here.
   *
   * @return nobody, if the daemon here cannot be asked to ask them
   */
  Answer askElsewhere(Side side, Question question, Others others) throws IOException {
    Question relayed = new Question("elsewhere", question.with()).with("verb", question.verb());
    return ask(
        side,
        relayed,
        answer -> {
          String from = answer.path("from").asText();
          if (answer.path("refused").asBoolean()) {
            others.refused(from, answer.path("silent").asText());
          } else if (answer.has("silent")) {
            others.silent(from, answer.get("silent").asText());
          } else {
            others.item(from, answer.get("item"));
          }
        });
  }
}
