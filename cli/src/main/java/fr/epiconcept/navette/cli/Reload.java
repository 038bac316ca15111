package fr.epiconcept.navette.cli;

import static java.util.stream.Collectors.toSet;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.ConfigCheck;
import fr.epiconcept.navette.flux.config.ConfigReader;
import fr.epiconcept.navette.flux.config.Configuration;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.Fault;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Settings;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.flux.reload.Reloadable;
import fr.epiconcept.navette.flux.reload.Standing;
import fr.epiconcept.navette.flux.view.Reloaded;
import fr.epiconcept.navette.flux.view.Reloaded.Done;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a running daemon take up its configuration as it stands on disk now. */
final class Reload {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

  private final Path folder;
  private final Side side;
  private final Reloadable daemon;

  /** As it was started, with what it has taken up since. */
  private volatile DaemonConfig running;

  // Of the last reading. Whoever calls does so one after the other.
  private Configuration read;
  private Configuration tried;

  /**
   * Of one daemon.
   *
   * @param setting as it was started with
   */
  Reload(Path folder, Side side, Setting setting, Reloadable daemon) {
    this.folder = folder;
    this.side = side;
    this.running = setting.daemon();
    this.daemon = daemon;
    this.read = setting.read();
    this.tried = setting.configuration();
  }

  /**
   * Starts those fluxes that the machine kept down when the configuration was read: a disk was
   * full, or not mounted, and is there now. Their settings are those that were read then, for what
   * stands in the files since nobody has asked for.
   */
  void tryAgain() throws InterruptedException {
    Set<FluxName> couldRun = tried.fluxes().stream().map(FluxConfig::name).collect(toSet());
    for (FluxConfig flux : read.fluxes()) {
      if (couldRun.contains(flux.name())) {
        continue;
      }
      Set<FluxName> standing = names(daemon.configuration());
      if (!standing.contains(flux.name()) && canRun(flux)) {
        LOG.info("flux {}: what kept it down is over", flux.name());
        daemon.apply(tried.daemon().orElseThrow(), List.of(flux), standing);
      }
    }
  }

  private boolean canRun(FluxConfig flux) {
    return ConfigCheck.check(read, flux, EnumSet.of(side)).stream()
        .noneMatch(fault -> fault.severity() == Fault.Severity.ERROR);
  }

  /**
   * Reads, tries and takes up. A flux whose file has a fault goes on as it runs.
   *
   * @throws Refusal if nothing is changed: the whole is broken, or empty
   */
  void take(Reply reply) throws Refusal, IOException, InterruptedException {
    Configuration readNow = ConfigReader.read(folder);
    Configuration triedNow = readNow.plus(ConfigCheck.check(readNow, EnumSet.of(side)));
    Set<FluxName> standing = names(daemon.configuration());
    Optional<String> whyNothing = Plan.whyNothing(triedNow, side, !standing.isEmpty());
    if (whyNothing.isPresent()) {
      throw new Refusal(whyNothing.get());
    }
    read = readNow;
    tried = triedNow;
    DaemonConfig now = tried.daemon().orElseThrow();
    Map<FluxName, Fault> faulty = Plan.faulty(tried);
    List<Reloaded> done =
        new ArrayList<>(daemon.apply(now, tried.fluxes(), new TreeSet<>(faulty.keySet())));
    faulty.forEach((flux, fault) -> done.add(faulty(flux, fault, standing.contains(flux))));
    List<Settings.Change> restart =
        Plan.needsRestart(Settings.of(running, side).shown(), Settings.of(now, side).shown());
    running = Plan.withTakenUp(running, now);
    if (!restart.isEmpty()) {
      done.add(new Reloaded(Optional.empty(), Done.NEEDS_RESTART, Optional.empty(), restart));
    }
    tell(tried, done);
    for (Reloaded each : done) {
      reply.item(each);
    }
  }

  private static Set<FluxName> names(List<Standing> standing) {
    return standing.stream().map(each -> each.config().name()).collect(toSet());
  }

  private static Reloaded faulty(FluxName flux, Fault fault, boolean runs) {
    String then = runs ? "it goes on with the settings that it had: " : "it does not run: ";
    return Reloaded.of(flux, Done.FAULTY, Optional.of(then + fault));
  }

  private static void tell(Configuration tried, List<Reloaded> done) {
    for (Fault fault : tried.faults()) {
      if (fault.severity() == Fault.Severity.WARNING) {
        LOG.warn("{}", fault);
      }
    }
    Map<Done, Integer> counts = new TreeMap<>();
    for (Reloaded each : done) {
      counts.merge(each.done(), 1, Integer::sum);
      if (each.done() == Done.FAULTY) {
        LOG.error("flux {}: {}", each.flux().orElseThrow(), each.why().orElseThrow());
      } else if (each.done() == Done.NEEDS_RESTART) {
        LOG.warn(
            "changed in {}, and taken up by a restart only: {}",
            tried.mainFile(),
            each.changes().stream().map(Object::toString).collect(Collectors.joining("; ")));
      }
    }
    LOG.info(
        "the configuration is taken up: {}",
        counts.entrySet().stream()
            .map(count -> count.getValue() + " " + word(count.getKey()))
            .collect(Collectors.joining(", ")));
  }

  private static String word(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /**
   * What runs now: the daemon's own settings, then one {@link Running} a flux. The question may
   * have a fingerprint for each flux that the asker knows: then its answer says whether they agree.
   */
  void configuration(Question question, Asker asker, Reply reply) throws IOException {
    reply.item(Map.of("daemon", Settings.of(running, side).shown()));
    for (Standing each : daemon.configuration()) {
      reply.item(Running.of(each, side, question.get(each.config().name().value())));
    }
  }
}
