package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.carry.Cargo.Judgement;
import fr.epiconcept.navette.broker.carry.Cargo.Judgement.Good;
import fr.epiconcept.navette.broker.carry.Cargo.Judgement.NotYet;
import fr.epiconcept.navette.broker.carry.Cargo.Judgement.Refused;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.spool.Entry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  /** More than a check is given to end by itself, far less than what it would take. */
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path root;
  private FluxFolders folders;
  private Entry entry;

  @BeforeEach
  void deposit() throws Exception {
    folders = new FluxFolders(root, new FluxName("labo"));
    entry = folders.claimed("a.hl7", "MSH|");
  }

  @AfterEach
  void close() {
    folders.close();
  }

  private Check check(Duration timeout, String... words) {
    return new Check(new FluxName("labo"), folders.section(Optional.of(List.of(words)), timeout));
  }

  /** A real shell of its own for each; the file's name is never part of the program. */
  private Judgement judged(String script, String... words) {
    return judge(LONG, entry, script, words);
  }

  private Judgement judge(Duration timeout, Entry of, String script, String... words) {
    List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", script, "check"));
    all.addAll(List.of(words));
    return check(timeout, all.toArray(String[]::new)).judge(of);
  }

  @Test
  void aFluxWithoutACheckLetsEverythingGo() {
    Check none = new Check(new FluxName("labo"), folders.section(Optional.empty(), LONG));
    assertInstanceOf(Good.class, none.judge(entry));
  }

  @Test
  void zeroLetsTheDepositGo() {
    assertInstanceOf(Good.class, judged("exit 0"));
  }

  @Test
  void seventyFiveIsNotYetAndIsAskedAgain() {
    NotYet notYet = assertInstanceOf(NotYet.class, judged("echo later; exit 75"));
    assertTrue(notYet.delay().compareTo(Duration.ZERO) > 0);
    assertTrue(notYet.reason().contains("75"), notYet::reason);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 74, 76, 126, 127, 255})
  void anyOtherAnswerRefusesWithItsNumber(int code) {
    Refused refused = assertInstanceOf(Refused.class, judged("exit " + code));
    assertEquals("the check answered " + code, refused.reason());
  }

  @Test
  void whatTheCheckPrintsOnBothStreamsIsKept() {
    Refused refused =
        assertInstanceOf(Refused.class, judged("echo no MSH segment; echo line 3 >&2; exit 1"));
    assertTrue(refused.output().contains("no MSH segment\n"), refused::output);
    assertTrue(refused.output().contains("line 3\n"), refused::output);
  }

  @Test
  void outputBeyondSixtyFourKibIsDroppedAndTheCheckStillAnswers() {
    Refused refused =
        assertInstanceOf(
            Refused.class,
            judged("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; exit 9"));
    assertEquals("the check answered 9", refused.reason());
    assertTrue(refused.output().startsWith("line 0\nline 1\n"));
    int bytes = refused.output().getBytes(StandardCharsets.UTF_8).length;
    assertTrue(bytes <= 64 * 1024 && bytes > 60 * 1024, () -> bytes + " bytes are kept");
  }

  @Test
  void aCheckThatIsNotThereDecidesNothing() {
    Judgement judgement = check(LONG, "/nowhere/check-hl7", "{file}").judge(entry);
    NotYet notYet = assertInstanceOf(NotYet.class, judgement);
    assertTrue(notYet.reason().contains("/nowhere/check-hl7"), notYet::reason);
  }

  @Test
  void aCheckThatMayNotBeRunDecidesNothing() throws Exception {
    Path program = Files.writeString(root.resolve("check"), "#!/bin/sh\nexit 1\n");
    NotYet notYet = assertInstanceOf(NotYet.class, check(LONG, program.toString()).judge(entry));
    assertTrue(notYet.reason().contains("cannot be started"), notYet::reason);
  }

  @Test
  void aCheckThatTakesTooLongIsEndedAndDecidesNothing() {
    NotYet notYet =
        assertTimeoutPreemptively(
            SOON,
            () ->
                assertInstanceOf(
                    NotYet.class,
                    judge(Duration.ofMillis(300), entry, "trap '' TERM; sleep 600 & wait; wait")));
    assertTrue(notYet.reason().contains("check-timeout"), notYet::reason);
  }

  @Test
  void theFileIsToldByWordAndByEnvironment() throws Exception {
    Path seen = root.resolve("seen");
    Judgement judgement =
        judged(
            "printf '%s|' \"$@\" \"$NAVETTE_FLUX\" \"$NAVETTE_ID\" \"$NAVETTE_NAME\""
                + " \"$NAVETTE_FILE\" > '"
                + seen
                + "'",
            "{file}",
            "{name}",
            "{id}",
            "{flux}",
            "x{name}y");
    assertInstanceOf(Good.class, judgement);
    String file = entry.file().toString();
    String id = entry.id().value();
    assertEquals(
        String.join("|", file, "a.hl7", id, "labo", "xa.hl7y", "labo", id, "a.hl7", file) + "|",
        Files.readString(seen));
  }

  @Test
  void aNameOfAnyBytesReachesTheCheckAsItIs() throws Exception {
    ByteArrayOutputStream name = new ByteArrayOutputStream();
    name.writeBytes("$(touch x)'\" {id}\n-é".getBytes(StandardCharsets.UTF_8));
    name.write(0xE9);
    Entry odd = folders.claimed(FileName.of(name.toByteArray()), new byte[] {1, 2});
    Path seen = root.resolve("seen");
    Judgement judgement =
        judge(
            LONG,
            odd,
            "printf '%s' \"$1\" > '"
                + seen
                + "'; printf '%s' \"$2\" >> '"
                + seen
                + "'; test \"$(wc -c < \"$2\")\" -eq 2",
            "{name}",
            "{file}");
    assertInstanceOf(Good.class, judgement);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    expected.writeBytes(name.toByteArray());
    expected.writeBytes(NativeFiles.pathBytes(odd.file()));
    assertArrayEquals(expected.toByteArray(), Files.readAllBytes(seen));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HUP", "INT", "KILL", "TERM"})
  void aCheckThatIsEndedFromOutsideDecidesNothing(String signal) {
    NotYet notYet = assertInstanceOf(NotYet.class, judged("kill -" + signal + " $$; sleep 600"));
    assertTrue(notYet.reason().contains("from outside"), notYet::reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SEGV", "ABRT", "FPE"})
  void aCheckThatFallsOverTheFileRefusesIt(String signal) {
    assertInstanceOf(Refused.class, judged("ulimit -c 0; kill -" + signal + " $$; sleep 600"));
  }

  @Test
  void whatACheckLeavesInItsFolderDoesNotStandBesideTheDeposit() throws Exception {
    Path seen = root.resolve("seen");
    assertInstanceOf(Good.class, judged("pwd > '" + seen + "'"));
    assertEquals("/\n", Files.readString(seen));
    assertEquals(List.of(entry.file()), list(entry.folder()));
  }

  private static List<Path> list(Path folder) throws Exception {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void aCheckThatHangsIsEndedWhenTheDaemonStopsAndTheDepositIsNotRefused() throws Exception {
    Path started = root.resolve("started");
    Check check =
        check(
            LONG,
            "/bin/sh",
            "-c",
            "trap '' TERM; echo $$ > \"$1\"; while :; do sleep 1; done",
            "check",
            started.toString());
    CompletableFuture<Judgement> judgement =
        CompletableFuture.supplyAsync(() -> check.judge(entry));
    Awaitility.await().atMost(SOON).until(() -> Files.exists(started) && Files.size(started) > 0);
    long pid = Long.parseLong(Files.readString(started).strip());

    check.terminate();

    assertInstanceOf(NotYet.class, judgement.get(SOON.toSeconds(), TimeUnit.SECONDS));
    assertTrue(ProcessHandle.of(pid).isEmpty(), "it ignored TERM and got KILL");
    assertInstanceOf(NotYet.class, check.judge(entry), "none is started after that");
  }
}
