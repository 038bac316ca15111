package fr.epiconcept.navette.flux.config;

import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How the permissions of a file are written: {@code "0640"} or {@code 640}, quoted or not. The
 * digits are read as they stand in the file, so YAML's own octal numbers play no part.
 */
final class ModeText {
  private static final Pattern SHAPE = Pattern.compile("0?[0-7]{3}");
  private static final String DIGITS = "01234567";

  // In the order of the bits, from the owner's read (0400) to the others' execute (0001).
  private static final PosixFilePermission[] BITS = {
    PosixFilePermission.OWNER_READ,
    PosixFilePermission.OWNER_WRITE,
    PosixFilePermission.OWNER_EXECUTE,
    PosixFilePermission.GROUP_READ,
    PosixFilePermission.GROUP_WRITE,
    PosixFilePermission.GROUP_EXECUTE,
    PosixFilePermission.OTHERS_READ,
    PosixFilePermission.OTHERS_WRITE,
    PosixFilePermission.OTHERS_EXECUTE
  };

  private ModeText() {}

  static Parsed<Set<PosixFilePermission>> parse(String text) {
    if (!SHAPE.matcher(text).matches()) {
      return Parsed.bad("'" + text + "' is no mode: expected octal digits such as \"0640\"");
    }
    int mode = Integer.parseInt(text, 8);
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int i = 0; i < BITS.length; i++) {
      if ((mode & (0400 >> i)) != 0) {
        permissions.add(BITS[i]);
      }
    }
    return Parsed.good(permissions);
  }

  /** Four octal digits. */
  static String spell(Set<PosixFilePermission> permissions) {
    StringBuilder text = new StringBuilder("0");
    for (int who = 0; who < BITS.length; who += 3) {
      int digit = 0;
      for (int what = 0; what < 3; what++) {
        digit = digit * 2 + (permissions.contains(BITS[who + what]) ? 1 : 0);
      }
      text.append(DIGITS.charAt(digit));
    }
    return text.toString();
  }
}
