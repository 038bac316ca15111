package fr.epiconcept.navette.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.log.LogLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Names that partners give pass through all hands byte for byte, whatever the locale. */
@ExtendWith(TellsOnFailure.class)
class NamesAreBytesTest {
  /** Writes down the bytes that it was given: argument, file, name; answers under the same name. */
  private static final String SAYS_NAMES =
      """
      hex() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \\n'; echo; }
      { hex "${1##*/}"; hex "${NAVETTE_FILE##*/}"; hex "$NAVETTE_NAME"; } >"$OUT/../seen/$NAVETTE_ID"
      cp -- "$NAVETTE_FILE" "$NAVETTE_OUT/$NAVETTE_NAME"
      """;

  @TempDir static Path folder;
  private static TwoServers servers;

  @BeforeAll
  static void start() throws Exception {
    Flux names = Flux.named("names").script(SAYS_NAMES);
    servers = TwoServers.in(folder).with(names, Flux.named("odd"));
    Yaml.change(servers, "etc-front", "names", "/script]", "/script, \"{file}\"]");
    Files.createDirectories(names.workerOut().resolveSibling("seen"));
    for (DaemonProcess daemon : List.of(servers.ingest(), servers.worker())) {
      daemon.variable("LC_ALL", null);
      daemon.variable("LANG", "C");
    }
    servers.startBoth();
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      servers.assertNeverRestarted();
    } finally {
      servers.close();
    }
  }

  static Stream<Arguments> names() {
    return Stream.of(
        arguments(
            "Latin-1", "r\u00e9sultat \u00e0 No\u00ebl.hl7".getBytes(StandardCharsets.ISO_8859_1)),
        arguments("UTF-8, composed", utf8("\u00e9.hl7")),
        arguments("UTF-8, decomposed", utf8("e\u0301.hl7")),
        arguments("newline", utf8("two\nlines.hl7")),
        arguments("forges a log line", utf8("x\n2026-01-01T00:00:00.000+00:00 INFO - forged a=b")),
        arguments("quotes", utf8("'single' \"double\" `back` \\slash.hl7")),
        arguments("shell", utf8("$(id>x);&|*?{file}{id}.hl7")),
        arguments("leading dash", utf8("-rf")),
        arguments("blanks", utf8(" in front and behind ")),
        arguments("one byte", new byte[] {(byte) 0xff}),
        arguments("as long as can be", utf8("n".repeat(251) + ".hl7")),
        arguments("long in other letters", utf8("\u00e9".repeat(127))));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("names")
  void passThroughAllHands(String what, byte[] bytes) throws Exception {
    Flux flux = servers.flux("names");
    FileName name = FileName.of(bytes);
    byte[] content = utf8(what);
    Path hidden = Files.write(flux.inbox().resolve(".hidden"), content);
    Files.move(hidden, name.in(flux.inbox()));

    Path answer = name.in(flux.out());
    TwoServers.awaitThat(name.encoded() + " in out", () -> Files.exists(answer));
    assertArrayEquals(content, Files.readAllBytes(answer));
    String id = idOf(name, flux);
    String hex = HexFormat.of().formatHex(bytes);
    assertEquals(
        List.of(hex, hex, hex),
        Files.readAllLines(flux.workerOut().resolveSibling("seen").resolve(id)),
        "argument, NAVETTE_FILE and NAVETTE_NAME");
    TwoServers.awaitThat("archived", () -> keptAs(flux.archive(), id).size() == 1);
    for (Path archive : List.of(flux.archive(), flux.workerArchive())) {
      List<Path> kept = keptAs(archive, id);
      assertEquals(1, kept.size(), archive + " has it once");
      assertArrayEquals(content, Files.readAllBytes(kept.get(0)));
      byte[] labelled = concatenated(utf8(id + "-"), bytes);
      assertArrayEquals(
          // Too long to stand behind an id: then it has a folder of that id.
          labelled.length <= FileName.MAX_BYTES ? labelled : bytes,
          FileName.of(kept.get(0)).bytes(),
          "its name in " + archive);
    }
  }

  private static byte[] concatenated(byte[] one, byte[] other) {
    byte[] both = java.util.Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static List<Path> keptAs(Path archive, String id) throws IOException {
    return Content.files(archive).stream()
        .filter(file -> archive.relativize(file).getName(1).toString().startsWith(id))
        .toList();
  }

  /** The log tells names as people read them, so they are looked up in that spelling. */
  private static String idOf(FileName name, Flux flux) throws IOException {
    return servers.ingestLog(flux.name()).stream()
        .filter(line -> line.event().equals("deposited"))
        .filter(line -> line.field("name").equals(java.util.Optional.of(name.display())))
        .map(line -> line.id().orElseThrow().value())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no line tells of " + name.encoded()));
  }

  @Test
  void noNameForgesALineOfALog() throws Exception {
    passThroughAllHands("again", utf8("\n2026-01-01T00:00:00.000+00:00 INFO - forged $(id>x)"));
    assertEquals(0, forged(servers.ingestLog("names")) + forged(servers.workerLog("names")));
    for (Path log : List.of(servers.flux("names").ingestLog(), servers.flux("names").workerLog())) {
      if (Files.exists(log)) {
        for (String line : Files.readAllLines(log)) {
          assertTrue(LogLine.parse(line).isPresent(), () -> "no line of ours: " + line);
        }
      }
    }
    try (Stream<Path> all = Files.walk(folder)) {
      assertFalse(all.anyMatch(path -> path.endsWith("x")), "$(id>x) was run by a shell");
    }
  }

  private static long forged(List<LogLine> lines) {
    return lines.stream().filter(line -> line.event().equals("forged")).count();
  }

  @Test
  void whatIsNoFileBlocksNothing() throws Exception {
    Flux flux = servers.flux("odd");
    Path secret = Files.writeString(folder.resolve("secret"), "of another partner");
    Files.createSymbolicLink(flux.inbox().resolve("link"), secret);
    Files.createDirectory(flux.inbox().resolve("folder"));
    Files.writeString(flux.inbox().resolve("folder/inner"), "stays");
    Tool.run("mkfifo", flux.inbox().resolve("fifo").toString()).succeeded();
    servers.deposit("odd", "after.hl7", "comes through");

    TwoServers.awaitThat("the file", () -> Files.exists(flux.out().resolve("ack-after.hl7")));
    await("link and pipe are set aside")
        .atMost(TwoServers.PATIENCE)
        .until(
            () ->
                !Files.exists(flux.inbox().resolve("link"), LinkOption.NOFOLLOW_LINKS)
                    && !Files.exists(flux.inbox().resolve("fifo"), LinkOption.NOFOLLOW_LINKS));
    assertEquals(
        2,
        servers.ingestLog("odd").stream()
            .filter(line -> line.event().equals("quarantined"))
            .count());
    assertTrue(Files.exists(flux.inbox().resolve("folder/inner")), "a folder is left");
    assertEquals("of another partner", Files.readString(secret));
    assertEquals(1, Content.files(flux.workerArchive()).size(), "only the file went over");
  }
}
