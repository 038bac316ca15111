package fr.epiconcept.navette.flux.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What of a flux stands on a partner's SFTP server, and how Navette logs in there.
 *
 * @param inbox where the partner deposits; absent: in a folder of this machine
 * @param out where acknowledgements are put; absent: in a folder of this machine, or nowhere
 * @param knownHosts the keys by which the server is known, as OpenSSH writes them
 * @param keyFile the private key to log in with; absent: there is a password
 * @param passphraseFile what opens {@code keyFile}; absent: it is open
 * @param passwordFile the password to log in with; absent: there is a key
 * @param every how often the inbox is listed (default 10 s)
 * @param taken what becomes of a file there once the broker has it
 * @param moveTo the folder for {@link Taken#MOVE}, on the same server
 */
public record SftpRules(
    Optional<SftpPlace> inbox,
    Optional<SftpPlace> out,
    Path knownHosts,
    Optional<Path> keyFile,
    Optional<Path> passphraseFile,
    Optional<Path> passwordFile,
    Duration every,
    Taken taken,
    Optional<String> moveTo) {
  /** What becomes of a file on the partner's server once the broker has it. */
  public enum Taken {
    /** It is removed (the default). */
    REMOVE,
    /** It is moved into a folder beside the inbox. */
    MOVE,
    /** It stays; Navette remembers that it has it, as long as it stays as it is. */
    KEEP
  }

  /** The server. */
  public SftpPlace server() {
    return inbox.or(this::out).orElseThrow();
  }

  /** Where, of a flux with that spool, files stand that came from an inbox elsewhere. */
  public static Path inboxOf(Path spool) {
    return folderOf(spool).resolve("in");
  }

  /** Where, of a flux with that spool, acknowledgements wait that go elsewhere. */
  public static Path outOf(Path spool) {
    return folderOf(spool).resolve("out");
  }

  /** Where, of a flux with that spool, everything stands that concerns the partner's server. */
  public static Path folderOf(Path spool) {
    return spool.resolve("sftp");
  }
}
