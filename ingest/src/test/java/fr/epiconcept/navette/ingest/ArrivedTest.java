package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.FileKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivedTest {
  private static final FileId ID = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");
  private static final FileId OTHER = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRT");

  static Stream<FileName> names() {
    return Stream.of(
        FileName.of("a.hl7"),
        FileName.of("two words.hl7"),
        FileName.of("two\nlines"),
        FileName.of("bytes=9 era=other \"quoted\" 'too' %41+&"),
        FileName.of("é\u0301 \u202E.hl7"),
        FileName.of(new byte[] {'a', (byte) 0xE9, (byte) 0xFF, '\t', 1}),
        FileName.of("x".repeat(255).getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @MethodSource("names")
  void whateverTheNameTheRecordIsOneLineAndReadsAsItWasWritten(FileName name) {
    Arrived record = record(name, Optional.of(OTHER), 3, "era-1");
    assertEquals(1, record.spelled().lines().count());
    assertEquals(record, Arrived.parse(ID, record.spelled()));
  }

  @ParameterizedTest
  @MethodSource("names")
  void theFileInTheArchiveIsFoundAgainByItsVeryBytes(FileName name) {
    Arrived read = Arrived.parse(ID, record(name, Optional.empty(), 1, "e").spelled());
    assertEquals(name, FileName.of(read.archive()));
  }

  @Test
  void aDepositThatRepeatsNothingSaysSo() {
    Arrived record = record(FileName.of("a"), Optional.empty(), 1, "");
    assertEquals(Optional.empty(), Arrived.parse(ID, record.spelled()).replayOf());
  }

  @Test
  void roundAndEraAreChangedAloneAndTheRestStays() {
    Arrived record = record(FileName.of("a"), Optional.of(OTHER), 1, "one");
    assertEquals(record(FileName.of("a"), Optional.of(OTHER), 4, "one"), record.inRound(4));
    assertEquals(record(FileName.of("a"), Optional.of(OTHER), 1, "two"), record.sentTo("two"));
  }

  @Test
  void aRecordOfAnEarlierVersionKnowsNoArchive() {
    Arrived read = Arrived.parse(ID, "arrived name=a folder=%2Fx file=a bytes=1 round=1 era=e");
    assertEquals(Optional.empty(), read.root());
    assertEquals(Optional.empty(), Arrived.parse(ID, read.spelled()).root());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "arrived",
        "arrived name=a folder=%2Fx file=a",
        "arrived name=a folder=%2Fx file=a bytes=many round=1 era=e",
        "arrived name=a folder=%2Fx file=a bytes=1 round=x era=e",
        "arrived name=a%2Fb folder=%2Fx file=a bytes=1",
        "arrived name=a folder=%2Fx file=a byt",
        "arrived name=a folder=%2Fx file=a root=%2F bytes=1 round=1 era=e",
        "arrived name=a folder=%2Fx file=a root=%2F root-key=x bytes=1 round=1 era=e",
        "\u0000\u0000\u0000\u0000"
      })
  void aDamagedRecordIsRefusedAndNothingIsMadeUp(String damaged) {
    assertThrows(RuntimeException.class, () -> Arrived.parse(ID, damaged));
  }

  /** Those of the first era stood in a sub-folder. */
  private static TreeName inTree(FileName name, String era) {
    return new TreeName(SubFolder.decode(era.equals("era-1") ? "a/b%E9%0A" : ""), name);
  }

  private static Arrived record(FileName name, Optional<FileId> replayOf, int round, String era) {
    Path folder = Path.of("/space/archives/a b=c\n/2026-11-23");
    ArchiveRoot root = new ArchiveRoot(folder.getParent(), new FileKey(-2, "1764000000.123456789"));
    return new Arrived(
        ID,
        inTree(name, era),
        name.in(folder),
        Optional.of(root),
        12_345_678_901L,
        replayOf,
        round,
        era);
  }
}
