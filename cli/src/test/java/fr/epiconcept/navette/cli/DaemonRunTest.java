package fr.epiconcept.navette.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A daemon in a process of its own, with real signals. */
class DaemonRunTest {
  @TempDir Path folder;

  /** The limit of the stop, and ten seconds to say that it is over. */
  private static final String STOPPING = "STOPPING=1\nEXTEND_TIMEOUT_USEC=20000000";

  private Process process;
  private Path said;

  @AfterEach
  void leaveNothingRunning() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Test
  void stopsInOrderAtSigtermAndIsDone() throws Exception {
    start("works");
    says("INFO DaemonRun navette test is ready");

    process.destroy();

    assertEquals(0, exitCode());
    assertTrue(text().contains("navette test stops: SIGTERM"), this::text);
    assertTrue(text().contains("navette test has stopped"), this::text);
  }

  private void hangUp() throws Exception {
    assertEquals(0, Ran.command(List.of("kill", "-HUP", "" + process.pid()), Map.of()).exit());
  }

  @Test
  void readsItsConfigurationAgainAtEachSighupAndTellsSystemdWhenThatBeginsAndEnds()
      throws Exception {
    try (NotifySocket systemd = new NotifySocket(folder.resolve("notify"))) {
      start("works", Map.of("NOTIFY_SOCKET", systemd.path().toString()));
      says("is ready");

      long before = System.nanoTime() / 1000;
      hangUp();
      says("reload 1");
      await().atMost(15, TimeUnit.SECONDS).until(() -> systemd.heard().size() == 3);
      hangUp();
      says("reload 2");
      await().atMost(15, TimeUnit.SECONDS).until(() -> systemd.heard().size() == 5);

      assertEquals("READY=1", systemd.heard().get(2));
      String[] reloading = systemd.heard().get(1).split("[\n=]", -1);
      assertEquals(List.of("RELOADING", "1", "MONOTONIC_USEC"), List.of(reloading).subList(0, 3));
      long at = Long.parseLong(reloading[3]);
      assertTrue(at >= before && at <= System.nanoTime() / 1000, "systemd's clock is ours");
      assertTrue(process.isAlive());
    }
  }

  @Test
  void aReloadThatIsRefusedIsOneLineAndChangesNothing() throws Exception {
    start("broken");
    says("is ready");

    hangUp();

    says("ERROR DaemonRun nothing is changed: navette.yml:1:1: no such key");
    assertTrue(process.isAlive());
    process.destroy();
    assertEquals(0, exitCode());
    assertEquals(1, text().lines().filter(line -> line.contains("ERROR")).count(), this::text);
  }

  @Test
  void aStopThatHangsEndsAtItsLimit() throws Exception {
    start("hangs-in-stop");
    says("is ready");

    process.destroy();

    assertEquals(1, exitCode());
    assertTrue(text().contains("did not stop within 1 s"), this::text);
  }

  @Test
  void aStopDuringAStartThatHangsEndsAtItsLimit() throws Exception {
    start("hangs-in-start");
    says("starting");

    process.destroy();

    assertEquals(1, exitCode());
    assertTrue(text().contains("did not stop within 1 s"), this::text);
  }

  @Test
  void aDaemonThatDiesIsStoppedAndTheCauseIsSaid() throws Exception {
    start("dies");

    assertEquals(1, exitCode());
    assertTrue(text().contains("ERROR DaemonRun navette test cannot go on and stops"), this::text);
    assertTrue(text().contains("java.io.IOException: the disk is gone"), this::text);
    assertTrue(text().contains("navette test has stopped"), this::text);
  }

  @Test
  void aStartThatFailsIsOneLineAndItsExitCode() throws Exception {
    start("cannot-start");

    assertEquals(3, exitCode());
    assertEquals("starting\ntest: connection refused\n", text());
  }

  @Test
  void refusesALocaleInWhichNamesAreNoBytes() throws Exception {
    start("works", Map.of("LC_ALL", "C"));

    assertEquals(2, exitCode());
    assertEquals(1, text().lines().count(), this::text);
    assertTrue(text().contains("start it by bin/navette, or with LC_ALL=C.UTF-8"), this::text);
  }

  @Test
  void tellsSystemdWhenItIsReadyAliveAndStopping() throws Exception {
    try (NotifySocket systemd = new NotifySocket(folder.resolve("notify"))) {
      start("works", Map.of("NOTIFY_SOCKET", systemd.path().toString(), "WATCHDOG_USEC", "100000"));
      await()
          .atMost(15, TimeUnit.SECONDS)
          .until(() -> Collections.frequency(systemd.heard(), "WATCHDOG=1") >= 3);
      assertEquals("READY=1", systemd.heard().get(0));

      process.destroy();

      assertEquals(0, exitCode());
      assertTrue(systemd.heard().contains(STOPPING), systemd.heard()::toString);
    }
  }

  @Test
  void doesNotFeedTheWatchdogWithoutProgress() throws Exception {
    try (NotifySocket systemd = new NotifySocket(folder.resolve("notify"))) {
      start("stuck", Map.of("NOTIFY_SOCKET", systemd.path().toString(), "WATCHDOG_USEC", "100000"));
      says("makes no progress");

      process.destroy();

      assertEquals(0, exitCode());
      assertEquals(List.of("READY=1", STOPPING), systemd.heard());
    }
  }

  private void start(String how) throws IOException {
    start(how, Map.of());
  }

  private void start(String how, Map<String, String> environment) throws IOException {
    said = folder.resolve("said");
    // Whoever runs the tests under nohup has SIGHUP ignored, and so would all that they start.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=HUP"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dlogback.configurationFile=" + Path.of("..", "conf", "logback.xml"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(TestDaemon.class.getName(), how));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().putAll(environment);
    process = builder.start();
  }

  private void says(String what) {
    await().atMost(15, TimeUnit.SECONDS).until(() -> text().contains(what));
  }

  private int exitCode() throws InterruptedException {
    assertTrue(process.waitFor(15, TimeUnit.SECONDS), () -> "still runs: " + text());
    return process.exitValue();
  }

  private String text() {
    try {
      return Files.readString(said);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** A daemon that does what its one argument says. */
  @Command(name = "test")
  static final class TestDaemon extends DaemonCommand implements Daemon {
    @Parameters(index = "0")
    String how;

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicInteger reloads = new AtomicInteger();

    public static void main(String[] args) {
      System.exit(Main.friendly(new CommandLine(new TestDaemon())).execute(args));
    }

    @Override
    Daemon daemon(Path config) {
      return this;
    }

    @Override
    public String name() {
      return "test";
    }

    @Override
    public void start(Desk.Clerk reload) throws Exception {
      switch (how) {
        case "dies" -> ended.completeExceptionally(new IOException("the disk is gone"));
        case "cannot-start" -> {
          System.err.println("starting");
          throw new ConnectException("connection refused");
        }
        case "hangs-in-start" -> {
          System.err.println("starting");
          new CountDownLatch(1).await();
        }
        default -> {}
      }
    }

    @Override
    public void tryAgain() {
      throw new AssertionError("not within seconds");
    }

    @Override
    public void reload(Reply done) throws Refusal {
      System.err.println("reload " + reloads.incrementAndGet());
      if (how.equals("broken")) {
        throw new Refusal("navette.yml:1:1: no such key");
      }
    }

    @Override
    public CompletionStage<Void> ended() {
      return ended;
    }

    @Override
    public boolean isProgressing() {
      return !how.equals("stuck");
    }

    @Override
    public Duration stopLimit() {
      return Duration.ofSeconds(how.startsWith("hangs") ? 1 : 10);
    }

    @Override
    public void stop() throws Exception {
      if (how.equals("hangs-in-stop")) {
        new CountDownLatch(1).await();
      }
    }
  }
}
