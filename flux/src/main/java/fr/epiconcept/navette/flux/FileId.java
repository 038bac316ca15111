package fr.epiconcept.navette.flux;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The id that a file is given at its claim and keeps for life: a ULID, 48 bits of milliseconds
 * since 1970 and 80 random bits, spelled in 26 characters of Crockford's base 32.
 *
 * <p>Spelled ids sort as the files arrived, and the day of a claim can be read from the id alone:
 * that is how an archive is searched without an index.
 *
 * @see <a href="https://github.com/ulid/spec">the ULID specification</a>
 */
public record FileId(String value) implements Comparable<FileId> {
  /** Characters in a spelled id. */
  public static final int LENGTH = 26;

  /** The last millisecond that an id can tell. */
  static final long LAST_MILLIS = (1L << 48) - 1;

  private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int TIME_DIGITS = 10;
  private static final byte[] VALUES = values();

  /**
   * Checks the spelling.
   *
   * @throws IllegalArgumentException if it is no ULID in capital letters
   */
  public FileId {
    if (!isId(value)) {
      throw new IllegalArgumentException(
          "not a file id (26 characters such as 01JDCB3V8Q5W2Y7Z9K4M6N0PRS)");
    }
  }

  /** The id spelled by {@code text}, or nothing if it spells none. */
  public static Optional<FileId> parse(String text) {
    return isId(text) ? Optional.of(new FileId(text)) : Optional.empty();
  }

  static FileId of(long millis, byte[] random) {
    char[] spelled = new char[LENGTH];
    long time = millis;
    for (int i = TIME_DIGITS - 1; i >= 0; i--) {
      spelled[i] = DIGITS.charAt((int) (time & 31));
      time >>>= 5;
    }
    int bits = 0;
    int held = 0;
    int at = TIME_DIGITS;
    for (byte b : random) {
      held = (held << 8) | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        spelled[at++] = DIGITS.charAt((held >> bits) & 31);
      }
      held &= (1 << bits) - 1;
    }
    return new FileId(new String(spelled));
  }

  /** When the file was claimed, to the millisecond. */
  public Instant time() {
    long millis = 0;
    for (int i = 0; i < TIME_DIGITS; i++) {
      millis = (millis << 5) | VALUES[value.charAt(i)];
    }
    return Instant.ofEpochMilli(millis);
  }

  private static boolean isId(String text) {
    if (text.length() != LENGTH || text.charAt(0) > '7') {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      if (c >= VALUES.length || VALUES[c] < 0) {
        return false;
      }
    }
    return true;
  }

  private static byte[] values() {
    byte[] values = new byte['Z' + 1];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < DIGITS.length(); i++) {
      values[DIGITS.charAt(i)] = (byte) i;
    }
    return values;
  }

  @Override
  public int compareTo(FileId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
