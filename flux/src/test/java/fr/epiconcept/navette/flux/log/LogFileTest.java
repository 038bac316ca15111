package fr.epiconcept.navette.flux.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

// It hears, or makes, what LogFile and LineLog tell the daemon's log.
@ResourceLock("daemon-log")
class LogFileTest {
  @TempDir Path folder;
  private Path path;
  private LogFile file;
  private DaemonLog daemon;

  @BeforeEach
  void open() {
    path = folder.resolve("labo.log");
    file = new LogFile(path, lost -> "lost " + lost);
    daemon = new DaemonLog(LogFile.class);
  }

  @AfterEach
  void close() {
    file.close();
    daemon.close();
  }

  @Test
  void isReadableByItsGroupAndNobodyElse() throws Exception {
    write("a");

    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
  }

  @Test
  void leavesTheModeOfAFileThatSomebodyElseMade() throws Exception {
    Files.createFile(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));

    write("a");

    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
  }

  @Test
  void goesOnAfterWhatStandsThere() throws Exception {
    Files.writeString(path, "before\n");

    write("a");

    assertEquals("before\na\n", Files.readString(path));
  }

  @Test
  void writesToANewFileOnceTheOldOneIsRenamed() throws Exception {
    write("a");
    Path renamed = folder.resolve("labo.log.1");
    Files.move(path, renamed);

    write("b");
    Files.move(path, folder.resolve("labo.log.2"));
    Files.createFile(path);
    write("c");

    assertEquals("a\n", Files.readString(renamed));
    assertEquals("b\n", Files.readString(folder.resolve("labo.log.2")));
    assertEquals("c\n", Files.readString(path));
    assertEquals(List.of(), daemon.lines());
  }

  @Test
  void leavesNoHoleWhereItWasTruncated() throws Exception {
    write("a".repeat(100));
    Files.newByteChannel(path, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
        .close();

    write("b");

    assertEquals("b\n", Files.readString(path));
  }

  @Test
  void keepsTheHalfOfALineApartThatACrashLeft() throws Exception {
    Files.writeString(path, "2026-11-23T18:04:09.123+01:00 INFO - received bytes=20");

    write("a");

    assertEquals(
        List.of("2026-11-23T18:04:09.123+01:00 INFO - received bytes=20~", "a"),
        Files.readAllLines(path));
  }

  @Test
  void countsWhatAMissingFolderCostsAndSaysItOnce() throws Exception {
    write("a");
    Path away = folder.resolveSibling(folder.getFileName() + ".away");
    Files.move(folder, away);
    try {
      for (int i = 0; i < 7; i++) {
        write("lost");
      }
    } finally {
      Files.move(away, folder);
    }
    write("b");
    write("c");

    assertEquals(List.of("a", "lost 7", "b", "c"), Files.readAllLines(path));
    assertEquals(2, daemon.lines().size(), daemon.lines()::toString);
    assertTrue(daemon.lines().get(0).startsWith("WARN Cannot write the log " + path));
    assertTrue(daemon.lines().get(1).startsWith("INFO The log " + path + " is written again"));
  }

  @Test
  void warnsAgainInTheNextOutage() throws Exception {
    for (int outage = 0; outage < 2; outage++) {
      Files.createDirectory(path);
      write("lost");
      Files.delete(path);
      write("again");
      Files.delete(path);
    }

    long warnings = daemon.lines().stream().filter(line -> line.startsWith("WARN")).count();
    assertEquals(2, warnings, daemon.lines()::toString);
  }

  @Test
  void saysAtTheEndWhatWasLostLast() throws Exception {
    Files.createDirectory(path);
    write("lost");
    Files.delete(path);

    file.close();

    assertEquals("lost 1\n", Files.readString(path));
  }

  @Test
  void writesForAThreadThatIsToldToStop() throws Exception {
    Thread.currentThread().interrupt();
    write("a");
    write("b");

    assertTrue(Thread.interrupted());
    assertEquals("a\nb\n", Files.readString(path));
    assertEquals(List.of(), daemon.lines());
  }

  @Test
  void livesThroughAFullDisk() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"))) {
      Path onDisk = disk.folder().resolve("labo.log");
      Path filler = disk.folder().resolve("filler");
      file = new LogFile(onDisk, lost -> "lost " + lost);
      write("first");
      disk.fill(filler);
      int tried = 0;
      while (daemon.lines().isEmpty()) {
        // A page of the file may be left: lines that are longer than it cannot be written whole
        write("x".repeat(3_000));
        tried++;
        assertTrue(tried < 10, "the disk is not full");
      }
      write("y".repeat(5_000));
      write("z".repeat(5_000));
      Files.delete(filler);
      write("again");

      List<String> lines = Files.readAllLines(onDisk);
      assertEquals("first", lines.get(0));
      assertEquals("again", lines.get(lines.size() - 1));
      assertEquals("lost 3", lines.get(lines.size() - 2));
      long whole = lines.stream().filter(line -> line.equals("x".repeat(3_000))).count();
      assertEquals(tried - 1, whole);
      assertFalse(lines.contains(""), "an empty line");
      assertTrue(
          lines.stream().filter(l -> l.startsWith("x") && l.length() != 3_000).count() <= 1
              && lines.stream()
                  .filter(l -> l.startsWith("x") && l.length() != 3_000)
                  .allMatch(l -> l.endsWith("~")),
          "half a line is marked");
      file.close();
    }
  }

  @Test
  void endsTheHalfLineOfAFileThatWasRotatedWhileItsDiskWasFull() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"))) {
      Path onDisk = disk.folder().resolve("labo.log");
      Path rotated = disk.folder().resolve("labo.log.1");
      Path filler = disk.folder().resolve("filler");
      file = new LogFile(onDisk, lost -> "lost " + lost);
      write("first");
      disk.fill(filler);
      write("x".repeat(5_000));
      assertEquals(1, daemon.lines().size(), "the disk is not full");
      Files.move(onDisk, rotated);
      // What else wants the first page that comes free: the new file gets a line, the old has none.
      write("lost too");
      Files.delete(filler);
      write("again");
      file.close();

      List<String> old = Files.readAllLines(rotated);
      assertTrue(old.get(1).startsWith("x") && old.get(1).endsWith("~"), "half a line is marked");
      assertEquals(2, old.size());
      assertEquals(List.of("lost 2", "again"), Files.readAllLines(onDisk));
    }
  }

  private void write(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    file.write(bytes, 0, bytes.length);
  }

  /** A file system of 64 KiB; only root can mount one. */
  private record SmallDisk(Path folder) implements AutoCloseable {
    static SmallDisk mount(Path folder) throws Exception {
      boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
      assumeTrue(root, "only root can mount a small disk");
      Files.createDirectory(folder);
      boolean mounted =
          run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.toString()) == 0;
      assumeTrue(mounted, "no disk can be mounted here");
      return new SmallDisk(folder);
    }

    void fill(Path filler) throws IOException {
      byte[] page = new byte[4096];
      try (var out = Files.newOutputStream(filler)) {
        while (true) {
          out.write(page);
        }
      } catch (IOException full) {
        assertTrue(Files.size(filler) > 0, full::toString);
      }
    }

    @Override
    public void close() throws IOException {
      assertEquals(0, run("umount", "-l", folder.toString()));
    }

    private static int run(String... command) throws IOException {
      Process process = new ProcessBuilder(command).inheritIO().start();
      return process.onExit().orTimeout(10, TimeUnit.SECONDS).join().exitValue();
    }
  }
}
