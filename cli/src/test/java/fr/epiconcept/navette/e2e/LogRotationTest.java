package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.log.LogLine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Logs that are rotated by the real logrotate, or cannot be written, while files pass. */
@ExtendWith(TellsOnFailure.class)
class LogRotationTest {
  private static final int ROTATIONS = 4;
  private static final int FILES = 5;

  @TempDir static Path folder;
  private static TwoServers servers;

  @BeforeAll
  static void start() throws Exception {
    servers =
        TwoServers.in(folder)
            .with(
                Flux.named("renamed"),
                Flux.named("truncated"),
                Flux.named("full")
                    .ingest("log: " + folder.resolve("tmpfs/files.log"))
                    .worker("log: " + folder.resolve("tmpfs/front.log")));
    Files.createDirectory(folder.resolve("tmpfs"));
    servers.startBoth();
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  /** Rotates the logs of both servers, again and again, while files pass. */
  private static void rotateWhileFilesPass(String name, String how) throws Exception {
    Tool.needs("logrotate");
    Flux flux = servers.flux(name);
    Path config =
        Files.writeString(
            folder.resolve(name + ".logrotate"),
            flux.ingestLog()
                + " "
                + flux.workerLog()
                + " {\n  rotate 20\n  nocompress\n  "
                + "su root root\n  ".repeat(Tool.isRoot() ? 1 : 0)
                + how
                + "\n}\n");
    for (int turn = 0; turn < ROTATIONS; turn++) {
      for (int i = 0; i < FILES; i++) {
        servers.deposit(name, turn + "-" + i, "x");
      }
      String last = turn + "-" + (FILES - 1);
      int before = turn * FILES;
      // The logs are written at this very moment.
      TwoServers.awaitThat("a script has begun", () -> Journal.of(flux).starts().size() > before);
      Tool.run(
              "logrotate",
              "-f",
              "-s",
              folder.resolve(name + ".state").toString(),
              config.toString())
          .succeeded();
      Path answer = flux.out().resolve("ack-" + last);
      TwoServers.awaitThat(last, () -> Files.exists(answer));
    }
    servers.awaitIdle();
    Books.of(servers, name).balance();
    // What is written now goes to the newest file.
    servers.deposit(name, "last", "x");
    for (Path log : List.of(flux.ingestLog(), flux.workerLog())) {
      TwoServers.awaitThat(
          log + " goes on",
          () -> Files.exists(log) && Files.readString(log).contains(" processed "));
      assertTrue(Files.exists(Path.of(log + "." + ROTATIONS)), "was rotated");
    }
  }

  /** All lines of a log and of what was rotated away, each of which must be one of ours. */
  private static List<LogLine> all(Path log) throws Exception {
    List<LogLine> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(log.getParent())) {
      for (Path file : files.filter(each -> each.toString().startsWith(log.toString())).toList()) {
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
          lines.add(LogLine.parse(line).orElseThrow(() -> new AssertionError(file + ": " + line)));
        }
      }
    }
    return lines;
  }

  private static long count(List<LogLine> lines, String event) {
    return lines.stream().filter(line -> line.event().equals(event)).count();
  }

  @Test
  void noLineIsLostWhenLogsAreRenamed() throws Exception {
    rotateWhileFilesPass("renamed", "nocreate");
    Flux flux = servers.flux("renamed");
    int deposited = ROTATIONS * FILES + 1;
    TwoServers.awaitThat("all", () -> count(all(flux.ingestLog()), "acknowledged") == deposited);
    for (String event : List.of("deposited", "claimed", "published", "processed", "archived")) {
      assertEquals(deposited, count(all(flux.ingestLog()), event), event);
    }
    for (String event : List.of("received", "started", "processed", "answered")) {
      assertEquals(deposited, count(all(flux.workerLog()), event), event);
    }
  }

  /** What is written between the copy and the cut is lost; nothing of ours can know of it. */
  @Test
  void logsGoOnAtTheirBeginningWhenTheyAreTruncated() throws Exception {
    rotateWhileFilesPass("truncated", "copytruncate");
    Flux flux = servers.flux("truncated");
    for (Path log : List.of(flux.ingestLog(), flux.workerLog())) {
      byte[] bytes = Files.readAllBytes(log);
      assertTrue(bytes.length > 0 && bytes[0] != 0, "no hole where the old lines were");
      all(log);
    }
  }

  @Test
  void filesPassWhileTheLogsDiskIsFull() throws Exception {
    Tool.needsRoot();
    Path disk = folder.resolve("tmpfs");
    Flux full = servers.flux("full");
    servers.worker().stop();
    servers.ingest().stop();
    boolean mounted =
        Tool.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()).exit() == 0;
    assumeTrue(mounted, "not tested here: no right to mount");
    try {
      fill(disk);
      servers.startBoth();
      for (int i = 0; i < 10; i++) {
        servers.deposit("full", "f" + i, "f");
      }
      servers.awaitIdle();
      TwoServers.awaitThat("all answers", () -> Content.files(full.out()).size() == 10);
      Books.of(servers, "full").balance();
      Files.delete(disk.resolve("filler"));
      servers.deposit("full", "later", "later");
      TwoServers.awaitThat(
          "the log goes on",
          () ->
              Files.exists(disk.resolve("files.log"))
                  && Files.readString(disk.resolve("files.log")).contains("name=later"));
    } finally {
      servers.worker().end();
      servers.ingest().end();
      Tool.run("umount", "-l", disk.toString());
      servers.startBoth();
    }
  }

  private static void fill(Path disk) throws Exception {
    Tool.run("dd", "if=/dev/zero", "of=" + disk.resolve("filler"), "bs=1k", "count=100");
    assertEquals(0, Files.getFileStore(disk).getUsableSpace(), "it is full");
  }
}
