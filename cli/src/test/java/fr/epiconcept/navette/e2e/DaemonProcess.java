package fr.epiconcept.navette.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.Checkpoint.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One of both daemons, as a process: started as it is installed, or so that it dies on its way. */
public final class DaemonProcess {
  /** Generous: the machine may be busy with other tests. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Path DIST = Path.of(System.getProperty("navette.dist"));

  /** Compiled once, quickly: a daemon of a test lives for seconds. */
  private static final String QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private static final Set<Process> LIVING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> LIVING.forEach(Process::destroyForcibly)));
  }

  private final String side;
  private final Path config;
  private final Path stderr;
  private String heap = "-Xmx160m";
  private String compiler = QUICK;
  private final Map<String, Optional<String>> variables = new HashMap<>();
  private List<String> prefix = List.of();
  private Process process;
  private long readyBefore;

  /**
   * A daemon that does not run yet.
   *
   * @param side {@code ingest} or {@code worker}
   */
  public DaemonProcess(String side, Path config, Path stderr) {
    this.side = side;
    this.config = config;
    this.stderr = stderr;
  }

  /** What the next starts may use, such as {@code -Xmx256m}. */
  public void heap(String option) {
    heap = option;
  }

  /** A variable of the next starts; null takes it away. */
  void variable(String name, String value) {
    variables.put(name, Optional.ofNullable(value));
  }

  /** Lets the next starts compile as a daemon does that lives for months. */
  void longLived(String heapOption) {
    heap = heapOption;
    compiler = "";
  }

  Path config() {
    return config;
  }

  /** Starts it as an administrator would, and waits until it says that it is ready. */
  public void start() throws IOException {
    launch();
    awaitReady();
  }

  /** Starts it, and waits for nothing. */
  public void launch() throws IOException {
    launch(List.of(DIST.resolve("bin/navette").toString(), side, "--config", config.toString()));
  }

  /** The next starts stand behind this command, which must become what it starts ("exec"). */
  public void behind(List<String> command) {
    prefix = List.copyOf(command);
  }

  /**
   * Starts it so that it kills itself, the hard way, at the first step of {@code plan} that is not
   * written in {@code kills} yet; returns at once.
   *
   * @param kills one line a death: see {@link fr.epiconcept.navette.cli.FaultyDaemon}
   */
  void startFaulty(Path kills, List<Step> plan) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(Arrays.asList((compiler + " " + heap).strip().split(" ", -1)));
    // Test classes stand behind the jars: the archive fits what begins like its own class path
    command.add("-XX:SharedArchiveFile=" + DIST.resolve("lib/archive/navette.jsa"));
    command.add("-Xlog:cds=off");
    command.add("-Djava.library.path=" + DIST.resolve("lib/native"));
    command.add("-Dlogback.configurationFile=" + DIST.resolve("conf/logback.xml"));
    command.add("-cp");
    command.add(DIST.resolve("lib") + "/*:" + testClasses());
    command.addAll(
        List.of(
            "fr.epiconcept.navette.cli.FaultyDaemon", side, config.toString(), kills.toString()));
    plan.forEach(step -> command.add(step.name()));
    launch(command);
  }

  private static String testClasses() {
    return Path.of(
            DaemonProcess.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .toString();
  }

  private void launch(List<String> command) throws IOException {
    assertTrue(process == null || !process.isAlive(), side + " runs already");
    readyBefore = readyLines();
    // Tests that were started by nohup ignore SIGHUP, and so would all that they start.
    List<String> started = new ArrayList<>(List.of("env", "--default-signal=HUP"));
    started.addAll(prefix);
    started.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(started)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(stderr.toFile()))
            .redirectError(ProcessBuilder.Redirect.appendTo(stderr.toFile()));
    builder.environment().keySet().removeIf(name -> name.startsWith("NAVETTE_"));
    builder.environment().put("NAVETTE_JAVA_OPTS", compiler + " " + heap);
    builder.environment().put("LC_ALL", "C.UTF-8");
    variables.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            builder.environment().remove(name);
          } else {
            builder.environment().put(name, value.get());
          }
        });
    process = builder.start();
    LIVING.add(process);
  }

  public void awaitReady() {
    await(side + " is ready")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              assertTrue(process.isAlive(), () -> side + " ended instead of getting ready");
              return readyLines() > readyBefore;
            });
  }

  /** Whether it has said since its last start that it is ready. */
  public boolean isReady() throws IOException {
    return readyLines() > readyBefore;
  }

  /** How often it has got ready. */
  long starts() throws IOException {
    return readyLines();
  }

  private long readyLines() throws IOException {
    try (Stream<String> lines = Files.exists(stderr) ? Files.lines(stderr) : Stream.of()) {
      return lines.filter(line -> line.endsWith("navette " + side + " is ready")).count();
    }
  }

  /** SIGTERM, and waits until it has stopped in order. */
  public void stop() {
    process.destroy();
    awaitEnd();
    assertEquals(0, process.exitValue(), side + " stopped with an error");
  }

  /** SIGTERM, and waits until it has ended, in whatever way. */
  public void terminate() {
    process.destroy();
    awaitEnd();
  }

  /** kill -9; returns when it is dead. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Waits for an end that is due: it is stopping, or kills itself. */
  void awaitEnd() {
    try {
      assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS), side + " does not end");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    LIVING.remove(process);
  }

  /** Whether it ends by itself so soon. */
  boolean endsWithin(Duration time) throws InterruptedException {
    return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Kills it if it lives. */
  public void end() {
    if (process != null && process.isAlive()) {
      kill();
    }
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** How it ended: 137 is SIGKILL. */
  public int exit() {
    return process.exitValue();
  }

  /** What it has started and what those have started, if it lives. */
  public List<ProcessHandle> descendants() {
    return process.descendants().toList();
  }

  public long pid() {
    return process.pid();
  }

  /** Freezes it, as a machine does that swaps or a hypervisor that moves it. */
  public void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  public void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  /** Lets it write all its threads to its standard error, if it lives. */
  public void tellThreads() throws IOException, InterruptedException {
    if (isAlive()) {
      signal("QUIT");
    }
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    assertEquals(0, kill.waitFor(), "kill -" + name);
  }

  /** What it said on its standard error, over all its starts. */
  public String said() throws IOException {
    return Files.exists(stderr) ? Files.readString(stderr) : "";
  }

  @Override
  public String toString() {
    return side;
  }
}
