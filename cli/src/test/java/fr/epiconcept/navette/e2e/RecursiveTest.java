package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files in sub-folders of an inbox keep them there and back, whatever dies in between. */
@ExtendWith(TellsOnFailure.class)
// Each case has two servers of its own, and waits most of its time.
@Execution(ExecutionMode.CONCURRENT)
class RecursiveTest {
  /** Answers into the folder that the deposit came from. */
  private static final String ANSWERS_BELOW =
      """
      cp "$NAVETTE_FILE" "$NAVETTE_OUT/$NAVETTE_SUBFOLDER/ack-$NAVETTE_NAME"
      """;

  @TempDir Path folder;

  private static Flux labo() {
    return Flux.named("labo")
        .script(ANSWERS_BELOW)
        .ingest("recursive: true", "ready: {quiet: 50ms}")
        .worker("recursive: true");
  }

  /** A partner makes folders and writes at once. */
  private static void write(TwoServers servers, String path) throws IOException {
    Flux labo = servers.flux("labo");
    byte[] bytes = ("PID|" + path).getBytes(StandardCharsets.UTF_8);
    servers.deposits().remember(labo, path, Content.sha256(bytes));
    Path file = labo.inbox().resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  /** A partner makes a whole tree elsewhere and moves it in. */
  private static void moveIn(TwoServers servers, String tree, String... paths) throws IOException {
    Flux labo = servers.flux("labo");
    Path aside = Files.createDirectories(servers.root().resolve("aside/" + tree));
    for (String path : paths) {
      byte[] bytes = ("PID|" + path).getBytes(StandardCharsets.UTF_8);
      servers.deposits().remember(labo, tree + "/" + path, Content.sha256(bytes));
      Files.createDirectories(aside.resolve(path).getParent());
      Files.write(aside.resolve(path), bytes);
    }
    Files.move(aside, labo.inbox().resolve(tree), StandardCopyOption.ATOMIC_MOVE);
  }

  private Tool navette(String server, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Tool.NAVETTE));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--config", folder.resolve("etc-" + server).toString()));
    return Tool.run(command.toArray(String[]::new));
  }

  @Test
  void filesKeepTheirFoldersThereAndBackAndWhenTheyAreReplayed() throws Exception {
    Flux labo = labo();
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      servers.startBoth();
      write(servers, "top.hl7");
      write(servers, "a/x.hl7");
      write(servers, "a/b/c/y.hl7");
      moveIn(servers, "lot", "1.hl7", "in/2.hl7", "in/deep/3.hl7");
      for (int i = 0; i < 30; i++) {
        write(servers, "many/d" + i % 5 + "/f" + i + ".hl7");
      }
      byte[] late = "late".getBytes(StandardCharsets.UTF_8);
      servers.handedIn().remember(labo, "reports/2026/late.pdf", Content.sha256(late));
      Path report = labo.workerOut().resolve("reports/2026/late.pdf");
      Files.createDirectories(report.getParent());
      Files.write(report, late);

      servers.awaitIdle();
      Books.of(servers, "labo").inAnyOrder().balance();
      Books.of(servers, "labo").navetteAgrees();
      assertTrue(Files.isDirectory(labo.inbox().resolve("a/b/c")), "a partner's folder stays");
      assertEquals(
          "rwxr-x---",
          PosixFilePermissions.toString(
              Files.getPosixFilePermissions(labo.out().resolve("a/b/c"))));

      Tool shown = navette("front", "show", "a/b/c/y.hl7").succeeded();
      assertTrue(shown.said().contains("a/b/c/y.hl7"), shown::said);
      assertTrue(navette("files", "show", "y.hl7").succeeded().said().contains("a/b/c/y.hl7"));
      assertFalse(navette("files", "show", "other/y.hl7").said().contains("a/b/c/y.hl7"));

      navette("files", "replay", "labo", "--name", "a/b/**").succeeded();
      TwoServers.awaitThat(
          "its answer to the replay", () -> Files.exists(labo.out().resolve("a/b/c/ack-y.2.hl7")));
      assertEquals(2, Journal.of(labo).startsOf("a/b/c/y.hl7"));
      servers.assertNeverRestarted();
    }
  }

  @Test
  void namesOfFoldersAreBytesAndWhatLiesTooDeepIsSaidInOneLine() throws Exception {
    Flux labo = labo();
    FileName odd = FileName.of("r\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      servers.startBoth();
      Path below = Files.createDirectories(odd.in(odd.in(labo.inbox())));
      Files.writeString(odd.in(below), "odd");
      Path deep = labo.inbox().resolve("d/".repeat(33));
      Files.createDirectories(deep);
      Files.writeString(deep.resolve("x"), "too deep");
      FileName answer = FileName.of("ack-r\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
      Path answered = answer.in(odd.in(odd.in(labo.out())));
      TwoServers.awaitThat("its answer", () -> Files.exists(answered));
      assertEquals("odd", Files.readString(answered));

      Tool pending = navette("files", "pending");
      List<String> lines =
          pending.said().lines().filter(line -> line.contains("folders deep")).toList();
      assertEquals(1, lines.size(), pending::said);
      assertTrue(Files.exists(deep.resolve("x")), "it is left where it is");
      assertEquals(
          1,
          servers.ingestLog("labo").stream()
              .filter(line -> line.event().equals("subfolder-refused"))
              .count());
    }
  }

  @Test
  void pendingShowsFoldersAtEachPlace() throws Exception {
    Flux labo = labo();
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      servers.ingest().start();
      write(servers, "a/b/queued.hl7");
      Path ignored = labo.inbox().resolve("lot.tmp");
      Files.createDirectories(ignored);
      Files.writeString(ignored.resolve("x.hl7"), "not whole");
      TwoServers.awaitThat(
          "it is published", () -> navette("files", "pending").said().contains("published"));
      String said = navette("files", "pending").said();
      assertTrue(said.contains("a/b/queued.hl7"), said);
      assertTrue(said.contains("ignored by the pattern *.tmp"), said);
      servers.ingest().kill();
      said = navette("files", "pending").said();
      assertTrue(said.contains("a/b/queued.hl7"), said);
    }
  }

  @Test
  void aLinkInThePlaceOfAFolderLeadsNowhereOnEitherServer() throws Exception {
    Flux labo = labo();
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      Path strangers = Files.createDirectories(folder.resolve("strangers/b"));
      Files.writeString(strangers.resolve("secret.hl7"), "another partner's");
      Files.createSymbolicLink(labo.inbox().resolve("link"), strangers);
      Files.createSymbolicLink(labo.storage().resolve("a"), strangers.getParent());
      Files.createSymbolicLink(labo.out().resolve("a"), strangers.getParent());
      servers.startBoth();
      write(servers, "a/b/x.hl7");
      TwoServers.awaitThat(
          "its answer, in a folder beside",
          () -> Files.exists(labo.out().resolve("a.2/b/ack-x.hl7")));
      assertEquals(List.of(strangers.resolve("secret.hl7")), Content.files(strangers.getParent()));
      assertEquals("another partner's", Files.readString(strangers.resolve("secret.hl7")));
    }
  }

  // --- whatever dies ---

  /** Which daemon dies where. */
  record Walk(String side, boolean otherDisk, List<Step> steps) {}

  static Stream<Walk> walks() {
    return Stream.of(
        new Walk(
            "ingest",
            false,
            List.of(
                Step.CLAIMED,
                Step.SENT,
                Step.PUBLISHED,
                Step.RECORDED,
                Step.ARCHIVED,
                Step.CLOSED)),
        new Walk(
            "ingest",
            true,
            List.of(Step.CLAIMED, Step.CHECKED, Step.WRITTEN, Step.LANDING, Step.LANDED)),
        new Walk(
            "worker",
            false,
            List.of(
                Step.WRITTEN,
                Step.LANDING,
                Step.LANDED,
                Step.FINISHED,
                Step.ANSWERED,
                Step.SETTLING,
                Step.SETTLED)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("walks")
  @Execution(ExecutionMode.CONCURRENT)
  void killedAtEachStepItLosesAndRepeatsNothing(Walk walk, @TempDir Path own) throws Exception {
    Flux labo = labo().worker("ahead: 0");
    Path memory = Path.of("/dev/shm");
    assumeTrue(!walk.otherDisk() || Files.isWritable(memory), "no second file system to write to");
    Path other = walk.otherDisk() ? Files.createTempDirectory(memory, "navette") : own;
    if (walk.otherDisk()) {
      labo.otherDisk(other);
    }
    try (TwoServers servers = TwoServers.in(own).with(labo)) {
      die(servers, walk);
      servers.awaitIdle();
      Books.of(servers, "labo").inAnyOrder().balance();
      Books.of(servers, "labo").navetteAgrees();
    } finally {
      if (walk.otherDisk()) {
        Content.wipe(other);
      }
    }
  }

  private static void die(TwoServers servers, Walk walk) throws Exception {
    boolean ingestDies = walk.side().equals("ingest");
    DaemonProcess dies = ingestDies ? servers.ingest() : servers.worker();
    (ingestDies ? servers.worker() : servers.ingest()).start();
    Path kills = servers.root().resolve("kills");
    int files = 0;
    for (int death = 1; death <= walk.steps().size(); death++) {
      write(servers, "d" + death + "/e/f" + ++files + ".hl7");
      dies.startFaulty(kills, walk.steps());
      while (!dies.endsWithin(Duration.ofSeconds(15))) {
        moveIn(servers, "lot" + ++files, "in/f.hl7");
      }
      dies.awaitEnd();
      assertEquals(137, dies.exit(), "it was killed");
      assertEquals(death, Files.readAllLines(kills).size(), "deaths");
    }
    dies.start();
  }
}
