package fr.epiconcept.navette.flux;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The name of a file as Linux has it: 1 to 255 bytes without {@code /} and NUL, neither {@code .}
 * nor {@code ..}; whatever encoding its maker had in mind.
 *
 * <p>A name that came from outside (a message, an event, a folder) becomes a path only through
 * {@link #in(Path)}, so it can never leave that folder. It never goes through {@code
 * Path.toString()}: Java replaces there the bytes that are no UTF-8.
 */
public final class FileName implements Comparable<FileName> {
  /** The most bytes that a name may have on Linux (NAME_MAX). */
  public static final int MAX_BYTES = 255;

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private final byte[] bytes;

  private FileName(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The name made of these bytes.
   *
   * @throws IllegalArgumentException if no file of a folder can have that name
   */
  public static FileName of(byte[] bytes) {
    if (bytes.length == 0 || bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("a file name has 1 to 255 bytes, not " + bytes.length);
    }
    for (byte b : bytes) {
      if (b == '/' || b == 0) {
        throw new IllegalArgumentException("a file name holds neither '/' nor NUL");
      }
    }
    boolean dots = bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.'));
    if (dots) {
      throw new IllegalArgumentException("'.' and '..' name no file");
    }
    return new FileName(bytes.clone());
  }

  /** The name spelled in UTF-8. */
  public static FileName of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The last element of {@code path}, byte for byte. */
  public static FileName of(Path path) {
    String raw = path.toUri().getRawPath();
    int end = raw.endsWith("/") ? raw.length() - 1 : raw.length();
    return decode(raw.substring(raw.lastIndexOf('/', end - 1) + 1, end));
  }

  /**
   * The name that {@link #encoded()} spelled.
   *
   * @throws IllegalArgumentException if the spelling is broken or no file can have that name
   */
  public static FileName decode(String encoded) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '%') {
        if (i + 3 > encoded.length()) {
          throw new IllegalArgumentException("a file name's spelling ends within a percent escape");
        }
        out.write(HexFormat.fromHexDigits(encoded, i + 1, i + 3));
        i += 2;
      } else if (c > 0x7e) {
        throw new IllegalArgumentException("a file name's spelling is ASCII with percent escapes");
      } else {
        out.write(c);
      }
    }
    return of(out.toByteArray());
  }

  /** The file of this name in {@code folder}; never anywhere else. */
  public Path in(Path folder) {
    String base = folder.toUri().getRawPath();
    return Path.of(URI.create("file://" + (base.endsWith("/") ? base : base + "/") + encoded()));
  }

  /** The bytes; a copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** How many bytes. */
  public int length() {
    return bytes.length;
  }

  /**
   * The portable spelling, for messages and marks: unreserved ASCII as it is, every other byte as
   * {@code %XX}.
   */
  public String encoded() {
    StringBuilder text = new StringBuilder(bytes.length + 8);
    for (byte b : bytes) {
      if (isUnreserved(b)) {
        text.append((char) b);
      } else {
        text.append('%');
        HEX.toHexDigits(text, b);
      }
    }
    return text.toString();
  }

  /**
   * The spelling for people: the text itself where it is UTF-8, else ASCII with {@code \xE9} for
   * each other byte. Control characters are left in: whoever prints it quotes it.
   */
  public String display() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notUtf8) {
      StringBuilder text = new StringBuilder();
      for (byte b : bytes) {
        if (b >= 0) {
          text.append((char) b);
        } else {
          text.append("\\x");
          HEX.toHexDigits(text, b);
        }
      }
      return text.toString();
    }
  }

  /** Whether the name begins with a dot. */
  public boolean isHidden() {
    return bytes[0] == '.';
  }

  /** This name with {@code ending} after it, or null where that would be too long for a name. */
  public FileName plus(String ending) {
    byte[] more = ending.getBytes(StandardCharsets.UTF_8);
    if (bytes.length + more.length > MAX_BYTES) {
      return null;
    }
    byte[] sum = Arrays.copyOf(bytes, bytes.length + more.length);
    System.arraycopy(more, 0, sum, bytes.length, more.length);
    return of(sum);
  }

  /**
   * The {@code n}-th way to spell this name where the plain one is taken: {@code a.hl7} becomes
   * {@code a.2.hl7}. A name that would grow too long loses the end of its stem.
   */
  public FileName numbered(int n) {
    int dot = bytes.length - 1;
    while (dot > 0 && bytes[dot] != '.') {
      dot--;
    }
    boolean shortEnding = dot > 0 && bytes.length - dot <= 16;
    int stem = shortEnding ? dot : bytes.length;
    byte[] number = ("." + n).getBytes(StandardCharsets.US_ASCII);
    int ending = bytes.length - stem;
    int kept = Math.min(stem, MAX_BYTES - number.length - ending);
    byte[] sum = new byte[kept + number.length + ending];
    System.arraycopy(bytes, 0, sum, 0, kept);
    System.arraycopy(number, 0, sum, kept, number.length);
    System.arraycopy(bytes, stem, sum, kept + number.length, ending);
    return of(sum);
  }

  private static boolean isUnreserved(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '-'
        || b == '_'
        || b == '.'
        || b == '~';
  }

  @Override
  public int compareTo(FileName other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FileName name && Arrays.equals(bytes, name.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** As {@link #display()}. */
  @Override
  public String toString() {
    return display();
  }
}
