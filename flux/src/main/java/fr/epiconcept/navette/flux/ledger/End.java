package fr.epiconcept.navette.flux.ledger;

import java.util.Locale;
import java.util.Optional;

/** How a deposit ended. A dead letter that is sent back may end once more. */
public enum End {
  /** Its script said yes. */
  PROCESSED,
  /** The check refused it, or it was no regular file. */
  QUARANTINED,
  /** It was given up, and is among the dead letters. */
  DEAD,
  /** As {@link #DEAD}, but somebody had removed it from the archive: there is no letter. */
  DEAD_WITHOUT_CONTENT,
  /** It was a dead letter, and goes its way again under another id. */
  REPLAYED;

  /** Whether nothing of it is kept but in archive or quarantine. */
  boolean isFinal() {
    return this == PROCESSED || this == QUARANTINED || this == REPLAYED;
  }

  String spelled() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<End> parse(String text) {
    for (End end : values()) {
      if (end.spelled().equals(text)) {
        return Optional.of(end);
      }
    }
    return Optional.empty();
  }
}
