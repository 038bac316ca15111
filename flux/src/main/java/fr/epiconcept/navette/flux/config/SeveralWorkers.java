package fr.epiconcept.navette.flux.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How workers share a flux that several accounts may take from. With one account it means nothing.
 *
 * @param mode who of them gets the deposits
 * @param takeover how long a worker that had begun a deposit, and is heard of no more, is waited
 *     for before another may go on with it: from 3 s to 1 h, 30 s by default
 */
public record SeveralWorkers(Mode mode, Duration takeover) {
  static final Duration TAKEOVER = Duration.ofSeconds(30);

  /** What holds where the file says nothing. */
  public static final SeveralWorkers STANDARD = new SeveralWorkers(Mode.ONE_ACTIVE, TAKEOVER);

  /** Who gets the deposits. */
  public enum Mode {
    /** One of them gets all, in order; the others are ready to take its place (the default). */
    ONE_ACTIVE,
    /** Each gets some; there is no order between them. */
    SHARING;

    /** As it is written in files and messages. */
    public String spelled() {
      return Choice.spell(this);
    }

    /** The mode that {@link #spelled} spelled, or nothing. */
    public static Optional<Mode> parse(String text) {
      for (Mode mode : values()) {
        if (mode.spelled().equals(text)) {
          return Optional.of(mode);
        }
      }
      return Optional.empty();
    }
  }
}
