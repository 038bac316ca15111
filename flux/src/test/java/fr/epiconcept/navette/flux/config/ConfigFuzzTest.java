package fr.epiconcept.navette.flux.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.Garbage;
import fr.epiconcept.navette.flux.config.Fault.Severity;
import fr.epiconcept.navette.flux.config.YamlNode.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever a file holds, it is a configuration, or a list of faults that name their line. */
class ConfigFuzzTest {
  private static final Path CONF = Path.of("../conf");
  private static final Path FOLDER = Path.of("/etc/navette");
  private static final FluxName LABO = new FluxName("labo");

  /** No file of 1 MiB takes longer, on any machine that runs the tests. */
  private static final Duration BOUND = Duration.ofSeconds(20);

  private static final String[] PIECES = {
    "&a ",
    "*a",
    "<<: *a\n",
    "<<: [*a, *a]\n",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ": ",
    ":\n",
    "- ",
    "? ",
    "\n",
    "\n  ",
    "\n    ",
    "\t",
    "# ",
    "'",
    "\"",
    "\\",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "| ",
    ">-\n",
    "!!binary ",
    "!!str ",
    "!x ",
    "%YAML 1.1\n",
    "%TAG ! x\n",
    "---\n",
    "...\n",
    "~",
    "null",
    "yes",
    "0640",
    "0x1f",
    "1e9",
    ".inf",
    "\u0000",
    "\ufeff",
    "\u0085",
    "\u2028",
    "\ud83d\ude00",
    "é",
    "@",
    "`",
    "ingest",
    "worker",
    "alerts",
    "inbox",
    "out",
    "ready",
    "script",
    "env",
    "retry",
    "exit-codes",
    "brokers",
    "url",
    "listen",
    "match",
    "/srv/x",
    "5m",
    "64KiB",
    "tls://a:1",
    "{file}",
    "\"{x}\"",
    "none",
    "*.tmp",
    "\"[a-\"",
    "=",
    "9999999999999999999999",
    "1_000",
    "2026-11-23",
  };

  @Provide
  Arbitrary<byte[]> files() {
    Arbitrary<byte[]> samples =
        Arbitraries.of(
            sample("navette.yml"), sample("flux.d/labo.yml.example"), FULL.getBytes(UTF_8));
    return Arbitraries.frequencyOf(
        Tuple.of(4, Garbage.damaged(samples, PIECES)),
        Tuple.of(3, Garbage.soup(40, PIECES).map(text -> text.getBytes(UTF_8))),
        Tuple.of(1, Garbage.bytes(200)),
        Tuple.of(1, samples.map(ConfigFuzzTest::inUtf16)));
  }

  private static final String FULL =
      """
      worker: &w
        storage: {path: /srv/s, owner: www-data, mode: "0640"}
        script: [php, /srv/i.php, "{file}"]
        env: {A: "{name}", B: x}
        timeout: 1h30m
        retry: {attempts: 5, delay: 10s, multiplier: 1.5, max-delay: 10m, exit-codes: [75, 76]}
        out-ready: {quiet: 500ms, marker: none, match: ["*.hl7"], ignore: ["*.{tmp,part}"], rescan: 30s}
        output-limit: 64KiB
        concurrency: 4
      ingest:
        inbox: /srv/inbox
        archive: /srv/archive
        quarantine: /srv/quarantine
        check: [/srv/check, "{file}"]
      alerts: {command: [mail], oldest: 5m, silence: none, commands: {dead: none}}
      """;

  private static byte[] sample(String name) {
    try {
      return Files.readAllBytes(CONF.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] inUtf16(byte[] text) {
    return new String(text, UTF_8).getBytes(StandardCharsets.UTF_16);
  }

  private static Optional<Table> tree(byte[] bytes, FaultList faults) {
    return ConfigText.decode(bytes, faults).flatMap(text -> YamlReader.read(text, faults));
  }

  private static void isAConfigurationOrFaults(byte[] bytes) {
    FaultList ofFlux = new FaultList(FOLDER.resolve("flux.d/labo.yml"));
    Optional<FluxConfig> flux =
        tree(bytes, ofFlux)
            .flatMap(new FluxReader(LABO, FOLDER, FluxDefaults.NOTHING_SAID, ofFlux)::read);
    eitherOr(flux.isPresent(), ofFlux);

    FaultList ofDaemon = new FaultList(FOLDER.resolve("navette.yml"));
    Optional<Table> keys = tree(bytes, ofDaemon);
    Optional<DaemonConfig> daemon =
        keys.flatMap(table -> new DaemonReader(FOLDER, ofDaemon).read(table).daemon());
    boolean whole =
        daemon.filter(d -> d.ingest().isPresent() || d.worker().isPresent()).isPresent();
    if (!whole) {
      eitherOr(false, ofDaemon);
    }
    faultsAreTold(ofDaemon);
    Configuration all =
        new Configuration(
            FOLDER,
            daemon,
            flux.stream().toList(),
            ofDaemon.toList(),
            new Positions(keys.map(table -> Map.of(FOLDER, table)).orElse(Map.of())));
    assertFalse(all.describe().isEmpty() && whole);
  }

  private static void eitherOr(boolean read, FaultList faults) {
    boolean errors = faults.toList().stream().anyMatch(f -> f.severity() == Severity.ERROR);
    assertEquals(!read, errors, () -> faults.toList().toString());
    faultsAreTold(faults);
  }

  private static void faultsAreTold(FaultList faults) {
    for (Fault fault : faults.toList()) {
      assertTrue(fault.line() > 0 && fault.column() > 0, fault::toString);
      assertFalse(fault.what().isBlank());
      assertEquals(1, fault.toString().lines().count(), fault::toString);
    }
  }

  @Property
  void anyFileIsAConfigurationOrFaultsWithTheirLines(@ForAll("files") byte[] bytes) {
    isAConfigurationOrFaults(bytes);
  }

  // --- files that are made to be expensive ---

  @Provide
  Arbitrary<String> bombs() {
    Arbitrary<Integer> many =
        Arbitraries.frequency(
            Tuple.of(9, 10),
            Tuple.of(4, 999),
            Tuple.of(4, 1_001),
            Tuple.of(2, 20_000),
            Tuple.of(1, 200_000));
    Arbitrary<String> nested =
        Combinators.combine(
                Arbitraries.of(
                    "[", "{a: ", "- ", "? ", "- - ", "&a [", "{", "[[", "!x [", "\"", "\\", "'"),
                many)
            .as(String::repeat);
    Arbitrary<String> keyed = nested.map(text -> "worker:\n  script: " + text);
    Arbitrary<String> long_ =
        Combinators.combine(
                Arbitraries.of("x", "1", " ", "é", "{file}", "*", "\n", "#", ": ", "a b "), many)
            .as((text, n) -> "ingest:\n  inbox: \"" + text.repeat(n) + "\"\n");
    Arbitrary<String> keys =
        many.map(n -> "k".repeat(n) + ": 1\n" + "ingest: {" + "z".repeat(n) + ": 1}\n");
    Arbitrary<String> manyKeys = many.map(ConfigFuzzTest::manyKeys);
    Arbitrary<String> laughs =
        Combinators.combine(
                Arbitraries.integers().between(1, 60),
                Arbitraries.integers().between(1, 30),
                Arbitraries.of(
                    "a%d: &a%d [%s]\n", "a%d: &a%d {%s}\n", "a%d: &a%d\n  <<: [%s]\n  k%1$d: v\n"))
            .as(ConfigFuzzTest::laughs);
    return Arbitraries.oneOf(nested, keyed, long_, keys, manyKeys, laughs);
  }

  private static String manyKeys(int n) {
    StringBuilder text = new StringBuilder("worker:\n  env:\n");
    for (int i = 0; i < n / 5; i++) {
      text.append("    ").append(i).append(": 1\n");
    }
    return text.toString();
  }

  private static String laughs(int levels, int width, String shape) {
    StringBuilder text = new StringBuilder("a0: &a0 {x: lol}\n");
    for (int level = 1; level <= levels; level++) {
      StringBuilder items = new StringBuilder();
      for (int i = 0; i < width; i++) {
        items.append(i == 0 ? "" : ", ").append(shape.contains("{") ? "k" + i + ": " : "");
        items.append("*a").append(level - 1);
      }
      text.append(String.format(shape, level, level, items));
    }
    return text
        + "ingest: *a"
        + levels
        + "\nworker: {script: *a"
        + levels
        + ", env: *a"
        + levels
        + "}\n";
  }

  @Property
  void noFileTakesLong(@ForAll("bombs") String bomb) {
    byte[] bytes = bomb.getBytes(UTF_8);
    if (bytes.length <= ConfigText.MAX_BYTES) {
      assertTimeoutPreemptively(BOUND, () -> isAConfigurationOrFaults(bytes));
    }
  }

  // --- single values ---

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.oneOf(
        Garbage.soup(
            8, "0", "7", "9", "1234567", "d", "h", "m", "s", "ms", "KiB", "MiB", "TB", "B", ".",
            "-", "+", " "),
        Garbage.soup(
            8,
            "tls://",
            "tcp://",
            "[",
            "]",
            "::1",
            ":",
            "65535",
            "localhost",
            "/",
            "\0",
            "sftp://",
            "é"),
        Garbage.soup(
            8, "[", "]", "{", "}", ",", "!", "^", "-", "\\", "*", "?", "&&", "a", "z", "[^", "[!",
            "/"),
        Garbage.text(40));
  }

  @Property
  void anyValueIsReadOrRefusedInOneLine(@ForAll("values") String text) {
    for (Parsed<?> parsed :
        List.of(
            DurationText.parse(text),
            SizeText.parse(text, 0, Long.MAX_VALUE),
            ModeText.parse(text),
            EndpointText.parse(text, 0),
            PathText.parse(text),
            SftpPlace.parse(text),
            Scalars.whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE),
            Scalars.number(text, 0, Integer.MAX_VALUE),
            Scalars.flag(text),
            Scalars.systemName(text),
            Scalars.plainName(text),
            Scalars.variable(text),
            NamePattern.check(text),
            Section.placed(text, Placeholders.OF_CHECK))) {
      parsed.orComplain(what -> assertFalse(what.isBlank()));
    }
  }

  @Property
  void whatIsSpelledIsReadAgain(
      @ForAll("durations") Duration duration, @ForAll("sizes") long size) {
    assertEquals(Parsed.good(duration), DurationText.parse(DurationText.spell(duration)));
    assertEquals(Parsed.good(size), SizeText.parse(SizeText.spell(size), 0, Long.MAX_VALUE));
  }

  @Provide
  Arbitrary<Duration> durations() {
    return Arbitraries.longs()
        .between(0, Duration.ofDays(9_999_999).toMillis())
        .map(Duration::ofMillis);
  }

  @Provide
  Arbitrary<Long> sizes() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 999_999),
            Arbitraries.of(1L, 1000L, 1L << 10, 1L << 20, 1L << 40))
        .as((n, unit) -> n * unit)
        .filter(size -> !SizeText.spell(size).matches("\\d{7,}B"));
  }
}
