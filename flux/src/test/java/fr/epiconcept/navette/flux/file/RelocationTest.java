package fr.epiconcept.navette.flux.file;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.OtherFileSystem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelocationTest {
  private static final FileId ID = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");

  @TempDir Path here;
  private OtherFileSystem other;
  private Path from;

  @BeforeEach
  void file() throws IOException {
    other = new OtherFileSystem(here);
    from = Files.writeString(here.resolve("from"), "content");
  }

  @AfterEach
  void clean() throws IOException {
    other.close();
  }

  private Path folder(boolean elsewhere) throws IOException {
    return elsewhere ? other.folder() : Files.createDirectories(here.resolve("to"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void movesTheFileWithItsTimeAndRights(boolean elsewhere) throws IOException {
    Instant modified = Instant.parse("2020-02-29T12:34:56.789Z");
    Files.setLastModifiedTime(from, FileTime.from(modified));
    Files.setPosixFilePermissions(from, PosixFilePermissions.fromString("r--r-----"));
    Path to = folder(elsewhere).resolve("to");

    assertTrue(Relocation.move(from, to, ID));

    assertEquals("content", Files.readString(to));
    assertEquals(modified, Files.getLastModifiedTime(to).toInstant());
    assertEquals("r--r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(to)));
    assertFalse(Files.exists(from));
    assertEquals(List.of("to"), names(to.getParent()));
  }

  @Test
  void keepsTheOwnerOnAnotherFileSystemWhereItMay() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root gives files away");
    Files.setOwner(
        from, from.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    Path to = other.folder().resolve("to");

    assertTrue(Relocation.move(from, to, ID));

    assertEquals("nobody", Files.getOwner(to).getName());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void neverOverwrites(boolean elsewhere) throws IOException {
    Path to = Files.writeString(folder(elsewhere).resolve("to"), "other");

    assertFalse(Relocation.move(from, to, ID));

    assertEquals("other", Files.readString(to));
    assertEquals("content", Files.readString(from));
    assertEquals(List.of("to"), names(to.getParent()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void saysThatThereIsNothingToMove(boolean elsewhere) throws IOException {
    Files.delete(from);
    Path to = folder(elsewhere).resolve("to");
    assertThrows(NoSuchFileException.class, () -> Relocation.move(from, to, ID));
    assertEquals(List.of(), names(to.getParent()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void movesNamesOfAnyBytes(boolean elsewhere) throws IOException {
    FileName latin1 = FileName.of(new byte[] {(byte) 0xE9, '\n', '%'});
    Path odd = Files.writeString(latin1.in(here), "content");

    assertTrue(Relocation.move(odd, latin1.in(folder(elsewhere)), ID));

    assertEquals("content", Files.readString(latin1.in(folder(elsewhere))));
  }

  @Test
  void afterACrashWhileCopyingItBeginsAnew() throws IOException {
    Path to = other.folder().resolve("to");
    Files.writeString(to.resolveSibling(TemporaryName.of(ID)), "half of something longer");

    assertTrue(Relocation.move(from, to, ID));

    assertEquals("content", Files.readString(to));
    assertEquals(List.of("to"), names(to.getParent()));
  }

  @Test
  void afterACrashThatLeftBothItTakesTheOldOneAway() throws IOException {
    Path to = Files.writeString(other.folder().resolve("to"), "content");

    assertTrue(Relocation.move(from, to, ID));

    assertFalse(Files.exists(from));
    assertEquals(List.of("to"), names(to.getParent()));
  }

  @Test
  void aFolderOrALinkOfThatNameOnAnotherFileSystemIsAnotherFile() throws IOException {
    Path to = other.folder().resolve("to");
    Files.createDirectory(to);
    assertFalse(Relocation.move(from, to, ID));
    Files.delete(to);
    Files.createSymbolicLink(to, from);
    assertFalse(Relocation.move(from, to, ID));
    assertEquals("content", Files.readString(from));
  }

  @Test
  void whatIsNoRegularFileStaysWhereItIs() throws IOException {
    Path link = Files.createSymbolicLink(here.resolve("link"), from);
    Path to = other.folder().resolve("to");

    assertThrows(IOException.class, () -> Relocation.move(link, to, ID));

    assertTrue(Files.isSymbolicLink(link));
    assertEquals(List.of(), names(to.getParent()));
  }

  @Test
  void aFileThatIsWrittenToWhileItIsCopiedStaysWhereItIs() throws Exception {
    Path to = other.folder().resolve("to");
    AtomicBoolean stop = new AtomicBoolean();
    try (RandomAccessFile file = new RandomAccessFile(from.toFile(), "rw")) {
      file.setLength(64L << 20);
      Thread writer = new Thread(() -> touchUntil(file, stop));
      writer.start();

      IOException fault = assertThrows(IOException.class, () -> Relocation.move(from, to, ID));

      stop.set(true);
      writer.join();
      assertEquals("somebody wrote to " + from + " while it was copied", fault.getMessage());
    }
    assertTrue(Files.exists(from));
    assertEquals(List.of(), names(to.getParent()));
  }

  private static void touchUntil(RandomAccessFile file, AtomicBoolean stop) {
    try {
      for (int i = 0; !stop.get(); i++) {
        file.seek(0);
        file.write(i);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aFullDiskLeavesTheFileWhereItIs() throws IOException {
    Path small = other.folder().resolve("small");
    Files.createDirectory(small);
    assumeTrue(mount(small), "only root mounts a small file system");
    try {
      try (RandomAccessFile file = new RandomAccessFile(from.toFile(), "rw")) {
        file.setLength(2 << 20);
      }
      assertThrows(IOException.class, () -> Relocation.move(from, small.resolve("to"), ID));
      assertEquals(2 << 20, Files.size(from));

      Files.writeString(from, "small");
      // A program that another test starts at this moment has all our files open until it begins.
      await().until(() -> Files.getFileStore(small).getUsableSpace() > 512 << 10);
      assertTrue(Relocation.move(from, small.resolve("to"), ID), "and goes when there is room");
      assertEquals(List.of("to"), names(small));
    } finally {
      run("umount", small.toString());
    }
  }

  private static boolean mount(Path folder) {
    return run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.toString());
  }

  private static boolean run(String... words) {
    try {
      return new ProcessBuilder(words).inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
