package fr.epiconcept.navette.flux.log;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The logs under the real logrotate, while a thread writes numbered lines. */
// It hears, or makes, what LogFile and LineLog tell the daemon's log.
@ResourceLock("daemon-log")
class LogrotateTest {
  private static final int ROTATIONS = 6;

  @TempDir Path folder;
  private Path log;
  private FluxLogs logs;
  private FluxLog flux;
  private final AtomicLong written = new AtomicLong();

  @BeforeEach
  void open() {
    assumeTrue(logrotate() != null, "logrotate is not installed");
    log = folder.resolve("labo.log");
    logs = new FluxLogs();
    flux = logs.open(new FluxName("labo"), log);
  }

  @AfterEach
  void close() {
    if (logs != null) {
      logs.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"create 0600", "nocreate", "nocreate\n compress\n delaycompress"})
  void losesAndRepeatsNoLineWhenTheLogIsRenamed(String how) throws Exception {
    try (Writer writer = new Writer()) {
      for (int i = 0; i < ROTATIONS; i++) {
        writer.writesMore(200);
        rotate(how);
      }
      writer.writesMore(200);
    }

    List<Long> numbers = numbers();

    assertEquals(IntStream.range(0, numbers.size()).asLongStream().boxed().toList(), numbers);
    assertEquals(written.get(), numbers.size());
    assertTrue(Files.exists(rotated(ROTATIONS)), "logrotate did nothing");
  }

  /** What is written between logrotate's copy and its truncation is lost by its design; no more. */
  @Test
  void losesAtMostWhatComesBetweenCopyAndTruncation() throws Exception {
    try (Writer writer = new Writer()) {
      for (int i = 0; i < ROTATIONS; i++) {
        writer.writesMore(200);
        rotate("copytruncate");
      }
      writer.writesMore(200);
    }

    List<Long> numbers = numbers();
    int gaps = 0;
    for (int i = 1; i < numbers.size(); i++) {
      assertTrue(numbers.get(i) > numbers.get(i - 1), "a line is doubled or out of its place");
      gaps += numbers.get(i) == numbers.get(i - 1) + 1 ? 0 : 1;
    }
    assertTrue(gaps <= ROTATIONS, () -> "more gaps than truncations");
    assertEquals(0L, numbers.get(0));
    assertEquals(written.get() - 1, numbers.get(numbers.size() - 1));
  }

  @Test
  void losesNothingWhenTheLogIsTruncatedBetweenTwoLines() throws Exception {
    for (int i = 0; i < ROTATIONS; i++) {
      writeLine();
      writeLine();
      rotate("copytruncate");
    }
    writeLine();

    assertEquals(IntStream.range(0, 2 * ROTATIONS + 1).asLongStream().boxed().toList(), numbers());
  }

  private void writeLine() {
    flux.info(null, "numbered", "n", written.get(), "name", "a b.hl7");
    written.incrementAndGet();
  }

  private Path rotated(int generation) throws IOException {
    Path plain = folder.resolve("labo.log." + generation);
    return Files.exists(plain) ? plain : folder.resolve("labo.log." + generation + ".gz");
  }

  private List<Long> numbers() throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (int generation = ROTATIONS; generation >= 0; generation--) {
      Path file = generation == 0 ? log : rotated(generation);
      for (String line : lines(file)) {
        LogLine parsed =
            LogLine.parse(line).orElseThrow(() -> new AssertionError("broken: " + line));
        assertEquals("numbered", parsed.event());
        numbers.add(Long.valueOf(parsed.field("n").orElseThrow()));
      }
    }
    return numbers;
  }

  /** Whole lines: logrotate may copy the half of a line that is being written. */
  private static List<String> lines(Path file) throws IOException {
    try (InputStream plain = Files.newInputStream(file);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(plain) : plain) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }
  }

  private void rotate(String how) throws Exception {
    Path conf = folder.resolve("logrotate.conf");
    Files.writeString(conf, log + " {\n rotate 20\n " + how + "\n}\n");
    Process process =
        new ProcessBuilder(
                logrotate(), "-f", "-s", folder.resolve("state").toString(), conf.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(10, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), said);
  }

  private static String logrotate() {
    return Stream.of("/usr/sbin/logrotate", "/sbin/logrotate")
        .filter(candidate -> Files.isExecutable(Path.of(candidate)))
        .findFirst()
        .orElse(null);
  }

  /** Writes numbered lines as fast as it can until it is closed. */
  private final class Writer implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final Thread thread = new Thread(this::run, "writer");

    Writer() {
      thread.start();
    }

    private void run() {
      while (!stop.get()) {
        writeLine();
      }
    }

    void writesMore(int lines) {
      long goal = written.get() + lines;
      await().atMost(10, TimeUnit.SECONDS).until(() -> written.get() >= goal);
    }

    @Override
    public void close() {
      stop.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UncheckedIOException(new IOException(e));
      }
    }
  }
}
