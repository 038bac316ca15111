package fr.epiconcept.navette.flux.command;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import fr.epiconcept.navette.flux.linux.Libc;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A user as the system knows it, wherever it keeps its users (files, LDAP).
 *
 * @param home its home folder
 */
record Account(String name, int uid, int gid, String home) {
  private static final int BUFFER = 64 * 1024;
  // struct passwd: name, password, uid, gid, gecos, home, shell.
  private static final int PASSWD_SIZE = 256;
  private static final int UID = 16;
  private static final int GID = 20;
  private static final int HOME = 32;

  static Optional<Account> named(String name) {
    try (Memory entry = new Memory(PASSWD_SIZE);
        Memory buffer = new Memory(BUFFER);
        Memory result = new Memory(Native.POINTER_SIZE)) {
      byte[] asked = Libc.zeroEnded(name.getBytes(StandardCharsets.UTF_8));
      result.setPointer(0, null);
      Libc.getpwnam_r(asked, entry, buffer, BUFFER, result);
      if (result.getPointer(0) == null) {
        return Optional.empty();
      }
      Pointer home = entry.getPointer(HOME);
      String path = home == null ? "/" : home.getString(0, StandardCharsets.UTF_8.name());
      return Optional.of(new Account(name, entry.getInt(UID), entry.getInt(GID), path));
    }
  }
}
