package fr.epiconcept.navette.broker.message;

import java.io.IOException;

/** The bytes that came are not the bytes that were sent. */
public final class CorruptPayload extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says what is wrong with them. */
  public CorruptPayload(String what) {
    super(what);
  }
}
