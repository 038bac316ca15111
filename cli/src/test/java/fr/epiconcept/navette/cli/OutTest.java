package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code navette out}: the real script. */
class OutTest {
  private static final String NAVETTE =
      Path.of("src", "main", "dist", "bin", "navette").toAbsolutePath().toString();

  @TempDir Path folder;
  private Path run;
  private Path out;
  private Path work;

  @BeforeEach
  void layOut() throws IOException {
    run = folder.resolve("run dir");
    out = Files.createDirectories(folder.resolve("out of labo"));
    work = Files.createDirectories(folder.resolve("work"));
    Files.createDirectories(run.resolve("worker/out"));
    Files.createSymbolicLink(run.resolve("worker/out/labo"), out);
  }

  @Test
  void putsACopyIntoTheOutOfTheFlux() throws Exception {
    Path ack = file("ACK 1.hl7", "MSA|AA");

    Ran ran = out("labo", ack.toString());

    assertEquals(new Ran(0, "", ""), ran);
    assertEquals(Map.of("ACK 1.hl7", "MSA|AA"), handedIn());
    assertTrue(Files.exists(ack), "the file itself stays");
  }

  @Test
  void neverReplacesWhatIsThere() throws Exception {
    Path ack = file("a.hl7", "new");
    Files.writeString(out.resolve("a.hl7"), "old");
    Files.createDirectory(out.resolve("a.2.hl7"));
    Files.createSymbolicLink(out.resolve("a.3.hl7"), Path.of("nowhere"));

    assertEquals(0, out("labo", ack.toString()).exit());

    assertEquals("old", Files.readString(out.resolve("a.hl7")));
    assertEquals("new", Files.readString(out.resolve("a.4.hl7")));
    assertEquals(List.of(), names(out.resolve("a.2.hl7")));
  }

  @ParameterizedTest
  @CsvSource({
    "a, a.2",
    "a.b.c, a.b.2.c",
    "a.averyveryverylongending, a.averyveryverylongending.2",
    "a., a.2."
  })
  void numbersANameAsTheFileServerDoes(String name, String second) throws Exception {
    Path ack = file(name, "x");

    out("labo", ack.toString());
    out("labo", ack.toString());

    assertEquals(Set.of(name, second), handedIn().keySet());
  }

  @Test
  void losesNoneOfManyThatComeAtOnceUnderOneName() throws Exception {
    int many = 12;
    List<Callable<Ran>> calls = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      Path ack = Files.createDirectory(work.resolve("d" + i)).resolve("a.hl7");
      Files.writeString(ack, "ack " + i);
      calls.add(() -> out("labo", ack.toString()));
    }
    var pool = Executors.newFixedThreadPool(4);
    try {
      for (Future<Ran> call : pool.invokeAll(calls)) {
        assertEquals(new Ran(0, "", ""), call.get());
      }
    } finally {
      pool.shutdown();
    }

    Set<String> wanted =
        IntStream.range(0, many).mapToObj(i -> "ack " + i).collect(Collectors.toSet());
    assertEquals(wanted, Set.copyOf(handedIn().values()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-rf",
        "--help",
        "a\nb.hl7",
        " ",
        "$(touch pwned)",
        "`id`;*",
        "a'b\"c",
        "*.hl7",
        "été.hl7",
        "\\",
        "%s%n"
      })
  void takesAnyNameAsItIs(String name) throws Exception {
    Path ack = work.resolve(name);
    Files.writeString(ack, "x");

    Ran absolute = out("labo", ack.toString());
    Ran relative = sh("cd \"$1\" && exec \"$2\" out --run \"$3\" labo \"$4\"", name);

    assertEquals(new Ran(0, "", ""), absolute);
    assertEquals(new Ran(0, "", ""), relative);
    assertEquals(2, handedIn().size());
    assertTrue(handedIn().containsKey(name));
    assertEquals(List.of(name), names(work));
  }

  @Test
  void takesBytesThatAreNoText() throws Exception {
    Ran ran =
        sh(
            "f=$(printf 'r\\351sum\\351.hl7'); cd \"$1\" && printf x >\"$f\" && \"$2\" out --run"
                + " \"$3\" labo \"$f\" && cmp \"$f\" \"$4/$f\"",
            out.toString());

    assertEquals(new Ran(0, "", ""), ran);
  }

  @Test
  void tiesTheAnswerToTheFileThatTheScriptWorksOn() throws Exception {
    Path tied = Files.createDirectory(folder.resolve("tied"));
    Path ack = file("a.hl7", "x");
    Map<String, String> script = Map.of("NAVETTE_OUT", tied.toString(), "NAVETTE_FLUX", "labo");

    assertEquals(0, out(script, "labo", ack.toString()).exit());
    assertEquals(List.of("a.hl7"), names(tied));
    assertEquals(Map.of(), handedIn());
  }

  @Test
  void goesToTheFluxItselfOnceTheScriptIsDoneOrForAnotherFlux() throws Exception {
    Path tied = Files.createDirectory(folder.resolve("tied"));
    Path ack = file("a.hl7", "x");

    out(
        Map.of("NAVETTE_OUT", folder.resolve("gone").toString(), "NAVETTE_FLUX", "labo"),
        "labo",
        ack.toString());
    out(Map.of("NAVETTE_OUT", tied.toString(), "NAVETTE_FLUX", "radio"), "labo", ack.toString());

    assertEquals(Set.of("a.hl7", "a.2.hl7"), handedIn().keySet());
    assertEquals(List.of(), names(tied));
  }

  @Test
  void handsInTheOthersWhenOneCannotBe() throws Exception {
    Path good = file("good.hl7", "x");
    Path last = file("last.hl7", "x");

    Ran ran = out("labo", good.toString(), work.resolve("missing").toString(), last.toString());

    assertEquals(1, ran.exit());
    assertEquals(1, ran.err().lines().count(), ran.err());
    assertTrue(ran.err().contains("missing was not handed in: no such file"), ran.err());
    assertEquals(Set.of("good.hl7", "last.hl7"), handedIn().keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {".hidden", "a.tmp", "a.part", "a.filepart"})
  void refusesNamesThatTheWorkerWouldNeverTake(String name) throws Exception {
    Ran ran = out("labo", file(name, "x").toString());

    assertEquals(1, ran.exit());
    assertTrue(ran.err().contains("never taken"), ran.err());
    assertEquals(List.of(), names(out));
  }

  @Test
  void leavesNothingBehindWhereTheCopyFails() throws Exception {
    Path ack = file("a.hl7", "x");
    Files.delete(run.resolve("worker/out/labo"));
    Files.createSymbolicLink(run.resolve("worker/out/labo"), Path.of("/proc/self"));

    Ran ran = out("labo", ack.toString());

    assertEquals(1, ran.exit());
    assertEquals(1, ran.err().lines().count(), ran.err());
    assertTrue(ran.err().contains("a.hl7 was not handed in: "), ran.err());
  }

  @Test
  void writesThroughNoLinkThatStandsWhereItsCopyWouldStand() throws Exception {
    Path victim = file("victim", "untouched");
    Path ack = file("a.hl7", "x");

    Ran ran =
        sh(
            "ln -s \"$4\" \"$5/.navette-out-$$-1\"; cd \"$1\" && exec \"$2\" out --run \"$3\" labo"
                + " a.hl7",
            victim.toString(),
            out.toString());

    assertEquals(1, ran.exit(), ran::err);
    assertEquals("untouched", Files.readString(victim));
    assertTrue(Files.exists(ack));
  }

  @Test
  void findsTheRunFolderByOptionThenEnvironmentThenConfiguration() throws Exception {
    Path ack = file("a.hl7", "x");
    Path config = Files.createDirectory(folder.resolve("etc"));
    Files.writeString(
        config.resolve("navette.yml"),
        "# run: /wrong\nworker:\n  run: /wrong\nrun: '" + run + "'   # here\n");
    String nowhere = folder.resolve("nowhere").toString();

    assertEquals(0, plain(Map.of(), "--config", config.toString(), "labo", ack.toString()).exit());
    assertEquals(0, plain(Map.of("NAVETTE_RUN", run.toString()), "labo", ack.toString()).exit());
    assertEquals(
        3,
        plain(Map.of("NAVETTE_RUN", nowhere), "--config=" + config, "labo", ack.toString()).exit());
    assertEquals(
        0, plain(Map.of("NAVETTE_RUN", nowhere), "--run=" + run, "labo", ack.toString()).exit());
  }

  @ParameterizedTest
  @ValueSource(strings = {"run: %s", "run:    \"%s\"", "run : %s # why", "run: %s\r"})
  void readsTheRunFolderHoweverItIsSpelled(String spelling) throws Exception {
    Path plainRun = Files.createSymbolicLink(folder.resolve("run"), run);
    Path config = Files.createDirectory(folder.resolve("etc"));
    Files.writeString(
        config.resolve("navette.yml"), String.format(spelling, plainRun) + "\nlogs: /x\n");

    Ran ran = plain(Map.of(), "--config", config.toString(), "labo", file("a.hl7", "x").toString());

    assertEquals(new Ran(0, "", ""), ran);
  }

  @Test
  void saysInOneLineWhatIsWrong() throws Exception {
    String ack = file("a.hl7", "x").toString();
    Files.delete(out);

    assertOneLine(2, "which flux", out());
    assertOneLine(2, "which file", out("labo"));
    assertOneLine(2, "unknown option --ruin", plain(Map.of(), "--ruin", "labo", ack));
    assertOneLine(2, "--run needs a folder", plain(Map.of(), "--run"));
    assertOneLine(2, "no flux name", out("../labo", ack));
    assertOneLine(2, "no flux name", out("", ack));
    assertOneLine(2, "radio takes no acknowledgements here; these do: labo", out("radio", ack));
    assertOneLine(1, "the out folder of flux labo is gone: " + out, out("labo", ack));
    Files.delete(run.resolve("worker/out/labo"));
    Files.delete(run.resolve("worker/out"));
    assertOneLine(3, "is 'navette worker' running here", out("labo", ack));
  }

  @Test
  void explainsItself() throws Exception {
    Ran ran = plain(Map.of(), "--help");

    assertEquals(0, ran.exit());
    assertTrue(ran.out().startsWith("Usage: navette out "));
    assertTrue(ran.out().contains("Exit codes"));
    assertTrue(ran.out().lines().allMatch(line -> line.length() <= 80));
  }

  @Test
  void startsNoJvm() throws Exception {
    Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\ntouch '" + folder + "/started'\n");
    assertTrue(java.toFile().setExecutable(true));
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME",
            folder.resolve("jdk").toString(),
            "PATH",
            java.getParent() + ":/usr/bin:/bin");

    assertEquals(0, out(environment, "labo", file("a.hl7", "x").toString()).exit());

    assertFalse(Files.exists(folder.resolve("started")));
  }

  private static void assertOneLine(int exit, String what, Ran ran) {
    assertEquals(exit, ran.exit(), ran::toString);
    assertEquals(1, ran.err().lines().count(), ran::err);
    assertTrue(ran.err().startsWith("navette out: ") && ran.err().contains(what), ran::err);
    assertEquals("", ran.out());
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(work.resolve(name), content);
  }

  private Ran out(String... arguments) throws Exception {
    return out(Map.of(), arguments);
  }

  private Ran out(Map<String, String> environment, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("--run", run.toString()));
    all.addAll(List.of(arguments));
    return plain(environment, all.toArray(String[]::new));
  }

  private static Ran plain(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(NAVETTE, "out"));
    command.addAll(List.of(arguments));
    return Ran.command(command, environment);
  }

  /** In the shell: $1 the working folder, $2 navette, $3 the run folder, $4… {@code more}. */
  private Ran sh(String script, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    command.addAll(List.of(work.toString(), NAVETTE, run.toString()));
    command.addAll(List.of(more));
    return Ran.command(command, Map.of());
  }

  private Map<String, String> handedIn() throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (String name : names(out)) {
      found.put(name, Files.readString(out.resolve(name)));
    }
    return found;
  }

  private static List<String> names(Path of) throws IOException {
    try (Stream<Path> files = Files.list(of)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
