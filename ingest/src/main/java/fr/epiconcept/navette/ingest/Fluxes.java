package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.reload.Hands;
import fr.epiconcept.navette.flux.reload.Lineup;
import fr.epiconcept.navette.flux.reload.Standing;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.jms.Connection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fluxes of the daemon: each starts and links on its own, and what fails of one is tried again
 * without the others. A {@link Lineup} says which there are.
 */
final class Fluxes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Fluxes.class);
  private static final Duration LINK_AGAIN = Duration.ofSeconds(5);

  private final Opening opening;
  private final Surroundings surroundings;
  private final Turns turns;
  private final Duration openAgain;
  private final Lineup<FluxIngest> lineup;

  // Guarded by this.
  private final List<FluxIngest> running = new ArrayList<>();
  private Connection connection;
  private String era = "";
  private boolean closed;

  /** How a flux is made. */
  @FunctionalInterface
  interface Opening {
    /**
     * Makes it.
     *
     * @throws IOException if its folders cannot be used now
     */
    FluxIngest open(FluxConfig flux) throws IOException;
  }

  /**
   * No fluxes yet.
   *
   * @param openAgain after how long one that could not start is tried again: its folder may be
   *     mounted late
   */
  Fluxes(Opening opening, Surroundings surroundings, Turns turns, Duration openAgain) {
    this.opening = opening;
    this.surroundings = surroundings;
    this.turns = turns;
    this.openAgain = openAgain;
    this.lineup = new Lineup<>(Side.INGEST, new Changing(), turns, openAgain);
  }

  /** Starts them; what cannot start now does later. To be called once. */
  void open(List<FluxConfig> fluxes) {
    lineup.start(fluxes);
  }

  /** Which there shall be, and how each stands. */
  Lineup<FluxIngest> lineup() {
    return lineup;
  }

  /** How the lineup changes them. */
  private final class Changing implements Hands<FluxIngest> {
    @Override
    public Set<Path> holds(FluxConfig flux) {
      return flux.ingest().map(Changing::own).orElse(Set.of());
    }

    /** An inbox that is shared is nobody's own: each claims by a rename, and one of them has it. */
    private static Set<Path> own(IngestSection section) {
      return section.ready().neighbours().isEmpty()
          ? Set.of(section.inbox(), section.spool())
          : Set.of(section.spool());
    }

    @Override
    public Set<Path> holdsWindingUp(FluxConfig flux) {
      return Set.of(flux.ingest().orElseThrow().spool());
    }

    @Override
    public FluxIngest open(FluxConfig flux) throws IOException {
      surroundings.prepare(flux.name());
      FluxIngest made = opening.open(flux);
      take(made);
      return made;
    }

    @Override
    public Optional<String> obstacle(FluxIngest flux, FluxConfig from, FluxConfig to)
        throws IOException {
      return flux.obstacle(from.ingest().orElseThrow(), to.ingest().orElseThrow());
    }

    @Override
    public void windUp(FluxIngest flux) {
      flux.windUp();
    }

    @Override
    public Optional<String> underWay(FluxIngest flux) throws IOException {
      long returning = surroundings.returning(flux.name());
      return flux.underWay()
          .or(
              () ->
                  returning > 0
                      ? Optional.of(returning + " messages come back from its workers")
                      : Optional.empty());
    }

    @Override
    public void close(FluxIngest flux) {
      leave(flux);
      flux.end();
    }

    @Override
    public void removed(FluxName flux) {
      surroundings.clear(flux);
    }

    @Override
    public void fails(FluxConfig flux, String why) {
      LOG.error(
          "flux {} stays down: {}; tried again every {} s, see `navette check`",
          flux.name(),
          why,
          openAgain.toSeconds());
    }

    @Override
    public void recovered(FluxConfig flux) {
      LOG.info("flux {} is up", flux.name());
    }
  }

  private synchronized void take(FluxIngest made) {
    if (closed) {
      made.close();
      return;
    }
    running.add(made);
    if (connection != null) {
      link(made, connection, false);
    }
  }

  private synchronized void leave(FluxIngest flux) {
    running.remove(flux);
  }

  /** A connection is there. */
  synchronized void linked(Connection fresh, String itsEra) {
    connection = fresh;
    era = itsEra;
    running.forEach(flux -> link(flux, fresh, false));
  }

  /** One flux's fault is no reason to take the link from the others. */
  private synchronized void link(FluxIngest flux, Connection to, boolean again) {
    if (closed || to != connection || !running.contains(flux)) {
      return;
    }
    try {
      flux.linked(to, era);
      if (again) {
        LOG.info("flux {} is linked", flux.name());
      }
    } catch (RuntimeException e) {
      if (!again) {
        LOG.error(
            "flux {} is not linked; tried again every {} s",
            flux.name(),
            LINK_AGAIN.toSeconds(),
            e);
      }
      turns.in(LINK_AGAIN, () -> link(flux, to, true));
    }
  }

  /** The connection is dead. */
  synchronized void unlinked() {
    connection = null;
    running.forEach(FluxIngest::unlinked);
  }

  /** Those that run. */
  synchronized List<FluxIngest> running() {
    return List.copyOf(running);
  }

  /** Those that cannot start, and why. */
  Map<FluxName, String> down() {
    return lineup.standing().stream()
        .filter(each -> each.state() == Standing.State.DOWN)
        .collect(Collectors.toMap(each -> each.config().name(), each -> each.why().orElse("")));
  }

  /** Stops them all. May be called twice. */
  @Override
  public void close() {
    lineup.end();
    synchronized (this) {
      closed = true;
    }
    // The checks of all first: each close waits for its flux's turn.
    running().forEach(FluxIngest::endChecks);
    running().forEach(FluxIngest::close);
    lineup.close();
  }
}
