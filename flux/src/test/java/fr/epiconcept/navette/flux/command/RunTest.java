package fr.epiconcept.navette.flux.command;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Pointer;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.linux.Libc;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Timeout(60)
// It counts this process's descriptors and children.
@Isolated
class RunTest {
  private static final Duration LONG = Duration.ofSeconds(40);
  private static final Duration GRACE = Duration.ofMillis(300);
  private static final byte[] ODD = "l'été \"2\"\n$(id) *".getBytes(StandardCharsets.ISO_8859_1);
  private static final String ODD_HEX = "6c 27 e9 74 e9 20 22 32 22 0a 24 28 69 64 29 20 2a";

  @TempDir Path folder;
  private final Lines printed = new Lines();
  private final String cookie = UUID.randomUUID().toString();

  /** What was printed, each line behind the name of its stream. */
  private static final class Lines implements Output {
    final List<String> all = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void line(Stream stream, String text) {
      all.add(stream + " " + text);
    }
  }

  // --- what the program gets ---

  @Test
  void givesArgumentsAndEnvironmentByteForByte() throws Exception {
    Path script =
        script(
            """
            printf %s "$1" | od -An -v -tx1 -w99
            printf %s "$ODD" | od -An -v -tx1 -w99
            echo "$# arguments, last: <$3>"
            """);
    Map<String, byte[]> environment = environment();
    environment.put("ODD", ODD);
    environment.put("LANG", bytes("C"));

    List<byte[]> words = List.of(bytes(script.toString()), ODD, bytes(""), bytes(" "));
    End end = run(new Command(words, environment, Optional.empty()));

    assertEquals(0, end.code());
    assertEquals(
        List.of("OUT  " + ODD_HEX, "OUT  " + ODD_HEX, "OUT 3 arguments, last: < >"), printed.all);
  }

  @Test
  void runsAProgramAndInAFolderWithOddNames() throws Exception {
    Path odd = Files.createDirectory(FileName.of(ODD).in(folder));
    Path script = script("pwd | head -c -1 | tail -c 17 | od -An -v -tx1 -w99");
    Path moved = Files.move(script, FileName.of(ODD).in(odd));
    byte[] program = NativeFiles.pathBytes(moved);

    End end = run(new Command(List.of(program), environment(), Optional.of(odd)));

    assertEquals(0, end.code(), printed.all::toString);
    assertEquals(List.of("OUT  " + ODD_HEX), printed.all);
  }

  @Test
  void givesNothingButTheEnvironmentAndTheCookie() throws Exception {
    run(new Command(List.of(bytes("/usr/bin/env")), Map.of("A", bytes("b")), Optional.empty()));

    assertEquals(Set.of("OUT A=b", "OUT NAVETTE_RUN=" + cookie), new HashSet<>(printed.all));
  }

  @Test
  void givesAnEmptyStandardInput() throws Exception {
    assertEquals(0, run(script("wc -c")).code());

    assertEquals(List.of("OUT 0"), printed.all);
  }

  @Test
  void givesNoneOfOurDescriptors() throws Exception {
    int leaky = Libc.open(Libc.zeroEnded(bytes("/dev/null")), Libc.O_RDONLY);
    try {
      run(new Command(words("ls", "/proc/self/fd"), environment(), Optional.empty()));
    } finally {
      Libc.close(leaky);
    }

    // The fourth is the folder that ls reads.
    assertEquals(List.of("OUT 0", "OUT 1", "OUT 2", "OUT 3"), printed.all);
  }

  @Test
  void startsWithDefaultSignalsInASessionOfItsOwn() throws Exception {
    Pointer ignore = Pointer.createConstant(1);
    int ignoredByUs = 22;
    Libc.signal(ignoredByUs, ignore);
    try {
      // 32 and 33 belong to the C library, which sets them for itself.
      run(
          script(
              """
              hex() { sed -n "s/^$1:.//p" /proc/self/status; }
              echo "blocked $((0x$(hex SigBlk))) ignored $((0x$(hex SigIgn) & ~0x180000000))"
              set -- $(sed 's/.*) //' /proc/$$/stat)
              echo "group $(($3 == $$)) session $(($4 == $$))"
              """));
    } finally {
      Libc.signal(ignoredByUs, null);
    }

    assertEquals(List.of("OUT blocked 0 ignored 0", "OUT group 1 session 1"), printed.all);
  }

  @Test
  void searchesTheProgramOnThePathThatIsGiven() throws Exception {
    Path tool = script("echo mine");
    Files.move(tool, folder.resolve("tool"));
    Map<String, byte[]> environment = environment();
    environment.put("PATH", bytes("/nowhere::" + folder + ":/usr/bin:/bin"));

    End end = run(new Command(words("tool"), environment, Optional.empty()));

    assertEquals(0, end.code());
    assertEquals(List.of("OUT mine"), printed.all);
  }

  // --- what it prints ---

  @Test
  void tellsLinesOfBothStreams() throws Exception {
    run(script("printf 'one\\r\\n\\ntwo'; printf 'bad \\351\\n' >&2"));

    List<String> out = printed.all.stream().filter(line -> line.startsWith("OUT")).toList();
    assertEquals(List.of("OUT one", "OUT ", "OUT two"), out);
    assertTrue(printed.all.contains("ERR bad \ufffd"), printed.all::toString);
  }

  @Test
  void hugeOutputIsDrainedInConstantMemory() throws Exception {
    Path script = script("head -c 200000000 /dev/zero | tr '\\0' x; echo; echo end");
    Lines first = new Lines();
    CappedOutput capped = new CappedOutput(first, 20_000);
    long before = usedMemory();

    End end = Run.start(command(script), cookie).await(LONG, GRACE, capped);

    assertInstanceOf(End.Exited.class, end);
    long lines = first.all.size() + capped.dropped().lines();
    assertEquals(200_000_000L / Output.MAX_LINE + 1 + 1, lines);
    assertEquals(2, first.all.size());
    assertTrue(capped.dropped().bytes() > 199_000_000L);
    assertTrue(usedMemory() - before < 20_000_000L, "memory grew with the output");
  }

  @Test
  void anOutputThatFailsDoesNotEndTheRun() throws Exception {
    Path script = script("echo one; echo two; exit 3");

    End end =
        Run.start(command(script), cookie)
            .await(
                LONG,
                GRACE,
                (stream, text) -> {
                  throw new IllegalStateException("disk full, on purpose");
                });

    assertEquals(3, end.code());
  }

  // --- how it ends ---

  @Test
  void tellsExitCodesAndSignals() throws Exception {
    assertEquals(0, run(script("exit 0")).code());
    End exited = run(script("exit 75"));
    assertEquals(75, assertInstanceOf(End.Exited.class, exited).code());
    assertEquals(255, run(script("exit 255")).code());
    End signalled = run(script("kill -SEGV $$"));
    assertEquals(11, assertInstanceOf(End.Signalled.class, signalled).signal());
    assertEquals(139, signalled.code());
  }

  @Test
  void endsAtItsTimeAndSaysWhatItPrintedBefore() throws Exception {
    Run run = Run.start(command(script("echo before; exec sleep 1000")), cookie);

    End end = run.await(Duration.ofMillis(1500), Duration.ofSeconds(20), printed);

    assertEquals(124, end.code());
    assertEquals(0, assertInstanceOf(End.TimedOut.class, end).survivors());
    assertTrue(end.duration().toMillis() < 10_000, "the grace is not waited for in vain");
    assertEquals(List.of("OUT before"), printed.all);
    assertNobodyIsLeft(run);
  }

  @Test
  void aProgramMayTidyUpWhenItIsAskedToEnd() throws Exception {
    Path script =
        script(
            """
            trap 'echo tidy; exit 0' TERM
            echo ready
            while :; do sleep 0.05; done
            """);

    End end =
        Run.start(command(script), cookie)
            .await(Duration.ofMillis(1500), Duration.ofSeconds(20), printed);

    assertInstanceOf(End.TimedOut.class, end);
    List<String> out = printed.all.stream().filter(line -> line.startsWith("OUT")).toList();
    assertEquals(List.of("OUT ready", "OUT tidy"), out);
  }

  @Test
  void killsWhatIgnoresTheSignalAfterTheGrace() throws Exception {
    Run run = Run.start(command(script("trap '' TERM; while :; do sleep 0.05; done")), cookie);

    End end = run.await(Duration.ofMillis(200), Duration.ofMillis(600), printed);

    assertInstanceOf(End.TimedOut.class, end);
    assertTrue(end.duration().toMillis() >= 800, "the grace is given");
    assertNobodyIsLeft(run);
  }

  @Test
  void killsAGrandchildThatLeftTheSession() throws Exception {
    Path mark = folder.resolve("grandchild");
    Path script =
        script(
            """
            (trap '' TERM; setsid sh -c 'trap "" TERM; echo $$ > %s; exec sleep 1000' &)
            while ! test -s %s; do :; done
            echo ready
            exec sleep 1000
            """
                .formatted(mark, mark));
    Run run = Run.start(command(script), cookie);

    End end = run.await(Duration.ofSeconds(3), GRACE, printed);

    assertEquals(0, assertInstanceOf(End.TimedOut.class, end).survivors());
    assertEquals(List.of("OUT ready"), printed.all);
    long grandchild = Long.parseLong(Files.readString(mark).strip());
    assertFalse(isRunning(grandchild));
    assertNobodyIsLeft(run);
  }

  @Test
  void harmsNoRunWhoseCookieOnlyBeginsAlike() throws Exception {
    Run other = Run.start(command(script("echo ready; exec sleep 1000")), cookie + "-2");
    CompletableFuture<End> otherEnd =
        CompletableFuture.supplyAsync(() -> other.await(LONG, GRACE, printed));
    await().until(() -> printed.all.contains("OUT ready"));
    Run run = Run.start(command(script("exec sleep 1000")), cookie);

    run.await(Duration.ofMillis(100), GRACE, Output.NONE);

    assertTrue(isRunning(other.pid()));
    other.terminate();
    assertInstanceOf(End.Terminated.class, otherEnd.get(20, TimeUnit.SECONDS));
  }

  @Test
  void isEndedFromAnotherThread() throws Exception {
    Run run = Run.start(command(script("echo ready; exec sleep 1000")), cookie);
    Output terminator = (stream, text) -> new Thread(run::terminate).start();

    End end = run.await(LONG, GRACE, terminator);

    assertEquals(143, end.code());
    assertInstanceOf(End.Terminated.class, end);
    assertTrue(end.duration().toMillis() < 10_000);
    assertNobodyIsLeft(run);
    run.terminate();
  }

  @Test
  void isEndedEvenIfThatWasAskedBeforeAnybodyAwaits() throws Exception {
    Run run = Run.start(command(script("exec sleep 1000")), cookie);
    run.terminate();

    assertInstanceOf(End.Terminated.class, run.await(LONG, GRACE, printed));
  }

  @Test
  void anInterruptEndsTheProgramAndTheMarkStays() throws Exception {
    Run run = Run.start(command(script("echo ready; exec sleep 1000")), cookie);
    AtomicReference<End> end = new AtomicReference<>();
    AtomicReference<Boolean> mark = new AtomicReference<>();
    Thread waiter =
        new Thread(
            () -> {
              end.set(run.await(LONG, GRACE, printed));
              mark.set(Thread.currentThread().isInterrupted());
            });
    waiter.start();
    await().until(() -> !printed.all.isEmpty());

    waiter.interrupt();
    waiter.join(20_000);

    assertInstanceOf(End.Terminated.class, end.get());
    assertTrue(mark.get());
    assertNobodyIsLeft(run);
  }

  @Test
  void aBackgroundChildThatKeepsThePipeOpenDelaysNobody() throws Exception {
    Path mark = folder.resolve("background");
    Path script = script("echo last; sleep 1000 & echo $! > " + mark + "; exit 7");
    Run run = Run.start(command(script), cookie);

    End end = run.await(LONG, GRACE, printed);

    assertEquals(7, end.code());
    assertTrue(end.duration().toMillis() < 10_000);
    assertEquals(List.of("OUT last"), printed.all);
    int background = Integer.parseInt(Files.readString(mark).strip());
    assertTrue(isRunning(background), "what a finished script left running is left alone");
    Libc.kill(background, Libc.SIGKILL);
  }

  @Test
  void aLastWordSaidJustAfterTheEndIsHeard() throws Exception {
    End end = run(script("(sleep 0.02; echo late) & exit 7"));

    assertEquals(7, end.code());
    assertEquals(List.of("OUT late"), printed.all);
  }

  @Test
  void aBackgroundChildThatNeverStopsPrintingDelaysNobody() throws Exception {
    Path script = script("(while :; do echo more; done) & exit 7");

    End end = Run.start(command(script), cookie).await(LONG, GRACE, new CappedOutput(printed, 100));

    assertEquals(7, end.code());
    assertTrue(end.duration().toMillis() < 20_000);
  }

  // --- what does not start ---

  @Test
  void saysPlainlyWhyAProgramDoesNotStart() throws Exception {
    Path plain = Files.writeString(folder.resolve("plain"), "#!/bin/sh\n");
    Path noInterpreter = executable("#!/no/such/interpreter\n");
    Path noScript = executable("just text\n");

    assertEquals(
        "cannot start no-such-tool: no such program on the PATH",
        refusal(new Command(words("no-such-tool"), environment(), Optional.empty())));
    assertEquals(
        "cannot start /no/such/tool: No such file or directory",
        refusal(new Command(words("/no/such/tool"), environment(), Optional.empty())));
    assertEquals("cannot start " + plain + ": Permission denied", refusal(command(plain)));
    assertEquals("cannot start " + folder + ": Permission denied", refusal(command(folder)));
    assertEquals(
        "cannot start "
            + noInterpreter
            + ": No such file or directory: the interpreter on its #! line",
        refusal(command(noInterpreter)));
    assertEquals(
        "cannot start "
            + noScript
            + ": Exec format error (a script begins with #! and its interpreter)",
        refusal(command(noScript)));
    assertEquals(
        "cannot start true: No such file or directory: its working folder /no/folder",
        refusal(new Command(words("true"), environment(), Optional.of(Path.of("/no/folder")))));
  }

  @Test
  void tellsARefusalThatMayPassFromOneThatStays() throws Exception {
    Path busy = script("exit 0");
    CommandNotStarted passing;
    try (var writer = Files.newOutputStream(busy, StandardOpenOption.APPEND)) {
      writer.write('\n');
      passing = assertThrows(CommandNotStarted.class, () -> Run.start(command(busy), cookie));
    }
    Command missing = new Command(words("/no/such/tool"), environment(), Optional.empty());
    CommandNotStarted staying =
        assertThrows(CommandNotStarted.class, () -> Run.start(missing, cookie));

    assertTrue(passing.isPassing(), passing::getMessage);
    assertFalse(staying.isPassing());
  }

  @Test
  void refusesWhatNoProgramCanBeGiven() {
    assertThrows(
        IllegalArgumentException.class, () -> new Command(List.of(), Map.of(), Optional.empty()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Command(List.of(bytes("a"), new byte[] {'b', 0}), Map.of(), Optional.empty()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Command(words("a"), Map.of("A=B", bytes("")), Optional.empty()));
  }

  // --- what it leaves behind ---

  @Test
  void givesEveryDescriptorAndProcessBack() throws Exception {
    Command good = new Command(words("true"), environment(), Optional.empty());
    Command missing = new Command(words("/no/such/tool"), environment(), Optional.empty());
    Command hanging = new Command(words("sleep", "1000"), environment(), Optional.empty());
    run(good);
    int before = descriptors();

    for (int i = 0; i < 200; i++) {
      run(good);
      assertThrows(CommandNotStarted.class, () -> Run.start(missing, cookie));
      if (i % 20 == 0) {
        Run.start(hanging, cookie).await(Duration.ZERO, GRACE, Output.NONE);
      }
    }

    assertEquals(before, descriptors());
    assertEquals(List.of(), zombies());
  }

  @Test
  void manyThreadsRunProgramsAtOnce() throws Exception {
    int before = descriptors();
    List<CompletableFuture<End>> ends = new ArrayList<>();
    // All written before any runs: a child being born holds our open files for a moment.
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      commands.add(command(script("echo " + i + "; exit " + i)));
    }
    for (int i = 0; i < 40; i++) {
      Command command = commands.get(i);
      String each = cookie + i;
      ends.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return Run.start(command, each).await(LONG, GRACE, printed);
                } catch (CommandNotStarted notStarted) {
                  throw new IllegalStateException(notStarted);
                }
              }));
    }
    for (int i = 0; i < ends.size(); i++) {
      assertEquals(i, ends.get(i).get(30, TimeUnit.SECONDS).code());
    }
    assertEquals(40, printed.all.size());
    assertEquals(before, descriptors());
  }

  // --- words of these tests ---

  private End run(Path script) throws CommandNotStarted {
    return run(command(script));
  }

  private End run(Command command) throws CommandNotStarted {
    return Run.start(command, cookie).await(LONG, GRACE, printed);
  }

  private String refusal(Command command) {
    return assertThrows(CommandNotStarted.class, () -> Run.start(command, cookie)).getMessage();
  }

  private static Command command(Path program) {
    return new Command(List.of(bytes(program.toString())), environment(), Optional.empty());
  }

  private static Map<String, byte[]> environment() {
    return new HashMap<>(Map.of("PATH", bytes("/usr/bin:/bin")));
  }

  private Path script(String text) throws IOException {
    return executable("#!/bin/sh\n" + text + "\n");
  }

  private Path executable(String text) throws IOException {
    Path file = Files.writeString(Files.createTempFile(folder, "script", ""), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static List<byte[]> words(String... words) {
    return List.of(words).stream().map(RunTest::bytes).toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void assertNobodyIsLeft(Run run) throws IOException {
    assertFalse(Files.exists(Path.of("/proc/" + run.pid())), "the program is reaped");
    byte[] mark = bytes("NAVETTE_RUN=" + cookie);
    assertEquals(List.of(), new Family((int) run.pid(), mark).members());
  }

  private static boolean isRunning(long pid) throws IOException {
    Path stat = Path.of("/proc/" + pid + "/stat");
    return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
  }

  private static List<String> zombies() throws IOException {
    List<String> found = new ArrayList<>();
    String children = ") Z " + ProcessHandle.current().pid() + " ";
    for (String pid : new File("/proc").list((proc, name) -> name.matches("[0-9]+"))) {
      Path stat = Path.of("/proc/" + pid + "/stat");
      String text = Files.exists(stat) ? Files.readString(stat) : "";
      if (text.contains(children)) {
        found.add(text);
      }
    }
    return found;
  }

  private static int descriptors() {
    return new File("/proc/self/fd").list().length;
  }

  private static long usedMemory() throws ExecutionException {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
