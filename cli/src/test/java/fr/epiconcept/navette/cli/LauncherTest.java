package fr.epiconcept.navette.cli;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in the tree that is installed. */
class LauncherTest {
  private static final Path DIST = Path.of(System.getProperty("navette.dist"));
  private static final String NAVETTE = DIST.resolve("bin/navette").toString();

  private static final Map<String, String> LOADED = Map.of("NAVETTE_JAVA_OPTS", "-Xlog:class+load");
  private static final String FROM_ARCHIVE =
      "fr.epiconcept.navette.cli.Main source: shared objects file";

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

  /** Else a file server with hundreds of fluxes dies of its memory when all of them are at work. */
  @Test
  void givesADaemonMoreMemoryTheMoreFluxesThereAre() throws Exception {
    Path fluxes = Files.createDirectories(folder.resolve("etc/flux.d"));
    for (int i = 0; i < 500; i++) {
      Files.createFile(fluxes.resolve("f" + i + ".yml"));
    }
    assertEquals((256L + 400) << 20, heap("worker"));
    assertEquals((256L + 400) << 20, heap("ingest"));
    assertEquals(256L << 20, heap("check"), "a command carries no files");
    for (int i = 100; i < 500; i++) {
      Files.delete(fluxes.resolve("f" + i + ".yml"));
    }
    assertEquals(256L << 20, heap("worker"));
  }

  private long heap(String command) throws Exception {
    Ran flags =
        navette(
            Map.of("NAVETTE_JAVA_OPTS", "-XX:+PrintFlagsFinal"),
            command,
            "--config",
            folder.resolve("etc").toString());
    Matcher size = Pattern.compile("MaxHeapSize += (\\d+)").matcher(flags.out());
    assertTrue(size.find(), flags::out);
    return Long.parseLong(size.group(1));
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
  void namesEachCommandAsItsHelpDoes() throws Exception {
    Ran help = navette(Map.of(), "--help");

    for (String command : List.of("ingest", "worker", "check", "out", "accounts", "certs")) {
      assertTrue(help.out().matches("(?s).*\n  " + command + " +\\S.*"), help::out);
      Ran its = navette(Map.of(), command, "--help");
      assertTrue(its.out().startsWith("Usage: navette " + command), its::out);
    }
  }

  @Test
  void mapsItsClassesFromTheArchiveMadeAfterInstallation() throws Exception {
    Ran ran = navette(LOADED, "--version");

    assertEquals(0, ran.exit(), ran::err);
    assertTrue(ran.out().contains(FROM_ARCHIVE), ran::out);
  }

  @Test
  void leavesTheArchiveAsideWhereTheAdministratorWantsIt() throws Exception {
    Ran ran = navette(Map.of("NAVETTE_JAVA_OPTS", "-Xshare:off -Xlog:class+load"), "--version");

    assertEquals(0, ran.exit(), ran::err);
    assertFalse(ran.out().contains("shared objects file"), ran::out);
  }

  /** The JVM itself dies by SIGBUS of an archive that was cut short. */
  @Test
  void leavesAnArchiveThatDoesNotFitAsideAndSaysNothing() throws Exception {
    Path installed = installedElsewhere();
    Path jar = installed.resolve("lib/picocli.jar");
    FileTime made = Files.getLastModifiedTime(jar);

    Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    assertIgnored(installed);
    Files.setLastModifiedTime(jar, made);
    assertUsed(installed);
    cut(installed.resolve("lib/archive/navette.jsa"));
    assertIgnored(installed);
  }

  /** Its lib has the same jars, except for the archive and for picocli, which are copies. */
  private Path installedElsewhere() throws Exception {
    Path home = Files.createDirectories(folder.resolve("other tree"));
    Path lib = Files.createDirectories(home.resolve("lib/archive")).getParent();
    Files.createDirectory(home.resolve("bin"));
    Path launcher = Files.copy(Path.of(NAVETTE), home.resolve("bin/navette"), COPY_ATTRIBUTES);
    Files.createSymbolicLink(home.resolve("conf"), DIST.resolve("conf"));
    Files.createSymbolicLink(lib.resolve("classes.list"), DIST.resolve("lib/classes.list"));
    try (Stream<Path> jars = Files.list(DIST.resolve("lib"))) {
      for (Path jar : jars.filter(each -> each.toString().endsWith(".jar")).toList()) {
        String name = jar.getFileName().toString();
        if (name.startsWith("picocli")) {
          Files.copy(jar, lib.resolve("picocli.jar"));
        } else {
          Files.createSymbolicLink(lib.resolve(name), jar);
        }
      }
    }
    Ran made = Ran.command(List.of(launcher.toString(), "archive-classes"), Map.of());
    assertEquals(new Ran(0, "", ""), made);
    assertUsed(home);
    return home;
  }

  private static void cut(Path archive) throws Exception {
    try (FileChannel channel = FileChannel.open(archive, StandardOpenOption.WRITE)) {
      channel.truncate(1_000_000);
    }
  }

  private static void assertUsed(Path home) throws Exception {
    Ran ran = Ran.command(List.of(home.resolve("bin/navette").toString(), "--version"), LOADED);
    assertTrue(ran.out().contains(FROM_ARCHIVE), ran::out);
  }

  /** What the JVM brings along is still mapped: an archive that does not fit costs nothing. */
  private static void assertIgnored(Path home) throws Exception {
    Ran ran = Ran.command(List.of(home.resolve("bin/navette").toString(), "--version"), LOADED);
    assertEquals(0, ran.exit(), ran::err);
    assertEquals("", ran.err());
    assertFalse(ran.out().contains(FROM_ARCHIVE), ran::out);
    assertTrue(ran.out().contains("java.lang.String source: shared objects file"), ran::out);
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
