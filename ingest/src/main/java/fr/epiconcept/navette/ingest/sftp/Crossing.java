package fr.epiconcept.navette.ingest.sftp;

import java.io.IOException;
import java.time.Duration;

/** One direction between a partner's server and this one; done in a flux's turn. */
interface Crossing {
  /** Whether a link is worth while now. Cheap; looks at nothing but this machine. */
  boolean isDue() throws IOException;

  /**
   * Does what is to be done now, or a part of it.
   *
   * @return when to come again, if nothing wakes us before; zero: at once
   * @throws SftpFault if the server or the link does not
   * @throws IOException if this machine does not
   */
  Duration cross(SftpLink link) throws IOException;

  /** When to see again whether it {@link #isDue}. */
  Duration rest();
}
