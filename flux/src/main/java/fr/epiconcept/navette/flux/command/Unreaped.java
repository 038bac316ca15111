package fr.epiconcept.navette.flux.command;

import com.sun.jna.Memory;
import fr.epiconcept.navette.flux.linux.Libc;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Programs that even SIGKILL did not end in time (another user's, or hung in the kernel). They are
 * asked about again at each later start, so that none stays a zombie once it has ended.
 */
final class Unreaped {
  private static final Set<Integer> PIDS = ConcurrentHashMap.newKeySet();

  private Unreaped() {}

  static void add(int pid) {
    PIDS.add(pid);
  }

  static void reapEnded() {
    try (Memory status = new Memory(Integer.BYTES)) {
      PIDS.removeIf(pid -> Libc.waitpid(pid, status, Libc.WNOHANG) != 0);
    }
  }
}
