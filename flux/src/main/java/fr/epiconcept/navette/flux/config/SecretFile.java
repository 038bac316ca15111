package fr.epiconcept.navette.flux.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Files that hold a password or a private key. One that others can reach is refused rather than
 * used: what it holds may be known already.
 */
public final class SecretFile {
  private static final int MAX_BYTES = 4096;
  private static final int OTHERS = 007;
  private static final int PERMISSIONS = 07777;

  private SecretFile() {}

  /**
   * The first line of {@code file}, without its end.
   *
   * @return a password, at least one character; the caller's to wipe
   * @throws SecretRefused if {@link #checkMode} does, or if there is no text in UTF-8, or more than
   *     4096 bytes
   */
  public static char[] read(Path file) throws SecretRefused {
    checkMode(file);
    byte[] bytes = new byte[0];
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
      return firstLine(file, bytes);
    } catch (CharacterCodingException e) {
      throw new SecretRefused(file + " holds no text in UTF-8");
    } catch (IOException e) {
      throw new SecretRefused(file + " cannot be read: " + Reason.of(e));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /**
   * Looks at a file without reading it.
   *
   * @throws SecretRefused if it is missing, empty, no regular file, not readable by this process,
   *     open to others in any way ({@code mode & 007}), or owned by somebody who is neither root
   *     nor the daemon's user
   */
  public static void checkMode(Path file) throws SecretRefused {
    DaemonUser user = DaemonUser.current();
    try {
      // Links are followed: what counts is the file that is read.
      Map<String, Object> seen = Files.readAttributes(file, "unix:mode,uid,size,isRegularFile");
      if (!(boolean) seen.get("isRegularFile")) {
        throw new SecretRefused(file + " is no regular file");
      }
      int mode = (int) seen.get("mode") & PERMISSIONS;
      if ((mode & OTHERS) != 0) {
        throw new SecretRefused(
            String.format(
                "%s is open to everybody on this machine (mode %04o): chmod o= it, and change what"
                    + " it holds if others may have seen it",
                file, mode));
      }
      int owner = (int) seen.get("uid");
      if (owner != 0 && owner != user.uid()) {
        throw new SecretRefused(
            file
                + " belongs to uid "
                + owner
                + ": expected root or the daemon's own user '"
                + user.name()
                + "'");
      }
      if ((long) seen.get("size") == 0) {
        throw new SecretRefused(file + " is empty");
      }
    } catch (IOException e) {
      throw new SecretRefused(file + " cannot be looked at: " + Reason.of(e));
    }
    if (!Files.isReadable(file)) {
      throw new SecretRefused(
          file
              + " cannot be read by user '"
              + user.name()
              + "': give it to the user, or to the user's group with mode 0640");
    }
  }

  private static char[] firstLine(Path file, byte[] bytes)
      throws SecretRefused, CharacterCodingException {
    if (bytes.length > MAX_BYTES) {
      throw new SecretRefused(file + " has more than " + MAX_BYTES + " bytes: is it a password?");
    }
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    if (end > 0 && bytes[end - 1] == '\r') {
      end--;
    }
    if (end == 0) {
      throw new SecretRefused(file + " has an empty first line: expected the password there");
    }
    CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, end));
    char[] secret = new char[decoded.remaining()];
    decoded.get(secret);
    Arrays.fill(decoded.array(), '\0');
    return secret;
  }
}
