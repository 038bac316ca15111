package fr.epiconcept.navette.broker.fetch;

import java.io.IOException;

/** The file server has the bytes no longer: asking again is of no use. */
public final class Gone extends IOException {
  private static final long serialVersionUID = 1L;

  Gone(String reason) {
    super(reason);
  }
}
