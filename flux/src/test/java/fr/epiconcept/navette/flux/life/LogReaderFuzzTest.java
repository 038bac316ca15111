package fr.epiconcept.navette.flux.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.Garbage;
import fr.epiconcept.navette.flux.log.LogLine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class LogReaderFuzzTest {
  private static final String ID = "01JDCB3V8Q5W2Y7Z9K4M6N0PRS";
  private static final String LINE =
      "2026-11-23T17:04:09.123+01:00 INFO " + ID + " claimed bytes=1";

  private static Path folder;

  /** Keeps what is found. */
  private static final class Found implements LogScan.Lines {
    private final Needles needles = new Needles(List.of(ID.getBytes(UTF_8)));
    private final List<LogLine> lines = new ArrayList<>();

    @Override
    public Needles needles() {
      return needles;
    }

    @Override
    public void line(LogLine line) {
      lines.add(line);
    }
  }

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("logs");
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    Files.deleteIfExists(folder.resolve("labo.log"));
    Files.deleteIfExists(folder.resolve("labo.log.1.gz"));
    Files.delete(folder);
  }

  @Provide
  Arbitrary<byte[]> logs() {
    Arbitrary<byte[]> piece =
        Arbitraries.oneOf(
            Arbitraries.of(LINE, LINE + " name=\"é\"", ID, "\n", "\r\n", "\"", "\0", " ")
                .map(text -> text.getBytes(UTF_8)),
            Garbage.bytes(60));
    return piece.list().ofMaxSize(30).map(pieces -> Garbage.joined(pieces.toArray(byte[][]::new)));
  }

  @Provide
  Arbitrary<byte[]> archives() {
    return Arbitraries.oneOf(
        Garbage.damaged(logs().map(LogReaderFuzzTest::packed), "\n", "\u001f"), Garbage.bytes(100));
  }

  private static byte[] packed(byte[] plain) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    } catch (IOException e) {
      throw new AssertionError("memory takes it", e);
    }
    return packed.toByteArray();
  }

  @Property
  void everyWholeLineIsFoundWhateverStandsAroundIt(@ForAll("logs") byte[] log) throws IOException {
    List<LogLine> expected = new ArrayList<>();
    String[] lines = new String(log, UTF_8).split("\n", -1);
    for (int i = 0; i < lines.length - 1; i++) {
      if (lines[i].contains(ID)) {
        LogLine.parse(lines[i]).ifPresent(expected::add);
      }
    }
    Found found = new Found();
    new LogScan(found).read(new ByteArrayInputStream(log));
    assertEquals(expected, found.lines);
  }

  @Property
  void aDamagedArchiveHidesNothingOfTheLog(@ForAll("archives") byte[] archive) throws IOException {
    Files.write(folder.resolve("labo.log.1.gz"), archive);
    Path log = Files.writeString(folder.resolve("labo.log"), LINE + "\n");
    Found found = new Found();
    LogReader reader = new LogReader(log);
    reader.read(Instant.EPOCH, found);
    assertTrue(found.lines.contains(LogLine.parse(LINE).orElseThrow()));
    assertEquals(2, reader.files());
    reader.unread().forEach(why -> assertTrue(why.contains("labo.log.1.gz"), why));
  }
}
