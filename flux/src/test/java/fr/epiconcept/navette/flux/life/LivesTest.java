package fr.epiconcept.navette.flux.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.view.LifeEvent;
import fr.epiconcept.navette.flux.view.Searched;
import fr.epiconcept.navette.flux.view.Trace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looks for files in logs that the real writer wrote and the real logrotate rotated. */
class LivesTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final FileId ONE = new FileId("01M84Z0JV38N63DNTHRZ7PR7PT");
  private static final FileId TWO = new FileId("01M84Z0K6ZAFNGE5BH3H0R6A0B");
  private static final FileId ACK = new FileId("01M84Z0PX9V7KBNGGSM9CGTJFA");
  private static final String HASH =
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

  @TempDir Path folder;
  private Path log;
  private FluxLogs logs;
  private FluxLog flux;

  @BeforeEach
  void open() {
    log = folder.resolve("labo.log");
    logs = new FluxLogs();
    flux = logs.open(LABO, log);
  }

  @AfterEach
  void close() {
    logs.close();
  }

  private record Told(List<LifeEvent> events, List<Trace> traces, Searched searched) {
    List<String> words() {
      return events.stream().map(LifeEvent::event).toList();
    }
  }

  private Told tell(String what, boolean all) throws IOException {
    List<LifeEvent> events = new ArrayList<>();
    List<Trace> traces = new ArrayList<>();
    List<Searched> searched = new ArrayList<>();
    Searchable where =
        new Searchable(
            LABO,
            log,
            Map.of("archive", folder.resolve("archive")),
            Optional.of(folder.resolve("inbox")),
            Optional.empty());
    Lives.tell(
        Sought.parse(what).orElseThrow(),
        all,
        List.of(where),
        item -> {
          Map<?, ?> map = (Map<?, ?>) item;
          map.values()
              .forEach(
                  each -> {
                    if (each instanceof LifeEvent event) {
                      events.add(event);
                    } else if (each instanceof Trace trace) {
                      traces.add(trace);
                    } else {
                      searched.add((Searched) each);
                    }
                  });
        });
    return new Told(events, traces, searched.get(0));
  }

  private Told tell(String what) throws IOException {
    return tell(what, false);
  }

  private void life(FileId id, String name) {
    flux.info(id, "deposited", "name", FileName.of(name), "bytes", 4);
    flux.info(id, "published", "bytes", 4, "sha256", HASH);
  }

  private void rotate(String how) throws Exception {
    String program =
        Stream.of("/usr/sbin/logrotate", "/sbin/logrotate")
            .filter(each -> Files.isExecutable(Path.of(each)))
            .findFirst()
            .orElse("");
    assumeTrue(!program.isEmpty(), "logrotate is not installed");
    Path conf = folder.resolve("logrotate.conf");
    Files.writeString(conf, log + " {\n rotate 20\n " + how + "\n}\n");
    Process process =
        new ProcessBuilder(program, "-f", "-s", folder.resolve("state").toString(), conf.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(10, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), said);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nocreate\n compress",
        "nocreate\n compress\n delaycompress",
        "nocreate\n dateext\n dateformat -%Y%m%d-%s\n compress",
        "copytruncate"
      })
  void tellsInOrderALifeThatWasRotatedAway(String how) throws Exception {
    life(ONE, "a.hl7");
    rotate(how);
    flux.info(ONE, "transferred");
    life(TWO, "b.hl7");
    flux.info(ONE, "archived");
    // The time stamp of a name has seconds only
    if (!how.contains("dateext")) {
      rotate(how);
    }
    flux.info(ONE, "processed", "exit", 0);

    List<String> whole = List.of("deposited", "published", "transferred", "archived", "processed");
    assertEquals(whole, tell(ONE.value()).words());
    assertEquals(whole, tell("a.hl7").words());
    assertEquals(how.contains("dateext") ? 2 : 3, tell("a.hl7").searched().logs());
  }

  @Test
  void findsANameInEachSpelling() throws Exception {
    FileName latin = FileName.of("r\u00e9s u\"m\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    flux.info(ONE, "deposited", "name", latin);
    flux.info(TWO, "deposited", "name", FileName.of("line\nend \u202e.hl7"));

    for (String spelling :
        List.of(
            latin.display(),
            latin.encoded(),
            "\"r\\\\xE9s u\\\"m\\\\xE9\"",
            "r\uFFFDs u\"m\uFFFD",
            "/space/inbox/" + latin.display())) {
      assertEquals(Optional.of(ONE), only(tell(spelling)), spelling);
    }
    for (String spelling : List.of("line\nend \u202e.hl7", "line\\nend \\u{202e}.hl7")) {
      assertEquals(Optional.of(TWO), only(tell(spelling)), spelling);
    }
  }

  private static Optional<FileId> only(Told told) {
    return told.events().size() == 1 ? told.events().get(0).id() : Optional.empty();
  }

  @Test
  void findsByTheFrontOfAHashButNotBySevenDigits() throws Exception {
    life(ONE, "a.hl7");

    assertEquals(2, tell(HASH).events().size());
    assertEquals(2, tell("9F86D081").events().size());
    assertEquals(0, tell("9f86d08").events().size());
    assertEquals(0, tell("9f86d0818800").events().size());
  }

  @Test
  void anAcknowledgementLeadsToItsDepositAndBack() throws Exception {
    life(ONE, "a.hl7");
    flux.info(ONE, "answered", "answer", ACK, "name", "ack-a.hl7");
    flux.info(ACK, "answer-sent", "bytes", 3);
    flux.info(ONE, "acknowledged", "answer", ACK, "name", "ack-a.hl7");
    flux.info(TWO, "output", "line", "I saw " + ONE + " and answer=" + ACK);

    List<String> whole =
        List.of("deposited", "published", "answered", "answer-sent", "acknowledged");
    assertEquals(whole, tell(ONE.value()).words());
    assertEquals(whole, tell(ACK.value()).words());
    assertEquals(whole, tell("ack-a.hl7").words());
  }

  @Test
  void followsAReplay() throws Exception {
    life(ONE, "a.hl7");
    flux.info(ONE, "replayed", "as", TWO);
    flux.info(TWO, "replay", "name", FileName.of("a.hl7"), "replay-of", ONE);
    flux.info(TWO, "processed", "exit", 0);

    List<String> whole = List.of("deposited", "published", "replayed", "replay", "processed");
    assertEquals(whole, tell(ONE.value()).words());
    assertEquals(List.of("replay", "processed"), tell(TWO.value()).words());
  }

  @Test
  void tellsAnotherMachineOfItsOwnFluxesOnly() throws Exception {
    life(ONE, "a.hl7");
    Lives lives =
        new Lives(
            () -> List.of(new Searchable(LABO, log, Map.of(), Optional.empty(), Optional.empty())),
            () -> Map.of(LABO, log));
    Asker front = new Asker("front1", false);
    Question question = Lives.question(Sought.parse("a.hl7").orElseThrow(), false);

    assertThrows(Refusal.class, () -> lives.answer(question, front, item -> {}));
    for (String own : List.of("radio", "labo,radio")) {
      List<Object> items = new ArrayList<>();
      lives.answer(question.with("fluxes", own), front, items::add);
      assertEquals(own.startsWith("labo") ? 3 : 0, items.size(), own);
    }
  }

  @Test
  void tellsAnotherMachineNothingOfALogThatOtherFluxesWriteToo() throws Exception {
    life(ONE, "a.hl7");
    FluxName radio = FluxName.parse("radio").orElseThrow();
    Lives lives =
        new Lives(
            () ->
                List.of(
                    new Searchable(radio, log, Map.of(), Optional.empty(), Optional.empty()),
                    new Searchable(LABO, log, Map.of(), Optional.empty(), Optional.empty())),
            () -> Map.of(radio, log, LABO, log));
    Question question =
        Lives.question(Sought.parse("a.hl7").orElseThrow(), false).with("fluxes", "radio");
    List<Object> elsewhere = new ArrayList<>();
    List<Object> here = new ArrayList<>();

    lives.answer(question, new Asker("front1", false), elsewhere::add);
    lives.answer(question, new Asker("root", true), here::add);

    assertEquals(1, elsewhere.size(), "one word that it is not told: " + elsewhere);
    assertTrue(elsewhere.get(0).toString().contains("ask on that server"), elsewhere::toString);
    assertEquals(3, here.size());
  }

  @Test
  void norOfALogIntoWhichAFluxThatIsDownHasWrittenByAnotherPath() throws Exception {
    life(ONE, "a.hl7");
    FluxName radio = FluxName.parse("radio").orElseThrow();
    Path link = Files.createSymbolicLink(log.resolveSibling("radio.log"), log);
    Lives lives =
        new Lives(
            () ->
                List.of(new Searchable(radio, link, Map.of(), Optional.empty(), Optional.empty())),
            () -> Map.of(radio, link, LABO, log));
    Question question =
        Lives.question(Sought.parse("a.hl7").orElseThrow(), false).with("fluxes", "radio");
    List<Object> elsewhere = new ArrayList<>();

    lives.answer(question, new Asker("front1", false), elsewhere::add);

    assertEquals(1, elsewhere.size(), elsewhere::toString);
    assertTrue(elsewhere.get(0).toString().contains("ask on that server"), elsewhere::toString);
  }

  @Test
  void tellsTheNewestOfAName() throws Exception {
    for (int i = 0; i < 30; i++) {
      life(new FileId(ONE.value().substring(0, 24) + String.format("%02d", i)), "same.hl7");
    }

    Told newest = tell("same.hl7");
    assertEquals(40, newest.events().size());
    assertTrue(newest.events().get(0).id().orElseThrow().value().endsWith("10"));
    assertEquals(10, newest.searched().left());
    assertEquals(60, tell("same.hl7", true).events().size());
  }

  @Test
  void readsPastLinesThatAreNone() throws Exception {
    life(ONE, "a.hl7");
    logs.close();
    String broken = "2026-11-23T18:04 INFO " + ONE + " half~\n" + "x".repeat(3_000_000) + "\n";
    Files.writeString(log, broken, StandardOpenOption.APPEND);
    Files.write(log, new byte[] {(byte) 0xff, (byte) 0xfe, '\n'}, StandardOpenOption.APPEND);
    logs = new FluxLogs();
    flux = logs.open(LABO, log);
    flux.info(ONE, "archived");
    Files.writeString(
        log, "2026-11-23T18:04:09.123+01:00 INFO " + ONE + " torn", StandardOpenOption.APPEND);

    assertEquals(List.of("deposited", "published", "archived"), tell(ONE.value()).words());
  }

  @Test
  void saysWhichLogIsDamaged() throws Exception {
    life(ONE, "a.hl7");
    Path damaged = folder.resolve("labo.log.2.gz");
    Files.write(damaged, new byte[] {31, (byte) 139, 8, 0, 0});
    Files.setLastModifiedTime(
        damaged, FileTime.from(Files.getLastModifiedTime(log).toInstant().plusSeconds(1)));

    Told told = tell(ONE.value());
    assertEquals(2, told.events().size());
    assertTrue(told.searched().unread().toString().contains("labo.log.2.gz"));
  }

  @Test
  void losesAndRepeatsNothingWhenTheLogIsRenamedWhileItIsRead() throws Exception {
    logs.close();
    Path older = folder.resolve("labo.log.1");
    String line = "2026-11-23T18:04:09.123+01:00 INFO " + ONE + " step n=";
    write(older, line + 1, 100);
    write(log, line + 2, 200);
    List<String> read = new ArrayList<>();
    Needles needles = new Needles(List.of(ONE.value().getBytes(StandardCharsets.US_ASCII)));

    new LogReader(log)
        .read(
            Instant.EPOCH,
            new LogScan.Lines() {
              @Override
              public Needles needles() {
                return needles;
              }

              @Override
              public void line(LogLine found) throws IOException {
                read.add(found.field("n").orElseThrow());
                if (read.size() == 1) {
                  Files.move(older, folder.resolve("labo.log.2"));
                  Files.move(log, folder.resolve("labo.log.1"));
                  write(log, line + 3, 300);
                }
              }
            });

    assertEquals(List.of("1", "2", "3"), read);
  }

  private static void write(Path file, String line, int second) throws IOException {
    Files.writeString(file, line + "\n");
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(second)));
  }

  @Test
  void isNotLedAstrayByOtherLogs() throws Exception {
    life(ONE, "a.hl7");
    Files.copy(log, folder.resolve("labo.log.bak"));
    Files.copy(log, folder.resolve("labo2.log"));

    assertEquals(1, tell(ONE.value()).searched().logs());
  }

  @Test
  void findsWhatNoLogTellsOf() throws Exception {
    Path day = Files.createDirectories(folder.resolve("archive/2026-11-23"));
    Files.writeString(day.resolve(ONE + "-a.hl7"), "four");
    Files.createDirectory(folder.resolve("inbox"));
    Files.writeString(folder.resolve("inbox/new.hl7"), "four");

    Trace kept = tell(ONE.value()).traces().get(0);
    assertEquals("archive a.hl7 4", kept.where() + " " + kept.name() + " " + kept.bytes().get());
    assertEquals("inbox", tell("new.hl7").traces().get(0).where());
    assertFalse(tell("old.hl7").traces().iterator().hasNext());
  }
}
