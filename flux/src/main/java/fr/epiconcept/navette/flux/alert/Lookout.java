package fr.epiconcept.navette.flux.alert;

import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again whether something is wrong that no event tells. Each look is a turn of its
 * own: one that hangs on a network file system keeps no other.
 */
public final class Lookout implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lookout.class);

  /** How often a daemon looks at the least. */
  public static final Duration LONGEST = Duration.ofMinutes(1);

  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private final Alerts alerts;
  private final Turns turns;
  private final Duration longest;

  // Guarded by this.
  private final Map<String, Turn> looks = new HashMap<>();
  private boolean closed;

  /** One look. */
  @FunctionalInterface
  public interface Look {
    /**
     * What is wrong now.
     *
     * @throws IOException if that cannot be said: what was said before stays
     */
    List<Condition> now() throws IOException;
  }

  Lookout(Alerts alerts, Turns turns) {
    this(alerts, turns, LONGEST);
  }

  /**
   * Looks at nothing yet.
   *
   * @param longest how often it looks at the least where there are thresholds; else four times as
   *     often
   */
  public Lookout(Alerts alerts, Turns turns, Duration longest) {
    this.alerts = alerts;
    this.turns = turns;
    this.longest = longest;
  }

  /**
   * Looks after a while, and then again for ever: what a restart left has time to go on. In the
   * place of an earlier look of that name.
   *
   * @param thresholds after which something counts as wrong: the shorter they are, the more often
   *     it looks, each second at most and each minute at least
   */
  public synchronized void look(String name, Look look, Stream<Duration> thresholds) {
    if (closed) {
      return;
    }
    Duration pause = pause(thresholds);
    List<Turn> self = new ArrayList<>();
    Turn turn =
        turns.turn(
            "alerts: " + name,
            () -> {
              look(name, look);
              self.forEach(each -> each.wakeIn(pause));
            });
    self.add(turn);
    end(looks.put(name, turn));
    turn.wakeIn(pause);
  }

  private Duration pause(Stream<Duration> thresholds) {
    Duration shortest = thresholds.min(Duration::compareTo).orElse(longest).dividedBy(4);
    Duration most = shortest.compareTo(longest) > 0 ? longest : shortest;
    return most.compareTo(SHORTEST) < 0 ? SHORTEST : most;
  }

  private void look(String name, Look look) {
    try {
      alerts.stands(name, look.now());
    } catch (IOException | RuntimeException e) {
      LOG.debug("{}: whether something is wrong cannot be said", name, e);
    }
  }

  /** Looks now, instead of later. */
  public synchronized void lookNow(String name) {
    Turn turn = looks.get(name);
    if (turn != null) {
      turn.wake();
    }
  }

  /** Ends that look. */
  public synchronized void forget(String name) {
    end(looks.remove(name));
    alerts.forget(name);
  }

  /** The names of all looks. */
  public synchronized List<String> names() {
    return List.copyOf(looks.keySet());
  }

  /** On a thread of its own: the turn may hang, and nobody waits for its end. */
  private void end(Turn turn) {
    if (turn != null) {
      turns.execute(turn::close);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    looks.values().forEach(this::end);
    looks.clear();
  }
}
