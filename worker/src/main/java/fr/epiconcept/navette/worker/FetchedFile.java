package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.fetch.Gone;
import fr.epiconcept.navette.broker.message.CorruptPayload;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.file.Hashing;
import fr.epiconcept.navette.flux.file.NewFile;
import fr.epiconcept.navette.flux.landing.Landing;
import fr.epiconcept.navette.flux.log.FluxLog;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;

/**
 * A file whose bytes are not in its message: what an earlier try has of it is taken as it is, the
 * rest is fetched, and the hash in the message judges the whole.
 */
final class FetchedFile implements Landing.Pieces {
  private static final int BUFFER = 1 << 20;

  private final Deposit deposit;
  private final String promised;
  private final Source source;
  private final BooleanSupplier over;
  private final FluxLog log;

  /** Where the bytes come from. */
  @FunctionalInterface
  interface Source {
    /**
     * Writes the bytes from {@code from} on; {@code out} has a beginning of them if this fails.
     *
     * @param over whether nobody waits for them any more
     * @throws Gone if they will never come
     * @throws IOException if they do not come now, or {@code out} takes no more
     */
    void fetch(Deposit deposit, long from, OutputStream out, BooleanSupplier over)
        throws IOException;
  }

  /**
   * The bytes of {@code deposit}.
   *
   * @param promised their hash
   */
  FetchedFile(Deposit deposit, String promised, Source source, BooleanSupplier over, FluxLog log) {
    this.deposit = deposit;
    this.promised = promised;
    this.source = source;
    this.over = over;
    this.log = log;
  }

  @Override
  public void completeIn(NewFile file) throws IOException {
    if (file.length() > deposit.size()) {
      file.clear();
    }
    long before = file.length();
    if (before > 0) {
      log.info(
          deposit.id(),
          "fetch-resumed",
          "name",
          deposit.path(),
          "from",
          before,
          "of",
          deposit.size());
    }
    String actual = complete(file);
    if (!actual.equals(promised) && before > 0) {
      log.warn(deposit.id(), "fetch-anew", "reason", "what stood there was no beginning of it");
      file.clear();
      actual = complete(file);
    }
    if (!actual.equals(promised)) {
      file.clear();
      throw new CorruptPayload(
          "its bytes have the hash " + actual + ", its sender says " + promised);
    }
  }

  private String complete(NewFile file) throws IOException {
    MessageDigest digest = Hashing.newDigest();
    long there = hash(file, digest);
    Hashed out = new Hashed(file.out(), digest);
    try {
      source.fetch(deposit, there, out, over);
    } catch (Gone gone) {
      throw new CorruptPayload(gone.getMessage());
    } catch (IOException e) {
      if (out.failed) {
        // A disk that this file fills would stay full, for all other fluxes too.
        file.clear();
      }
      throw e;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static long hash(NewFile file, MessageDigest digest) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    long at = 0;
    for (int n = file.read(buffer, at); n > 0; n = file.read(buffer, at)) {
      digest.update(buffer.flip());
      buffer.clear();
      at += n;
    }
    return at;
  }

  private static final class Hashed extends FilterOutputStream {
    private final MessageDigest digest;

    /** Whether the disk did not take them. */
    private boolean failed;

    Hashed(OutputStream out, MessageDigest digest) {
      super(out);
      this.digest = digest;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      failed = true;
      out.write(bytes, from, length);
      failed = false;
      digest.update(bytes, from, length);
    }
  }
}
