package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.linux.Errno;
import fr.epiconcept.navette.flux.linux.Libc;
import java.nio.file.Path;

/** Whether a program of this machine has a file open for writing. */
public enum Writers {
  /** At least one has. */
  SOME,
  /** None has. */
  NONE,
  /**
   * It cannot be told: the file is not ours (and we are not root), or its file system is remote.
   */
  UNKNOWN;

  /**
   * Asks the kernel: it grants a read lease only on a file that nobody has open for writing. The
   * lease is given back at once; whoever opens the file for writing meanwhile waits that long.
   */
  public static Writers of(Path file) {
    int flags = Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC;
    int descriptor = Libc.open(Libc.zeroEnded(NativeFiles.pathBytes(file)), flags);
    if (descriptor < 0) {
      return UNKNOWN;
    }
    try {
      // A lease that is asked back sends a signal: by default one that would end the daemon.
      if (Libc.fcntl(descriptor, Libc.F_SETSIG, Libc.SIGURG) != 0) {
        return UNKNOWN;
      }
      if (Libc.fcntl(descriptor, Libc.F_SETLEASE, Libc.F_RDLCK) != 0) {
        return Errno.last() == Errno.EAGAIN ? SOME : UNKNOWN;
      }
      Libc.fcntl(descriptor, Libc.F_SETLEASE, Libc.F_UNLCK);
      return NONE;
    } finally {
      Libc.close(descriptor);
    }
  }
}
