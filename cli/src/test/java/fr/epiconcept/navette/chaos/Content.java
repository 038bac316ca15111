package fr.epiconcept.navette.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/** Bytes, and their SHA-256. */
final class Content {
  private Content() {}

  /** A first line that no other deposit has, and seeded bytes up to the size. */
  static byte[] of(int serial, Task task, int size, Random random) {
    byte[] line = "chaos %d %s\n".formatted(serial, task.words()).getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[Math.max(size, line.length)];
    random.nextBytes(all);
    System.arraycopy(line, 0, all, 0, line.length);
    return all;
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return sha256(in);
    }
  }

  /** Of what is left of it. */
  static String sha256(InputStream in) throws IOException {
    MessageDigest digest = digest();
    byte[] buffer = new byte[1 << 16];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      digest.update(buffer, 0, read);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
