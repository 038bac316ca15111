package fr.epiconcept.navette.ingest.sftp;

import fr.epiconcept.navette.flux.FileName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Short names for things that belong to a file, whose own name may fill all of the 255 bytes. */
final class Digest {
  private static final int BYTES = 12;

  private Digest() {}

  /** 24 letters, the same for the same name and words. */
  static String of(FileName name, Object... words) {
    try {
      MessageDigest sum = MessageDigest.getInstance("SHA-256");
      sum.update(name.bytes());
      for (Object word : words) {
        // A NUL is in no name and in no word: the parts cannot run together.
        sum.update((byte) 0);
        sum.update(word.toString().getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(sum.digest(), 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
