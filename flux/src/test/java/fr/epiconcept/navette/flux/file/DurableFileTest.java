package fr.epiconcept.navette.flux.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurableFileTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("état");
  }

  @Test
  void replacesWhateverWasThere() throws IOException {
    DurableFile.replace(file, "one\n");
    DurableFile.replace(file, "deux é\n");

    assertEquals(Optional.of("deux é\n"), DurableFile.read(file));
    assertEquals(List.of(file), list(folder), "nothing else is left behind");
  }

  @Test
  void replacesThoughACrashLeftAHalfWrittenOne() throws IOException {
    DurableFile.replace(file, "one\n");
    Files.writeString(folder.resolve("état.new"), "half of a much longer te");

    assertEquals(Optional.of("one\n"), DurableFile.read(file));
    DurableFile.replace(file, "two\n");
    assertEquals(Optional.of("two\n"), DurableFile.read(file));
  }

  @Test
  void aReaderSeesTheOldOrTheNewAndNeverAPart() throws Exception {
    String one = "1".repeat(50_000);
    String two = "2".repeat(50_000);
    DurableFile.replace(file, one);
    Set<String> seen = new HashSet<>();
    Thread writer =
        new Thread(
            () -> {
              for (int i = 0; i < 40; i++) {
                replace(i % 2 == 0 ? two : one);
              }
            });
    writer.start();
    do {
      seen.add(DurableFile.read(file).orElse("nothing"));
    } while (writer.isAlive());
    writer.join();
    seen.remove(one);
    seen.remove(two);
    assertEquals(Set.of(), seen);
  }

  private void replace(String text) {
    try {
      DurableFile.replace(file, text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void isForOurEyesOnly() throws IOException {
    DurableFile.replace(file, "secret");
    DurableFile.append(folder.resolve("lines"), "secret", true);
    DurableFile.makeFolder(folder.resolve("a/b"));

    assertEquals("rw-------", mode(file));
    assertEquals("rw-------", mode(folder.resolve("lines")));
    assertEquals("rwx------", mode(folder.resolve("a")));
    assertEquals("rwx------", mode(folder.resolve("a/b")));
  }

  @Test
  void appendsLineByLine() throws IOException {
    DurableFile.append(file, "one", true);
    DurableFile.append(file, "two", false);

    assertEquals(Optional.of("one\ntwo\n"), DurableFile.read(file));
  }

  @Test
  void appendsToNoFileThatItWasNotToldToMake() {
    assertThrows(NoSuchFileException.class, () -> DurableFile.append(file, "one", false));
  }

  @Test
  void cutsOffALineWithoutItsEnd() throws IOException {
    Files.writeString(file, "one\ntwo\nthr");
    DurableFile.dropTornLine(file);
    DurableFile.append(file, "four", false);

    assertEquals(Optional.of("one\ntwo\nfour\n"), DurableFile.read(file));
  }

  @Test
  void cutsOffATornFirstLineAndLeavesWholeOnesAlone() throws IOException {
    Files.writeString(file, "on");
    DurableFile.dropTornLine(file);
    assertEquals(Optional.of(""), DurableFile.read(file));

    DurableFile.dropTornLine(file);
    Files.writeString(file, "one\n");
    DurableFile.dropTornLine(file);
    assertEquals(Optional.of("one\n"), DurableFile.read(file));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4094, 4095, 4096, 4097, 8191, 8192, 20_000})
  void cutsOffATornLineOfAnyLengthBehindAnyOther(int length) throws IOException {
    String whole = "one\n" + "w".repeat(length) + "\n";
    Files.writeString(file, whole + "t".repeat(length));
    DurableFile.dropTornLine(file);
    assertEquals(Optional.of(whole), DurableFile.read(file));

    Files.writeString(file, "t".repeat(length));
    DurableFile.dropTornLine(file);
    assertEquals(Optional.of(""), DurableFile.read(file));
  }

  @Test
  void readsNothingWhereThereIsNothing() throws IOException {
    assertEquals(Optional.empty(), DurableFile.read(file));
  }

  @Test
  void makesAFolderThatIsThereAlready() throws IOException {
    DurableFile.makeFolder(folder.resolve("a"));
    DurableFile.makeFolder(folder.resolve("a"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("a"));
    DurableFile.makeFolder(link);
    assertTrue(Files.isDirectory(folder.resolve("a")));
  }

  @Test
  void saysThatAFileIsInTheWayOfAFolder() throws IOException {
    Files.writeString(file, "x");
    assertThrows(IOException.class, () -> DurableFile.makeFolder(file));
    assertFalse(Files.isDirectory(file));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
