package fr.epiconcept.navette.flux.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries on this machine, as the real user, what a configuration asks for: folders, owners,
 * programs, secrets, inboxes that overlap. What {@code navette check --offline} leaves out.
 *
 * <p>Each flux is tried in a thread of its own, and given up after a while: a network file system
 * that hangs keeps down the flux that needs it, and no other.
 */
public final class ConfigCheck {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigCheck.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What was found out about a flux. */
  record Findings(List<Fault> faults, List<Place> places) {}

  /** How a flux is tried; the thread may hang in it for ever. */
  @FunctionalInterface
  interface Trial {
    Findings of(FluxConfig flux);
  }

  private final Configuration configuration;
  private final Trial trial;
  private final Duration patience;
  private final LongSupplier nanoTime;

  ConfigCheck(Configuration configuration, Trial trial, Duration patience, LongSupplier nanoTime) {
    this.configuration = configuration;
    this.trial = trial;
    this.patience = patience;
    this.nanoTime = nanoTime;
  }

  /**
   * Tries everything that the daemons of {@code sides} need.
   *
   * @return the faults, to be given to {@link Configuration#plus}; an error in {@code navette.yml}
   *     is one of the daemons of {@code sides}
   */
  public static List<Fault> check(Configuration configuration, Set<Side> sides) {
    List<Fault> faults = new ArrayList<>();
    Probes probes = new Probes();
    configuration
        .daemon()
        .ifPresent(
            daemon ->
                faults.addAll(
                    new DaemonCheck(
                            configuration.mainFile(), sides, configuration.positions(), probes)
                        .faults(daemon)));
    faults.addAll(over(configuration, sides, flux -> true, probes));
    return faults;
  }

  /**
   * Tries what one flux needs, beside the folders of the others.
   *
   * @return the faults of {@code flux} alone
   */
  public static List<Fault> check(Configuration configuration, FluxConfig flux, Set<Side> sides) {
    return over(configuration, sides, flux::equals, new Probes()).stream()
        .filter(fault -> fault.file().equals(flux.file()))
        .toList();
  }

  private static List<Fault> over(
      Configuration configuration, Set<Side> sides, Predicate<FluxConfig> probed, Probes probes) {
    Positions positions = configuration.positions();
    // Both daemons may run here: their folders must not overlap, whichever of them asks.
    Set<Side> both = EnumSet.noneOf(Side.class);
    both.addAll(sides);
    both.addAll(configuration.sides());
    Trial trial =
        flux ->
            new Findings(
                probed.test(flux)
                    ? new FluxCheck(flux, sides, positions, probes).faults()
                    : List.of(),
                new FluxCheck(flux, both, positions, probes).places());
    return new ConfigCheck(configuration, trial, PATIENCE, System::nanoTime).faults();
  }

  List<Fault> faults() {
    ExecutorService threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "config-check");
              // One that hangs in the kernel must not keep the program alive.
              thread.setDaemon(true);
              return thread;
            });
    try {
      Map<FluxConfig, Future<Findings>> running = new LinkedHashMap<>();
      for (FluxConfig flux : configuration.fluxes()) {
        running.put(flux, threads.submit(() -> trial.of(flux)));
      }
      return collect(running);
    } finally {
      threads.shutdownNow();
    }
  }

  private List<Fault> collect(Map<FluxConfig, Future<Findings>> running) {
    List<Fault> faults = new ArrayList<>();
    List<Place> places = new ArrayList<>();
    long start = nanoTime.getAsLong();
    running.forEach(
        (flux, future) -> {
          long left = patience.toNanos() - (nanoTime.getAsLong() - start);
          Findings findings = await(flux, future, left);
          faults.addAll(findings.faults());
          places.addAll(findings.places());
        });
    faults.addAll(new Overlaps(configuration.positions()).among(places));
    return faults;
  }

  private Findings await(FluxConfig flux, Future<Findings> future, long nanos) {
    try {
      return future.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new Findings(
          List.of(
              down(
                  flux,
                  "its folders did not answer within "
                      + DurationText.spell(patience)
                      + ": does a network file system hang?")),
          List.of());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Findings(List.of(down(flux, "the check was interrupted")), List.of());
    } catch (ExecutionException e) {
      // A bug of ours; still no reason to keep the other fluxes down.
      LOG.error("checking flux {} failed: it stays down", flux.name(), e.getCause());
      return new Findings(
          List.of(down(flux, "could not be checked, for a reason that the log tells")), List.of());
    }
  }

  private static Fault down(FluxConfig flux, String what) {
    return new Fault(flux.file(), 0, 0, what, Fault.Severity.ERROR);
  }
}
