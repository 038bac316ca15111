package fr.epiconcept.navette.broker.message;

import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.Hashing;
import fr.epiconcept.navette.flux.file.RegularFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The body of a message as it is made while it is sent: the file's bytes, then their SHA-256 (32
 * bytes). The hash comes last because it is known last: the file is read once.
 *
 * <p>A file that is not as it was when the reading began breaks the stream, so that it is not sent.
 */
public final class PayloadReader extends InputStream {
  private final Path file;
  private final FileIdentity looks;
  private final InputStream in;
  private final MessageDigest digest = Hashing.newDigest();
  private long left;
  private byte[] hash;
  private int hashed;
  private IOException fault;

  /** Opens {@code file}, never through a link, and only if it is a regular file. */
  public PayloadReader(Path file, FileIdentity looks) throws IOException {
    this.file = file;
    this.looks = looks;
    this.in = RegularFile.open(file);
    this.left = looks.size();
  }

  /** The length of the body of a file of that size. */
  public static long bodyLength(long size) {
    return size + Hashing.LENGTH;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    try {
      return readOn(bytes, from, length);
    } catch (IOException e) {
      fault = e;
      throw e;
    }
  }

  private int readOn(byte[] bytes, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left > 0) {
      int n = in.read(bytes, from, (int) Math.min(length, left));
      if (n < 0) {
        throw new IOException("it became shorter while it was read");
      }
      digest.update(bytes, from, n);
      left -= n;
      return n;
    }
    if (hash == null) {
      if (!FileIdentity.of(file).sameContentAs(looks)) {
        throw new IOException("it changed while it was read");
      }
      hash = digest.digest();
    }
    int n = Math.min(length, hash.length - hashed);
    System.arraycopy(hash, hashed, bytes, from, n);
    hashed += n;
    return n == 0 ? -1 : n;
  }

  /** Why the file could not be read to its end: whoever sent it hears only that it broke off. */
  public Optional<IOException> fault() {
    return Optional.ofNullable(fault);
  }

  /** The hash in hexadecimal digits; known once the stream has been read to its end. */
  public String sha256() {
    if (hash == null) {
      throw new IllegalStateException("the hash is known at the end of the stream");
    }
    return HexFormat.of().formatHex(hash);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
