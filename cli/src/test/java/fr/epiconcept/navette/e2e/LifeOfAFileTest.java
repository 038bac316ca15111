package fr.epiconcept.navette.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.log.LogLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What partners and applications see when nothing goes wrong: SFTP, TLS, PHP. */
@ExtendWith(TellsOnFailure.class)
class LifeOfAFileTest {
  private static final String ADT =
      "MSH|^~\\&|LABO|HOP|NAVETTE|EPI|20260102030405||ADT^A01|MSG42|P|2.5\r"
          + "PID|1||4711^^^HOP||DUPONT^ÉLODIE\r";

  @TempDir static Path folder;
  private static TwoServers servers;
  private static Sftp sftp;

  @BeforeAll
  static void start() throws Exception {
    Flux looks = Flux.named("looks");
    servers =
        TwoServers.in(folder)
            .tls()
            .with(
                Flux.named("inplace"),
                Flux.named("part"),
                Flux.named("cut"),
                Flux.named("many"),
                Flux.named("life"),
                looks,
                Flux.named("php").php(PARSES_HL7));
    if (Tool.isRoot()) {
      Yaml.change(servers, "etc-files", "looks", "out: " + looks.out(), owned(looks.out()));
      Yaml.change(
          servers,
          "etc-front",
          "looks",
          "storage: " + looks.storage(),
          owned(looks.storage()).replace("out:", "storage:"));
    }
    servers.startBoth();
  }

  private static String owned(Path path) {
    return "out: {path: " + path + ", owner: nobody, group: daemon, mode: \"0604\"}";
  }

  @AfterAll
  static void stop() throws Exception {
    if (sftp != null) {
      sftp.close();
    }
    servers.close();
  }

  /** Started by the first test that needs it: the others run where there is none. */
  private static Sftp sftp() throws Exception {
    if (sftp == null) {
      sftp = Sftp.in(folder.resolve("sftp"));
    }
    return sftp;
  }

  private static Path local(String name, byte[] bytes) throws IOException {
    Path home = Files.createDirectories(folder.resolve("partner"));
    return Files.write(home.resolve(name), bytes);
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static void awaitAnswer(String flux, String name) {
    Path answer = servers.flux(flux).out().resolve(name);
    TwoServers.awaitThat(answer + " is there", () -> Files.exists(answer));
  }

  @Test
  void takesAnUploadInPlaceOnceItIsWhole() throws Exception {
    byte[] bytes = random(3_000_000);
    Flux flux = servers.flux("inplace");
    servers.deposits().remember(flux, "big.bin", Content.sha256(bytes));
    sftp().batch("put " + local("big.bin", bytes) + " " + flux.inbox() + "/big.bin");
    awaitAnswer("inplace", "ack-big.bin");
    settled("inplace");
  }

  @Test
  void takesAnUploadThatIsRenamedAtItsEnd() throws Exception {
    byte[] bytes = random(1_000_000);
    Flux flux = servers.flux("part");
    servers.deposits().remember(flux, "whole.bin", Content.sha256(bytes));
    sftp()
        .batch(
            "put " + local("whole.bin", bytes) + " " + flux.inbox() + "/whole.bin.part",
            "rename " + flux.inbox() + "/whole.bin.part " + flux.inbox() + "/whole.bin");
    awaitAnswer("part", "ack-whole.bin");
    // Older clients know no rename(2): the server links the new name and unlinks the old one.
    byte[] other = random(500_000);
    servers.deposits().remember(flux, "linked.bin", Content.sha256(other));
    sftp()
        .batch(
            "put " + local("linked.bin", other) + " " + flux.inbox() + "/linked.bin.part",
            "rename -l " + flux.inbox() + "/linked.bin.part " + flux.inbox() + "/linked.bin");
    awaitAnswer("part", "ack-linked.bin");
    settled("part");
  }

  @Test
  void anUploadThatBrokeOffUnderAPartNameIsNeverTakenAndBeginsAgain() throws Exception {
    byte[] bytes = random(2_000_000);
    Flux flux = servers.flux("cut");
    Path part = flux.inbox().resolve("cut.bin.filepart");
    servers.deposits().remember(flux, "cut.bin", Content.sha256(bytes));
    Path local = local("cut.bin", bytes);
    Process cut = sftp().slowly(4_000, "put " + local + " " + part);
    TwoServers.awaitThat("half is there", () -> Files.exists(part) && Files.size(part) > 100_000);
    cut.destroyForcibly().waitFor();
    assertTrue(Files.size(part) < bytes.length, "was cut");
    await("it stays where it is, for it is not whole")
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(10))
        .until(() -> Files.exists(part) && Content.files(flux.storage()).isEmpty());
    sftp().batch("reput " + local + " " + part, "rename " + part + " " + flux.inbox() + "/cut.bin");
    awaitAnswer("cut", "ack-cut.bin");
    settled("cut");
  }

  @Test
  void takesManyFilesOfOneSessionInTheirOrder() throws Exception {
    Flux flux = servers.flux("many");
    for (int i = 10; i < 40; i++) {
      byte[] bytes = ("message " + i).getBytes(StandardCharsets.UTF_8);
      servers.deposits().remember(flux, "m" + i + ".hl7", Content.sha256(bytes));
      local("m" + i + ".hl7", bytes);
    }
    sftp().batch("put " + folder.resolve("partner") + "/m*.hl7 " + flux.inbox() + "/");
    awaitAnswer("many", "ack-m39.hl7");
    settled("many");
  }

  /** The books of one flux, as soon as nothing of it is under way. */
  private static void settled(String flux) throws Exception {
    Books books = Books.of(servers, flux);
    await().atMost(TwoServers.PATIENCE).untilAsserted(books::nothingUnderWay);
    books.balance();
  }

  private static final String PARSES_HL7 =
      """
      $segments = array_map(fn ($line) => explode('|', $line),
          preg_split('/\\r\\n|\\r|\\n/', file_get_contents($argv[1] ?? getenv('NAVETTE_FILE')), -1, PREG_SPLIT_NO_EMPTY));
      $msh = $segments[0];
      $pid = $segments[1];
      if ($msh[0] !== 'MSH' || $pid[0] !== 'PID') {
          fwrite(STDERR, "no HL7\\n");
          exit(1);
      }
      echo "patient $pid[5]\\n";
      $ack = "MSH|^~\\\\&|NAVETTE|EPI|$msh[2]|$msh[3]|20260102||ACK|A$msh[9]|P|2.5\\rMSA|AA|$msh[9]\\r";
      file_put_contents(getenv('NAVETTE_OUT') . "/ACK_$msh[9].hl7", $ack);
      """;

  @Test
  void aPhpScriptParsesHl7AndItsAcknowledgementGoesHome() throws Exception {
    Tool.needs("php");
    servers.deposit("php", "adt.hl7", ADT);
    awaitAnswer("php", "ACK_MSG42.hl7");
    assertEquals(
        "MSH|^~\\&|NAVETTE|EPI|LABO|HOP|20260102||ACK|AMSG42|P|2.5\rMSA|AA|MSG42\r",
        Files.readString(servers.flux("php").out().resolve("ACK_MSG42.hl7")));
    assertTrue(
        servers.workerLog("php").stream()
            .anyMatch(
                line ->
                    line.event().equals("output")
                        && line.field("line")
                            .equals(java.util.Optional.of("patient DUPONT^ÉLODIE"))),
        "what the script printed is in the log");
  }

  @Test
  void theLogsTellTheWholeLifeOfAFile() throws Exception {
    String text = "PID|whole life";
    servers.deposit("life", "a b.hl7", text);
    awaitAnswer("life", "ack-a b.hl7");
    settled("life");

    Map<String, LogLine> home = byEvent(servers.ingestLog("life"));
    Set<String> wanted =
        Set.of(
            "deposited",
            "claimed",
            "published",
            "transferred",
            "processed",
            "acknowledged",
            "archived");
    assertEquals(wanted, home.keySet(), "the file server's events of this file");
    assertEquals(
        1, new HashSet<>(home.values().stream().map(LogLine::id).toList()).size(), "one id");
    String bytes = Integer.toString(text.length());
    assertEquals("a b.hl7", value(home, "deposited", "name"));
    for (String event : wanted) {
      assertEquals(bytes, value(home, event, "bytes"), "bytes of " + event);
    }
    assertEquals(
        Content.sha256(text.getBytes(StandardCharsets.UTF_8)), value(home, "published", "sha256"));
    assertEquals("0", value(home, "processed", "exit"));
    assertTrue(home.get("processed").field("duration").isPresent(), "the script's duration");
    assertEquals("ack-a b.hl7", value(home, "acknowledged", "name"));
    assertTrue(Files.isRegularFile(Path.of(value(home, "archived", "to"))), "the archive it names");

    Map<String, LogLine> there = byEvent(servers.workerLog("life"));
    for (String event : List.of("received", "started", "processed", "answered", "acknowledged")) {
      assertTrue(there.containsKey(event), "the worker's log lacks " + event);
    }
    assertEquals(
        Content.sha256(text.getBytes(StandardCharsets.UTF_8)), value(there, "received", "sha256"));
    assertEquals(home.get("deposited").id(), there.get("received").id(), "the same id there");
  }

  private static String value(Map<String, LogLine> lines, String event, String key) {
    return lines.get(event).field(key).orElse("no " + key);
  }

  private static Map<String, LogLine> byEvent(List<LogLine> lines) {
    Map<String, LogLine> events = new TreeMap<>();
    for (LogLine line : lines) {
      if (line.id().isPresent()) {
        LogLine before = events.put(line.event(), line);
        assertEquals(null, before, () -> "told twice: " + line);
      }
    }
    return events;
  }

  @Test
  void timeOwnerGroupAndModeAreAsTheFluxWants() throws Exception {
    Tool.needsRoot();
    Flux flux = servers.flux("looks");
    FileTime time = FileTime.from(Instant.parse("2020-02-29T12:34:56Z"));
    byte[] bytes = random(5_000);
    servers.deposits().remember(flux, "old", Content.sha256(bytes));
    Path hidden = Files.write(flux.inbox().resolve(".old"), bytes);
    Files.setLastModifiedTime(hidden, time);
    Files.move(hidden, flux.inbox().resolve("old"));
    awaitAnswer("looks", "ack-old");
    settled("looks");

    Path stored = Content.files(flux.workerArchive()).get(0);
    PosixFileAttributes looks = Files.readAttributes(stored, PosixFileAttributes.class);
    assertEquals(time, looks.lastModifiedTime(), "the deposit's own time");
    assertOwned(stored);
    assertOwned(flux.out().resolve("ack-old"));
    assertArrayEquals(bytes, Files.readAllBytes(Content.files(flux.archive()).get(0)));
    assertEquals(time, Files.getLastModifiedTime(Content.files(flux.archive()).get(0)));
    assertFalse(Files.exists(flux.storage().resolve("old")), "it went to the archive");
  }

  private static void assertOwned(Path file) throws IOException {
    PosixFileAttributes looks = Files.readAttributes(file, PosixFileAttributes.class);
    assertEquals(
        "nobody daemon rw----r--",
        looks.owner().getName()
            + " "
            + looks.group().getName()
            + " "
            + PosixFilePermissions.toString(looks.permissions()),
        file.toString());
  }
}
