package fr.epiconcept.navette.flux.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, the one hash that Navette speaks. */
public final class Hashing {
  /** Bytes in a hash. */
  public static final int LENGTH = 32;

  private static final int BUFFER = 128 * 1024;

  private Hashing() {}

  /** A digest that has seen nothing yet. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime must have SHA-256", e);
    }
  }

  /**
   * The hash of a file's bytes, read with a fixed buffer.
   *
   * @throws IOException also if what has that name is no regular file, at the moment when it is
   *     opened
   */
  public static byte[] sha256(Path file) throws IOException {
    MessageDigest digest = newDigest();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = RegularFile.open(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return digest.digest();
  }
}
