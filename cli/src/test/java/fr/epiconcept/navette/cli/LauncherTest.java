package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in the tree that is installed. */
class LauncherTest {
  private static final Path DIST = Path.of(System.getProperty("navette.dist"));
  private static final String NAVETTE = DIST.resolve("bin/navette").toString();

  @TempDir Path folder;

  @Test
  void saysWhichVersionItIs() throws Exception {
    Ran ran = navette(Map.of(), "--version");

    assertEquals(0, ran.exit(), ran::err);
    assertTrue(ran.out().startsWith("navette " + DIST.getFileName().toString().substring(8)));
    assertEquals("", ran.err());
  }

  @Test
  void worksThroughLinksFromAnyFolderUnderAnyLocale() throws Exception {
    Path first = Files.createSymbolicLink(folder.resolve("first link"), Path.of(NAVETTE));
    Path second = Files.createSymbolicLink(folder.resolve("navette"), first.getFileName());
    List<String> command =
        List.of("sh", "-c", "cd / && LC_ALL=C LANG=C exec \"$0\" --version", second.toString());

    Ran ran = Ran.command(command, Map.of());

    assertEquals(0, ran.exit(), ran::err);
    assertTrue(ran.out().startsWith("navette "), ran::out);
  }

  @Test
  void asksForAJavaThatIsNewEnough() throws Exception {
    Path old = Files.createDirectories(folder.resolve("jdk11/bin")).resolve("java");
    Files.writeString(old, "#!/bin/sh\nexit 99\n");
    assertTrue(old.toFile().setExecutable(true));
    Files.writeString(folder.resolve("jdk11/release"), "JAVA_VERSION=\"11.0.2\"\n");
    Map<String, String> environment =
        Map.of("JAVA_HOME", "/nowhere", "PATH", old.getParent() + ":" + withoutJava());

    Ran ran = navette(environment, "--version");

    assertEquals(2, ran.exit());
    assertEquals(
        "navette: Java 17 or later is needed: set JAVA_HOME, or put java on PATH;"
            + " no /nowhere/bin/java; "
            + old
            + " is 11.0.2\n",
        ran.err());
  }

  @Test
  void takesTheJavaOnPathWhereJavaHomeIsTooOld() throws Exception {
    Ran ran = navette(Map.of("JAVA_HOME", "/nowhere"), "--version");

    assertEquals(0, ran.exit(), ran::err);
  }

  @Test
  void leavesTheLastWordToTheAdministratorsOptions() throws Exception {
    Ran flags =
        navette(
            Map.of("NAVETTE_JAVA_OPTS", "-Xmx99m -XX:+UseParallelGC -XX:+PrintFlagsFinal"),
            "--version");

    assertEquals(0, flags.exit(), flags::err);
    assertTrue(flags.out().matches("(?s).*MaxHeapSize += 104857600.*"), "99 MiB, rounded up");
    assertTrue(flags.out().matches("(?s).*UseParallelGC += true.*"));
    Ran plain = navette(Map.of("NAVETTE_JAVA_OPTS", "-XX:+PrintFlagsFinal"), "--version");
    assertTrue(plain.out().matches("(?s).*MaxHeapSize += 268435456.*"));
    assertTrue(plain.out().matches("(?s).*UseSerialGC += true.*"));
  }

  @Test
  void endsWithTwoAndOneLineWhenItIsCalledWrongly() throws Exception {
    Ran nothing = navette(Map.of());
    Ran unknown = navette(Map.of(), "ou");

    assertEquals(new Ran(2, "", "navette: which command?; see 'navette --help'\n"), nothing);
    assertEquals(
        new Ran(2, "", "navette: 'ou' is unknown here; did you mean out?; see 'navette --help'\n"),
        unknown);
  }

  @Test
  void holdsWhatIsInstalled() {
    for (String file :
        List.of("conf/logback.xml", "conf/logrotate/navette", "LICENSE", "lib/native")) {
      assertTrue(Files.exists(DIST.resolve(file)), file);
    }
    assertTrue(Files.exists(DIST.resolve("lib/native/libartemis-native-64.so")));
  }

  /** A folder with what the launcher calls, but no Java. */
  private String withoutJava() throws Exception {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    for (String tool : List.of("readlink", "sed")) {
      Files.createSymbolicLink(bin.resolve(tool), Path.of("/usr/bin", tool).toRealPath());
    }
    return bin.toString();
  }

  private static Ran navette(Map<String, String> environment, String... arguments)
      throws Exception {
    return Ran.command(
        Stream.concat(Stream.of(NAVETTE), List.of(arguments).stream()).toList(), environment);
  }
}
