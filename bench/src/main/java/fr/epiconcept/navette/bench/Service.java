package fr.epiconcept.navette.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A process that runs until it is stopped, and says when it is ready. */
final class Service implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Set<Service> LIVING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> LIVING.forEach(Service::kill)));
  }

  private final String name;
  private final Process process;
  private final long begun;
  private final CompletableFuture<Long> ready = new CompletableFuture<>();

  private Service(String name, Process process, long begun) {
    this.name = name;
    this.process = process;
    this.begun = begun;
  }

  /**
   * Starts it, and waits for nothing.
   *
   * @param sign ends or stands in the line by which it says that it is ready
   * @param said where what it prints is kept, of all its starts
   */
  static Service launch(
      String name, List<String> command, Map<String, String> variables, String sign, Path said)
      throws IOException {
    // Started by nohup or by make in the background, all would ignore SIGHUP
    List<String> words = new ArrayList<>(List.of("env", "--default-signal=HUP"));
    words.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().keySet().removeIf(each -> each.startsWith("NAVETTE_"));
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().putAll(variables);
    long begun = System.nanoTime();
    Service service = new Service(name, builder.start(), begun);
    LIVING.add(service);
    Thread listener = new Thread(() -> service.listen(sign, said), name + " listener");
    listener.setDaemon(true);
    listener.start();
    return service;
  }

  static Service start(
      String name, List<String> command, Map<String, String> variables, String sign, Path said)
      throws IOException, InterruptedException {
    Service service = launch(name, command, variables, sign, said);
    service.awaitReady();
    return service;
  }

  private void listen(String sign, Path said) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        PrintWriter copy =
            new PrintWriter(
                Files.newBufferedWriter(
                    said, StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.contains(sign)) {
          ready.complete(System.nanoTime());
        }
        copy.println(line);
        copy.flush();
      }
      ready.completeExceptionally(new IllegalStateException(name + " has ended: see " + said));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  /** Waits until it is ready, and says how long that took from its start. */
  Duration awaitReady() throws InterruptedException {
    try {
      return Duration.ofNanos(ready.get(PATIENCE.toSeconds(), TimeUnit.SECONDS) - begun);
    } catch (ExecutionException e) {
      throw new IllegalStateException(name + " did not get ready", e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(name + " is not ready after " + PATIENCE, e);
    }
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** SIGTERM, and waits until it has ended. */
  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(name + " does not end");
      }
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroy);
    LIVING.remove(this);
  }

  private void kill() {
    try (Stream<ProcessHandle> children = process.descendants()) {
      children.forEach(ProcessHandle::destroyForcibly);
    }
    process.destroyForcibly();
  }
}
