package fr.epiconcept.navette.flux.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.FileName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NativeFilesTest {
  @TempDir Path folder;

  /** The same promises, whether or not the file system knows the flag. */
  enum Way {
    FLAG {
      @Override
      boolean rename(Path from, Path to) throws IOException {
        return NativeFiles.renameNoReplace(from, to);
      }
    },
    LINK {
      @Override
      boolean rename(Path from, Path to) throws IOException {
        return NativeFiles.linkThenUnlink(from, to);
      }
    };

    abstract boolean rename(Path from, Path to) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void renamesWhereTheNameIsFree(Way way) throws IOException {
    Path from = Files.writeString(folder.resolve("a"), "content");
    Path to = folder.resolve("b");

    assertTrue(way.rename(from, to));

    assertEquals("content", Files.readString(to));
    assertFalse(Files.exists(from));
  }

  @ParameterizedTest
  @EnumSource
  void neverOverwritesWhatStandsThere(Way way) throws IOException {
    Path from = Files.writeString(folder.resolve("a"), "new");
    Path to = Files.writeString(folder.resolve("b"), "old");

    assertFalse(way.rename(from, to));

    assertEquals("old", Files.readString(to));
    assertEquals("new", Files.readString(from));
  }

  @ParameterizedTest
  @EnumSource
  void neverOverwritesAnEmptyFolderOrABrokenLink(Way way) throws IOException {
    Path from = Files.writeString(folder.resolve("a"), "new");
    Path emptyFolder = Files.createDirectory(folder.resolve("b"));
    Path link = Files.createSymbolicLink(folder.resolve("c"), folder.resolve("nowhere"));

    assertFalse(way.rename(from, emptyFolder));
    assertFalse(way.rename(from, link));

    assertTrue(Files.isSymbolicLink(link));
    assertFalse(Files.exists(folder.resolve("nowhere")));
  }

  @ParameterizedTest
  @EnumSource
  void ofTwoThatRenameOntoOneNameOneIsAnswered(Way way) throws Exception {
    ExecutorService two = Executors.newFixedThreadPool(2);
    CyclicBarrier together = new CyclicBarrier(2);
    try {
      for (int round = 0; round < 300; round++) {
        Path to = folder.resolve("to-" + round);
        List<Callable<Boolean>> racers = new ArrayList<>();
        for (String who : List.of("one", "two")) {
          Path from = Files.writeString(folder.resolve(who + round), who);
          racers.add(
              () -> {
                together.await(10, TimeUnit.SECONDS);
                return way.rename(from, to);
              });
        }
        var answers = two.invokeAll(racers);
        boolean first = answers.get(0).get();
        boolean second = answers.get(1).get();
        assertTrue(first != second, "exactly one wins");
        assertEquals(first ? "one" : "two", Files.readString(to));
        assertTrue(Files.exists(folder.resolve((first ? "two" : "one") + round)));
      }
    } finally {
      two.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatIsMissing(Way way) throws IOException {
    Path there = Files.writeString(folder.resolve("a"), "");

    assertThrows(
        NoSuchFileException.class,
        () -> way.rename(folder.resolve("missing"), folder.resolve("b")));
    assertThrows(
        NoSuchFileException.class,
        () -> way.rename(there, folder.resolve("no-folder").resolve("b")));
  }

  @ParameterizedTest
  @EnumSource
  void saysThatTheOtherFolderIsElsewhere(Way way) throws IOException {
    Path elsewhere = Path.of("/dev/shm");
    assumeTrue(
        Files.isWritable(elsewhere)
            && !Files.getFileStore(elsewhere).equals(Files.getFileStore(folder)),
        "needs a second file system");
    Path from = Files.writeString(folder.resolve("a"), "");
    Path to = elsewhere.resolve(folder.getFileName());

    assertThrows(AtomicMoveNotSupportedException.class, () -> way.rename(from, to));

    assertFalse(Files.exists(to));
    assertTrue(Files.exists(from));
  }

  @ParameterizedTest
  @EnumSource
  void movesNamesByteForByte(Way way) throws IOException {
    for (FileName name : oddNames()) {
      Path from = Files.createFile(name.in(folder));
      Path target = Files.createDirectories(folder.resolve("target"));

      assertTrue(way.rename(from, name.in(target)));

      assertEquals(List.of(name), namesIn(target));
      Files.delete(name.in(target));
    }
  }

  @Test
  void renamesALinkInsteadOfWhatItLeadsTo() throws IOException {
    Path target = Files.writeString(folder.resolve("target"), "content");
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);

    assertTrue(NativeFiles.renameNoReplace(link, folder.resolve("moved")));

    assertTrue(Files.isSymbolicLink(folder.resolve("moved")));
    assertTrue(Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void withoutTheFlagOnlyRegularFilesAreRenamed() throws IOException {
    Path from = Files.createDirectory(folder.resolve("a"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), from);

    assertThrows(
        FileSystemException.class, () -> NativeFiles.linkThenUnlink(from, folder.resolve("b")));
    assertThrows(
        FileSystemException.class, () -> NativeFiles.linkThenUnlink(link, folder.resolve("b")));

    assertFalse(Files.exists(folder.resolve("b"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void withoutTheFlagARenameThatACrashCutInTwoIsCompleted() throws IOException {
    Path from = Files.writeString(folder.resolve("a"), "content");
    Path to = Files.createLink(folder.resolve("b"), from);

    assertTrue(NativeFiles.linkThenUnlink(from, to));

    assertFalse(Files.exists(from));
    assertEquals("content", Files.readString(to));
  }

  @Test
  void withoutTheFlagAFileThatMayNotLeaveKeepsOneName() throws Exception {
    Path keeps = Files.createDirectory(folder.resolve("keeps"));
    Path from = Files.writeString(keeps.resolve("a"), "content");
    assumeTrue(appendOnly(keeps, true), "needs root and a file system with append-only folders");
    try {
      assertThrows(
          FileSystemException.class, () -> NativeFiles.linkThenUnlink(from, folder.resolve("b")));

      assertTrue(Files.exists(from));
      assertFalse(Files.exists(folder.resolve("b")), "two names would be two deposits");
    } finally {
      appendOnly(keeps, false);
    }
  }

  @Test
  void syncsEvenIfTheThreadIsInterrupted() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "content");

    Thread.currentThread().interrupt();
    try {
      NativeFiles.syncFile(file);
      NativeFiles.syncFolder(folder);
    } finally {
      assertTrue(Thread.interrupted(), "the mark is still there");
    }
  }

  @Test
  void saysWhatCannotBeSynced() {
    assertThrows(
        NoSuchFileException.class, () -> NativeFiles.syncFolder(folder.resolve("missing")));
    assertThrows(NoSuchFileException.class, () -> NativeFiles.syncFile(folder.resolve("missing")));
  }

  @Test
  void tellsAFileSystemOfThisMachineFromOneBehindANetwork() throws IOException {
    assertFalse(NativeFiles.kindOf(folder).isNetwork());
    assertEquals("tmpfs", NativeFiles.kindOf(Path.of("/dev/shm")).type());
    assertTrue(FileSystemKind.of(0x6969).isNetwork());
    assertEquals("cifs", FileSystemKind.of(0xFF534D42L).type());
    assertEquals("0x12345", FileSystemKind.of(0x12345).type());
    assertThrows(NoSuchFileException.class, () -> NativeFiles.kindOf(folder.resolve("missing")));
  }

  @Test
  void spellsAPathAsTheKernelHasIt() throws IOException {
    byte[] latin1 = "/é è\n%".getBytes(StandardCharsets.ISO_8859_1);
    byte[] name = Arrays.copyOfRange(latin1, 1, latin1.length);
    Path odd = Files.createDirectory(FileName.of(name).in(Path.of("/dev/shm")));
    try {
      byte[] bytes = NativeFiles.pathBytes(odd);

      byte[] expected = new byte["/dev/shm".length() + latin1.length];
      System.arraycopy("/dev/shm".getBytes(StandardCharsets.US_ASCII), 0, expected, 0, 8);
      System.arraycopy(latin1, 0, expected, 8, latin1.length);
      assertArrayEquals(expected, bytes);
      assertArrayEquals(new byte[] {'/'}, NativeFiles.pathBytes(Path.of("/")));
    } finally {
      Files.delete(odd);
    }
  }

  private static List<FileName> oddNames() {
    return List.of(
        FileName.of("été.hl7".getBytes(StandardCharsets.ISO_8859_1)),
        FileName.of("été.hl7"),
        FileName.of("two\nlines"),
        FileName.of("'quoted' \"twice\" $(id) `id` %E9 -rf *"));
  }

  private static List<FileName> namesIn(Path folder) throws IOException {
    List<FileName> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(file -> names.add(FileName.of(file)));
    }
    return names;
  }

  private static boolean appendOnly(Path folder, boolean on) throws Exception {
    Process chattr =
        new ProcessBuilder("chattr", on ? "+a" : "-a", folder.toString())
            .redirectErrorStream(true)
            .start();
    chattr.getInputStream().readAllBytes();
    return chattr.waitFor() == 0;
  }
}
