package fr.epiconcept.navette.broker.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.Hashing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {
  private static final int SIZE = 10_000;

  @TempDir Path folder;
  private Path file;
  private final byte[] bytes = new byte[SIZE];

  @BeforeEach
  void file() throws IOException {
    new Random(7).nextBytes(bytes);
    file = Files.write(folder.resolve("file"), bytes);
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
  }

  private byte[] body() throws IOException {
    try (PayloadReader reader = new PayloadReader(file, FileIdentity.of(file))) {
      return reader.readAllBytes();
    }
  }

  // --- reading ---

  @Test
  void theBodyIsTheFileAndItsHash() throws IOException {
    byte[] body = body();
    assertEquals(PayloadReader.bodyLength(SIZE), body.length);
    assertArrayEquals(bytes, Arrays.copyOf(body, SIZE));
    assertArrayEquals(Hashing.sha256(file), Arrays.copyOfRange(body, SIZE, body.length));
  }

  @Test
  void theBodyIsTheSameHoweverItIsRead() throws IOException {
    for (int chunk : new int[] {1, 7, 31, 32, 33, SIZE - 1, SIZE, SIZE + 1, SIZE + 32, 1 << 20}) {
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      try (PayloadReader reader = new PayloadReader(file, FileIdentity.of(file))) {
        byte[] buffer = new byte[chunk];
        for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
          read.write(buffer, 0, n);
        }
        assertEquals(-1, reader.read());
        assertEquals(hex(Hashing.sha256(file)), reader.sha256());
      }
      assertArrayEquals(body(), read.toByteArray());
    }
    try (PayloadReader reader = new PayloadReader(file, FileIdentity.of(file))) {
      for (byte expected : body()) {
        assertEquals(expected & 0xff, reader.read());
      }
      assertEquals(-1, reader.read());
    }
  }

  @Test
  void anEmptyFileHasABodyOfAHash() throws IOException {
    Files.write(file, new byte[0]);
    assertEquals(32, body().length);
  }

  @Test
  void theHashIsNotKnownBeforeTheEnd() throws IOException {
    try (PayloadReader reader = new PayloadReader(file, FileIdentity.of(file))) {
      reader.readNBytes(SIZE);
      assertThrows(IllegalStateException.class, reader::sha256);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"shorter", "longer", "rewritten", "replaced", "gone"})
  void aFileThatDoesNotStayAsItWasBreaksTheStream(String how) throws IOException {
    try (PayloadReader reader = new PayloadReader(file, FileIdentity.of(file))) {
      reader.readNBytes(100);
      change(how);
      assertThrows(IOException.class, reader::readAllBytes);
    }
  }

  private void change(String how) throws IOException {
    Path other = Files.write(folder.resolve("other"), bytes);
    switch (how) {
      case "shorter" -> Files.write(file, new byte[50]);
      case "longer" -> Files.write(file, new byte[1], StandardOpenOption.APPEND);
      case "rewritten" -> Files.write(file, new byte[SIZE]);
      case "replaced" -> Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
      default -> Files.delete(file);
    }
  }

  @Test
  void aLinkIsNeverRead() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    FileIdentity looks = FileIdentity.of(link);
    assertThrows(IOException.class, () -> new PayloadReader(link, looks));
  }

  @Test
  void aPipePutInThePlaceOfTheFileThatWasLookedAtKeepsNobodyWaiting() throws Exception {
    FileIdentity looks = FileIdentity.of(file);
    Files.delete(file);
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor(), "mkfifo");

    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> assertThrows(IOException.class, () -> new PayloadReader(file, looks)));
  }

  // --- writing ---

  @Test
  void writesTheFileHoweverTheBodyIsCut() throws IOException {
    byte[] body = body();
    for (int chunk : new int[] {1, 31, 32, 33, SIZE - 1, SIZE, SIZE + 1, body.length}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      PayloadWriter writer = new PayloadWriter(out, SIZE);
      for (int at = 0; at < body.length; at += chunk) {
        writer.write(body, at, Math.min(chunk, body.length - at));
      }
      assertEquals(hex(Hashing.sha256(file)), writer.verified());
      assertArrayEquals(bytes, out.toByteArray());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PayloadWriter writer = new PayloadWriter(out, SIZE);
    for (byte b : body) {
      writer.write(b);
    }
    writer.verified();
    assertArrayEquals(bytes, out.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, SIZE - 1, SIZE, SIZE + 1, SIZE + 31})
  void aBodyThatBreaksOffIsNotVerified(int length) throws IOException {
    PayloadWriter writer = new PayloadWriter(new ByteArrayOutputStream(), SIZE);
    writer.write(body(), 0, length);
    assertThrows(IOException.class, writer::verified);
  }

  @Test
  void aBodyThatIsTooLongIsRefusedAtOnce() throws IOException {
    PayloadWriter writer = new PayloadWriter(new ByteArrayOutputStream(), SIZE);
    writer.write(body());
    assertThrows(CorruptPayload.class, () -> writer.write(0));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5_000, SIZE - 1, SIZE, SIZE + 31})
  void aSingleWrongBitIsCorrupt(int at) throws IOException {
    byte[] body = body();
    body[at] ^= 1;
    PayloadWriter writer = new PayloadWriter(new ByteArrayOutputStream(), SIZE);
    writer.write(body);
    assertThrows(CorruptPayload.class, writer::verified);
  }

  @Test
  void closingItLeavesTheFileOpen() throws IOException {
    boolean[] closed = new boolean[1];
    PayloadWriter writer =
        new PayloadWriter(
            new ByteArrayOutputStream() {
              @Override
              public void close() {
                closed[0] = true;
              }
            },
            SIZE);
    writer.close();
    assertEquals(false, closed[0]);
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }
}
