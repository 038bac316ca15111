package fr.epiconcept.navette.broker.link;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;

/**
 * What a link says: that it is lost, once; why, again if somebody must act, or every ten minutes;
 * that it is back, once.
 */
final class LinkLog {
  private static final Duration REPEAT = Duration.ofMinutes(10);

  private final Logger log;
  private final String name;
  private final InstantSource clock;
  private boolean everUp;
  private Instant lostAt;
  private Instant saidAt;
  private String said = "";

  LinkLog(Logger log, String name, InstantSource clock) {
    this.log = log;
    this.name = name;
    this.clock = clock;
  }

  void up() {
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
  void down(String why, boolean needsHands) {
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
