package fr.epiconcept.navette.flux.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Who this process is to the kernel.
 *
 * @param uid the effective user id
 * @param name for messages; {@code uid 123} where the machine knows no name
 */
record DaemonUser(int uid, String name) {
  private static final DaemonUser CURRENT = find();

  static DaemonUser current() {
    return CURRENT;
  }

  boolean isRoot() {
    return uid == 0;
  }

  private static DaemonUser find() {
    int uid = effectiveUid();
    String name = System.getProperty("user.name", "?");
    return new DaemonUser(uid, name.isEmpty() || name.equals("?") ? "uid " + uid : name);
  }

  private static int effectiveUid() {
    // "Uid: real effective saved filesystem"; the owner of /proc/self may be root for a process
    // that cannot be dumped, so that would not do.
    try {
      for (String line :
          Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)) {
        if (line.startsWith("Uid:")) {
          return Integer.parseInt(line.split("\\s+", -1)[2]);
        }
      }
    } catch (IOException noProc) {
      throw new UncheckedIOException("/proc is not mounted: Navette needs it", noProc);
    }
    throw new IllegalStateException("/proc/self/status names no user");
  }
}
