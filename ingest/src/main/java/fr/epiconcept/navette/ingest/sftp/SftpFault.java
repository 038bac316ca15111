package fr.epiconcept.navette.ingest.sftp;

import java.io.IOException;

/** What a partner's server, or the way to it, did not do. The message is one line. */
final class SftpFault extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean ofLink;

  private SftpFault(boolean ofLink, String message, Throwable cause) {
    super(message, cause);
    this.ofLink = ofLink;
  }

  /** There is no link, or it is of no use any more. */
  static SftpFault ofLink(String message, Throwable cause) {
    return new SftpFault(true, message, cause);
  }

  /** The server answers, and does not do this. */
  static SftpFault refused(String message, Throwable cause) {
    return new SftpFault(false, message, cause);
  }

  boolean isOfLink() {
    return ofLink;
  }
}
