package fr.epiconcept.navette.broker.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.Hashing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.jms.JMSException;
import javax.jms.Message;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class PayloadFuzzTest {
  private static Path file;

  @BeforeContainer
  static void makeFile() throws IOException {
    file = Files.createTempFile("payload", "");
  }

  @AfterContainer
  static void removeFile() throws IOException {
    Files.delete(file);
  }

  @Provide
  Arbitrary<byte[]> files() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
  }

  @Provide
  Arbitrary<List<Integer>> chunks() {
    return Arbitraries.integers().between(1, 100).list().ofMinSize(1).ofMaxSize(8);
  }

  /** The body of a file, and what became of it on the way. */
  @Provide
  Arbitrary<byte[]> bodies() {
    return Combinators.combine(
            files(),
            Arbitraries.of("as it is", "flipped", "shorter", "longer", "without sense"),
            Arbitraries.integers().between(0, Integer.MAX_VALUE))
        .as(
            (bytes, way, at) -> {
              byte[] body = body(bytes);
              switch (way) {
                case "flipped" -> body[at % body.length] ^= (byte) (1 << (at & 7));
                case "shorter" -> body = Arrays.copyOf(body, at % body.length);
                case "longer" -> body = Arrays.copyOf(body, body.length + 1 + at % 50);
                case "without sense" -> body = bytes;
                default -> {}
              }
              return body;
            });
  }

  @Provide
  Arbitrary<Long> sizes() {
    return Arbitraries.oneOf(
        Arbitraries.longs().between(0, 340),
        Arbitraries.longs().greaterOrEqual(Long.MAX_VALUE - 40),
        Arbitraries.longs().greaterOrEqual(0));
  }

  @Provide
  Arbitrary<Object> streamedSizes() {
    return Hostile.values(Arbitraries.strings().numeric().ofMaxLength(25));
  }

  private static byte[] body(byte[] bytes) {
    byte[] body = Arrays.copyOf(bytes, bytes.length + Hashing.LENGTH);
    System.arraycopy(Hashing.newDigest().digest(bytes), 0, body, bytes.length, Hashing.LENGTH);
    return body;
  }

  @Property
  void aBodyIsTheFileAndItsHashHoweverItIsReadAndWritten(
      @ForAll("files") byte[] bytes, @ForAll("chunks") List<Integer> chunks) throws IOException {
    Files.write(file, bytes);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String read;
    try (PayloadReader reader = new PayloadReader(file, FileIdentity.of(file))) {
      byte[] buffer = new byte[100];
      int round = 0;
      for (int n = 0; n >= 0; n = reader.read(buffer, 0, chunks.get(round++ % chunks.size()))) {
        body.write(buffer, 0, n);
      }
      read = reader.sha256();
    }
    assertArrayEquals(body(bytes), body.toByteArray());

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PayloadWriter writer = new PayloadWriter(out, bytes.length);
    write(body.toByteArray(), chunks, writer);
    assertEquals(read, writer.verified());
    assertArrayEquals(bytes, out.toByteArray());
  }

  private static void write(byte[] body, List<Integer> chunks, PayloadWriter writer)
      throws IOException {
    int round = 0;
    for (int at = 0; at < body.length; ) {
      int n = Math.min(body.length - at, chunks.get(round++ % chunks.size()));
      writer.write(body, at, n);
      at += n;
    }
  }

  @Property
  void whateverComesNoMoreIsWrittenThanWasPromisedAndOnlyTheTruthIsVerified(
      @ForAll("bodies") byte[] body,
      @ForAll("sizes") long size,
      @ForAll("chunks") List<Integer> chunks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PayloadWriter writer = new PayloadWriter(out, size);
    boolean verified = false;
    try {
      write(body, chunks, writer);
      verified = writer.verified().equals(sha256(out));
    } catch (IOException refused) {
      assertFalse(refused.getMessage().isEmpty());
    }
    assertTrue(out.size() <= size);
    assertEquals(isTrue(body, size), verified);
  }

  private static String sha256(ByteArrayOutputStream bytes) {
    return HexFormat.of().formatHex(Hashing.newDigest().digest(bytes.toByteArray()));
  }

  private static boolean isTrue(byte[] body, long size) {
    return body.length - size == Hashing.LENGTH
        && Arrays.equals(body, body(Arrays.copyOf(body, (int) size)));
  }

  /** What never gets better by being sent again must say so, or it comes again for ever. */
  @Property
  void aMessageThatLiesOfItsPayloadIsCorrupt(
      @ForAll("bodies") byte[] body,
      @ForAll("sizes") long size,
      @ForAll("streamedSizes") Object streamed)
      throws JMSException, IOException {
    Map<String, Object> properties = new HashMap<>();
    savedOrCorrupt(Hostile.message(properties, List.of(body)), body, size);
    properties.put("_AMQ_LARGE_SIZE", streamed);
    savedOrCorrupt(Hostile.message(properties, List.of(body)), body, size);
    properties.put("_AMQ_LARGE_SIZE", PayloadReader.bodyLength(size));
    savedOrCorrupt(Hostile.message(properties, List.of(body)), body, size);
  }

  private static void savedOrCorrupt(Message message, byte[] body, long size) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (isTrue(body, size)) {
      try {
        assertEquals(Messages.savePayload(message, size, out), sha256(out));
      } catch (CorruptPayload liesElsewhere) {
        return;
      }
    } else {
      assertThrows(CorruptPayload.class, () -> Messages.savePayload(message, size, out));
    }
    assertTrue(out.size() <= size);
  }
}
