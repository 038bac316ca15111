package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Fluxes come, change and go under running daemons. */
@ExtendWith(TellsOnFailure.class)
class ReloadTest {
  private static final String UNTIL_GO =
      "until [ -e \"$OUT/../go\" ]; do sleep 0.05; done\n" + Flux.ANSWERS;

  @TempDir Path folder;
  private TwoServers servers;
  private Path other;

  @BeforeEach
  void start() throws Exception {
    servers =
        TwoServers.in(folder)
            .with(
                Flux.named("long").script(UNTIL_GO),
                Flux.named("moves"),
                Flux.named("goes"),
                Flux.named("comes"));
    other = Files.createDirectories(folder.resolve("files/moves/other"));
    for (String side : List.of("etc-files", "etc-front")) {
      Files.move(file(side, "comes"), file(side, "comes").resolveSibling("comes.off"));
    }
    servers.startBoth();
  }

  @AfterEach
  void stop() throws Exception {
    servers.close();
  }

  private Path file(String side, String flux) {
    return folder.resolve(side).resolve("flux.d").resolve(flux + ".yml");
  }

  private void reload(DaemonProcess daemon, String told) throws Exception {
    long before = count(daemon, told);
    assertEquals(0, new ProcessBuilder("kill", "-HUP", "" + daemon.pid()).start().waitFor());
    TwoServers.awaitThat("it says: " + told, () -> count(daemon, told) > before);
  }

  private static long count(DaemonProcess daemon, String told) throws IOException {
    return daemon.said().lines().filter(line -> line.contains(told)).count();
  }

  private Tool diff(String side) throws Exception {
    return Tool.run(Tool.NAVETTE, "check", "--diff", "--config", folder.resolve(side).toString());
  }

  private static void says(Tool tool, String line) {
    assertTrue(tool.said().lines().anyMatch(said -> said.contains(line)), line + " in " + tool);
  }

  @Test
  void fluxesComeChangeAndGoWhileAScriptRuns() throws Exception {
    servers.deposit("long", "a", "a");
    TwoServers.awaitThat(
        "its script runs", () -> !Journal.of(servers.flux("long")).starts().isEmpty());
    Yaml.change(servers, "etc-files", "moves", servers.flux("moves").inbox() + "", other + "");
    Files.writeString(servers.flux("moves").inbox().resolve("waits.tmp"), "never ready");
    for (String side : List.of("etc-files", "etc-front")) {
      Files.delete(file(side, "goes"));
      Files.move(file(side, "comes").resolveSibling("comes.off"), file(side, "comes"));
    }
    Files.writeString(other.resolve("early"), "early");

    Tool before = diff("etc-files").succeeded();
    says(before, "+ comes new");
    says(before, "- goes removed");
    says(before, "~ moves changed");
    says(before, "ingest.inbox " + servers.flux("moves").inbox() + " → " + other);
    says(before, "1 file in " + other + ": they would be taken");
    says(before, "= 1 unchanged");
    assertEquals(List.of(), servers.ingestLog("comes"), "it only asks");

    reload(servers.ingest(), "the configuration is taken up: 1 new, 1 changed, 1 removed");
    reload(servers.worker(), "the configuration is taken up: 1 new, 1 removed");
    servers.deposit("comes", "c", "c");
    Files.writeString(servers.flux("moves").inbox().resolve("late"), "late");
    Files.writeString(servers.flux("goes").inbox().resolve("left"), "left");

    TwoServers.awaitThat("the new one works", () -> ran("comes").equals(List.of("c")));
    TwoServers.awaitThat("so does the changed one", () -> ran("moves").equals(List.of("early")));
    assertEquals(1, Journal.of(servers.flux("long")).startsOf("a"), "the script still runs");
    Files.createFile(servers.flux("long").workerOut().resolveSibling("go"));
    TwoServers.awaitThat(
        "it has ended",
        () ->
            servers.ingestLog("long").stream().anyMatch(line -> line.event().equals("processed")));
    assertEquals(1, Journal.of(servers.flux("long")).startsOf("a"), "it was not touched");
    assertTrue(Files.exists(servers.flux("moves").inbox().resolve("late")));
    assertTrue(Files.exists(servers.flux("goes").inbox().resolve("left")));
    says(diff("etc-files").succeeded(), "nothing: the configuration is the one that runs");
    says(diff("etc-front").succeeded(), "nothing: the configuration is the one that runs");
  }

  private List<String> ran(String flux) throws IOException {
    return Journal.of(servers.flux(flux)).order();
  }

  @Test
  void aBrokenOrEmptyConfigurationChangesNothing() throws Exception {
    Path main = folder.resolve("etc-files/navette.yml");
    String right = Files.readString(main);
    Files.writeString(main, right + "rnu: /x\n");
    says(diff("etc-files"), "unknown key 'rnu'");
    reload(servers.ingest(), "ERROR DaemonRun nothing is changed: " + main);
    works("long-1");

    Files.writeString(main, right);
    Path all = folder.resolve("etc-files/flux.d");
    Files.move(all, folder.resolve("etc-files/away"));
    Files.createDirectory(all);
    Tool empty = diff("etc-files");
    says(empty, "nothing at all: " + all + " has no flux that could run here");
    reload(servers.ingest(), "ERROR DaemonRun nothing is changed: " + all + " has no flux");
    works("2");

    Files.delete(all);
    Files.move(folder.resolve("etc-files/away"), all);
    Yaml.change(servers, "etc-files", "moves", "inbox:", "inbx:");
    Yaml.change(
        servers, "etc-files", "goes", servers.flux("goes").archive() + "", folder + "/no/such");
    Files.move(file("etc-files", "comes").resolveSibling("comes.off"), file("etc-files", "comes"));
    Tool faulty = diff("etc-files");
    assertEquals(2, faulty.exit());
    says(faulty, "! moves has a fault: it would go on as it runs: ");
    says(faulty, "! goes has a fault: it would go on as it runs: ");
    reload(servers.ingest(), "the configuration is taken up: 1 new, 1 unchanged, 2 faulty");
    works("3");
    servers.ingest().stop();
    assertFalse(diff("etc-files").said().contains("Exception"));
    says(diff("etc-files"), "ingest cannot be asked: no daemon runs");
  }

  /** The flux whose file is broken works on. */
  private void works(String name) throws Exception {
    servers.deposit("moves", name, name);
    TwoServers.awaitThat("it is processed", () -> ran("moves").contains(name));
    assertTrue(servers.ingest().isAlive());
  }
}
