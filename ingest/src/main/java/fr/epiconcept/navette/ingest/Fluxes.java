package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.jms.Connection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fluxes of the daemon: each starts and links on its own, and what fails of one is tried again
 * without the others.
 */
final class Fluxes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Fluxes.class);
  private static final Duration LINK_AGAIN = Duration.ofSeconds(5);

  private final Opening opening;
  private final Turns turns;
  private final Duration openAgain;

  /** Those that are down, and why as it was said last; written by one thread at a time. */
  private final Map<FluxName, String> down = new ConcurrentHashMap<>();

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
  Fluxes(Opening opening, Turns turns, Duration openAgain) {
    this.opening = opening;
    this.turns = turns;
    this.openAgain = openAgain;
  }

  /** Starts them; what cannot start now does later. To be called once. */
  void open(List<FluxConfig> fluxes) {
    List<FluxConfig> left = new ArrayList<>();
    for (FluxConfig flux : fluxes) {
      if (!open(flux)) {
        left.add(flux);
      }
    }
    if (!left.isEmpty() && !isClosed()) {
      turns.in(openAgain, () -> open(left));
    }
  }

  private boolean open(FluxConfig flux) {
    try {
      FluxIngest made = opening.open(flux);
      take(made);
      if (down.remove(flux.name()) != null) {
        LOG.info("flux {} is up", flux.name());
      }
      return true;
    } catch (IOException | RuntimeException e) {
      String why = e.toString();
      if (!why.equals(down.put(flux.name(), why))) {
        LOG.error(
            "flux {} stays down: {}; tried again every {} s, see `navette check`",
            flux.name(),
            why,
            openAgain.toSeconds());
      }
      return false;
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

  /** A connection is there. */
  synchronized void linked(Connection fresh, String itsEra) {
    connection = fresh;
    era = itsEra;
    running.forEach(flux -> link(flux, fresh, false));
  }

  /** One flux's fault is no reason to take the link from the others. */
  private synchronized void link(FluxIngest flux, Connection to, boolean again) {
    if (closed || to != connection) {
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

  /** Those that do not, and why. */
  Map<FluxName, String> down() {
    return Map.copyOf(down);
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Stops them all. May be called twice. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    // The checks of all first: each close waits for its flux's turn.
    running().forEach(FluxIngest::endChecks);
    running().forEach(FluxIngest::close);
  }
}
