package fr.epiconcept.navette.broker.message;

import java.io.IOException;

/**
 * A body ended before its time. The link may have broken off, and then it comes whole the next
 * time; or the broker has no more of it, and then it never does. Only whoever holds the link can
 * tell: the client's report is the same for both.
 */
public final class BrokeOff extends IOException {
  private static final long serialVersionUID = 1L;
  private final String bytes;

  BrokeOff(long seen, long whole, Throwable cause) {
    super(
        "the message broke off: "
            + seen
            + " of "
            + whole
            + " bytes"
            + (cause == null ? "" : " (" + cause.getMessage() + ")"),
        cause);
    bytes = seen + " of " + whole + " bytes";
  }

  /** What it is if the link over which it came still stands. */
  public CorruptPayload onSoundLink() {
    return new CorruptPayload("the broker gives only " + bytes);
  }
}
