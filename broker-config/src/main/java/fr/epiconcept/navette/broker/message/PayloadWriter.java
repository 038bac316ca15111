package fr.epiconcept.navette.broker.message;

import fr.epiconcept.navette.flux.file.Hashing;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Takes the body of a message apart: passes the file's bytes on, keeps the hash behind them, and
 * says at the end whether both agree.
 */
final class PayloadWriter extends OutputStream {
  private final OutputStream out;
  private final long size;
  private final MessageDigest digest = Hashing.newDigest();
  private final byte[] promised = new byte[Hashing.LENGTH];
  private long seen;

  PayloadWriter(OutputStream out, long size) {
    this.out = out;
    this.size = size;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    int ofFile = (int) Math.max(0, Math.min(length, size - seen));
    if (ofFile > 0) {
      out.write(bytes, from, ofFile);
      digest.update(bytes, from, ofFile);
    }
    long inTrailer = seen + ofFile - size;
    int rest = length - ofFile;
    if (rest > 0) {
      if (inTrailer + rest > promised.length) {
        throw new CorruptPayload("the message is longer than it says");
      }
      System.arraycopy(bytes, from + ofFile, promised, (int) inTrailer, rest);
    }
    seen += length;
  }

  /**
   * The hash of what was written, in hexadecimal digits.
   *
   * @throws BrokeOff if the end is missing
   * @throws CorruptPayload if a byte is wrong
   */
  String verified() throws BrokeOff, CorruptPayload {
    if (seen != PayloadReader.bodyLength(size)) {
      throw brokeOff(null);
    }
    byte[] actual = digest.digest();
    if (!MessageDigest.isEqual(actual, promised)) {
      throw new CorruptPayload(
          "its bytes have the hash "
              + HexFormat.of().formatHex(actual)
              + ", its sender says "
              + HexFormat.of().formatHex(promised));
    }
    return HexFormat.of().formatHex(actual);
  }

  /** What there is to say if no more comes than came so far. */
  BrokeOff brokeOff(Throwable cause) {
    return new BrokeOff(seen, PayloadReader.bodyLength(size), cause);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  /** Closing is left to whoever opened the file: it must still be synced. */
  @Override
  public void close() throws IOException {
    out.flush();
  }
}
