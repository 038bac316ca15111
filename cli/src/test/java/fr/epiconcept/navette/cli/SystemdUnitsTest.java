package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The units, and the sample drop-ins to them, as systemd's own tools see them. */
class SystemdUnitsTest {
  private static final Path DIST = Path.of(System.getProperty("navette.dist"));
  private static final Path UNITS = DIST.resolve("conf/systemd");
  private static final Path DROP_INS = UNITS.resolve("drop-ins");

  /** In tenths. */
  private static final String HIGHEST_EXPOSURE = "--threshold=29";

  private static final Pattern WHERE =
      Pattern.compile("^# /etc/systemd/system/(navette-\\w+\\.service)\\.d/");

  @TempDir Path folder;

  @BeforeEach
  void needsTool() {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "needs systemd-analyze");
  }

  @ParameterizedTest
  @ValueSource(strings = {"navette-ingest.service", "navette-worker.service"})
  void systemdFindsNoFault(String unit) throws Exception {
    Ran ran = analyze("verify", "--man=no", unit(unit).toString());

    assertEquals("", ran.err());
    assertEquals(0, ran.exit(), ran::out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"navette-ingest.service", "navette-worker.service"})
  void exposureIsBelowThree(String unit) throws Exception {
    Ran ran = analyze("security", "--offline=true", HIGHEST_EXPOSURE, unit(unit).toString());

    assertEquals(0, ran.exit(), ran::out);
  }

  /** What tells that the tests above can fail. */
  @Test
  void aFaultWouldBeSeen() throws Exception {
    Path unit = unit("navette-ingest.service");
    dropIn(unit, "fault.conf", "[Service]\nPrivateTmpp=yes\nProtectSystem=no\nPrivateTmp=no\n");
    assertTrue(analyze("verify", "--man=no", unit.toString()).err().contains("PrivateTmpp"));

    dropIn(unit, "open.conf", Files.readString(DROP_INS.resolve("setuid-programs.conf")));
    Ran ran = analyze("security", "--offline=true", HIGHEST_EXPOSURE, unit.toString());
    assertTrue(ran.exit() != 0, ran::out);
  }

  static Stream<Path> dropIns() throws IOException {
    try (Stream<Path> all = Files.list(DROP_INS)) {
      return all.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("dropIns")
  void systemdFindsNoFaultInDropIns(Path sample) throws Exception {
    Ran ran = analyze("verify", "--man=no", withDropIn(sample).toString());

    assertEquals("", ran.err());
    assertEquals(0, ran.exit(), ran::out);
  }

  @ParameterizedTest
  @MethodSource("dropIns")
  void exposureIsBelowThreeWithDropIns(Path sample) throws Exception {
    assumeTrue(!sample.endsWith("setuid-programs.conf"), "it says itself what it opens");
    Path unit = withDropIn(sample);
    Ran ran = analyze("security", "--offline=true", HIGHEST_EXPOSURE, unit.toString());

    assertEquals(0, ran.exit(), ran::out);
  }

  private Path withDropIn(Path sample) throws IOException {
    String text = Files.readString(sample);
    String name =
        WHERE.matcher(text).results().map(found -> found.group(1)).findFirst().orElseThrow();
    Path unit = unit(name);
    dropIn(unit, sample.getFileName().toString(), text);
    return unit;
  }

  private static void dropIn(Path unit, String name, String text) throws IOException {
    Path around = Files.createDirectories(unit.resolveSibling(unit.getFileName() + ".d"));
    Files.writeString(around.resolve(name), text);
  }

  /** The command is not at its place on this machine; it would be missed. */
  private Path unit(String name) throws IOException {
    String text = Files.readString(UNITS.resolve(name));
    String here = text.replace("=/usr/bin/navette ", "=" + DIST.resolve("bin/navette") + " ");
    return Files.writeString(folder.resolve(name), here);
  }

  private static Ran analyze(String... words) throws Exception {
    return Ran.command(
        Stream.concat(Stream.of("systemd-analyze"), Stream.of(words)).toList(),
        Map.of("SYSTEMD_COLORS", "0"));
  }

  /** A stop that takes as long as navette.yml says: the daemon asks systemd for that time. */
  @Test
  void onlyTheMainProcessMayAskForTime() throws IOException {
    for (String unit : List.of("navette-ingest.service", "navette-worker.service")) {
      String text = Files.readString(UNITS.resolve(unit));
      assertTrue(text.contains("\nType=notify\nNotifyAccess=main\n"), unit);
      assertTrue(text.contains("\nKillMode=mixed\n"), unit);
    }
  }
}
