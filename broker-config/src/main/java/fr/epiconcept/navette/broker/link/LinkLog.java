package fr.epiconcept.navette.broker.link;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a link says: that it is lost, once; why, again if somebody must act, or every ten minutes;
 * that it is back, once.
 *
 * <p>Links that lead to the same place may share one: what keeps one of them down keeps the others
 * down too, and is said once for all; they are back when the last of them is.
 */
public final class LinkLog {
  private static final Duration REPEAT = Duration.ofMinutes(10);

  private final Logger log;
  private final String name;
  private final InstantSource clock;
  private final int links;

  // All guarded by this.
  private final Set<Object> up = new HashSet<>();
  private boolean everUp;
  private Instant lostAt;
  private Instant saidAt;
  private String said = "";

  /** For so many links to {@code name}. */
  public static LinkLog shared(String name, int links) {
    return new LinkLog(LoggerFactory.getLogger(BrokerLink.class), name, links, LinkLog::steady);
  }

  LinkLog(Logger log, String name, int links, InstantSource clock) {
    this.log = log;
    this.name = name;
    this.links = links;
    this.clock = clock;
  }

  /** Only differences are told, and the clock of the machine may be set between two. */
  private static Instant steady() {
    return Instant.EPOCH.plusNanos(System.nanoTime());
  }

  synchronized void up(Object link) {
    up.add(link);
    if (up.size() < links) {
      return;
    }
    if (lostAt != null) {
      String after = words(Duration.between(lostAt, clock.instant()));
      log.info("link to {} is {} after {}", name, everUp ? "back" : "up", after);
    } else {
      log.info("link to {} is up", name);
    }
    everUp = true;
    lostAt = null;
    said = "";
  }

  /**
   * The link is down.
   *
   * @param needsHands whether it stays so until somebody changes something: said as soon as that is
   *     known, while "disconnected" turning to "nothing listens" is no news
   */
  synchronized void down(Object link, String why, boolean needsHands) {
    up.remove(link);
    Instant now = clock.instant();
    if (lostAt == null) {
      lostAt = now;
      log.warn("link to {} {}: {}; trying again", name, everUp ? "lost" : "not made", why);
    } else if ((needsHands && !why.equals(said))
        || Duration.between(saidAt, now).compareTo(REPEAT) >= 0) {
      log.warn(
          "link to {} still down after {}: {}; trying again",
          name,
          words(Duration.between(lostAt, now)),
          why);
    } else {
      return;
    }
    said = why;
    saidAt = now;
  }

  static String words(Duration time) {
    if (time.toHours() > 0) {
      return time.toHours() + " h " + time.toMinutesPart() + " m";
    }
    return time.toMinutes() > 0 ? time.toMinutes() + " m" : time.toSeconds() + " s";
  }
}
