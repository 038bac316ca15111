package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code navette check} says of a configuration, and what it answers to the shell. */
class CheckTest {
  @TempDir Path folder;
  private TwoServers servers;

  @BeforeEach
  void layOut() throws Exception {
    servers = TwoServers.in(folder).with(Flux.named("labo"), Flux.named("radio"));
  }

  private Tool check(String side) throws Exception {
    return Tool.run(Tool.NAVETTE, "check", "--config", folder.resolve(side).toString());
  }

  private static void tells(Tool check, String... words) {
    assertTrue(
        check.said().lines().anyMatch(line -> Stream.of(words).allMatch(line::contains)),
        () -> "no line with " + List.of(words) + " in\n" + check.said());
  }

  private void change(String side, String flux, String from, String to) throws Exception {
    Yaml.change(servers, side, flux, from, to);
  }

  @Test
  void aRightConfigurationIsRightOnBothServers() throws Exception {
    check("etc-files").succeeded();
    check("etc-front").succeeded();
  }

  @Test
  void everyFaultOfTheFileServerIsToldAtOnceWithItsLine() throws Exception {
    change("etc-files", "labo", "archive:", "archiv:");
    change("etc-files", "radio", "quarantine: /", "quarantine: ");
    Files.writeString(
        folder.resolve("etc-files/flux.d/twin.yml"),
        Files.readString(folder.resolve("etc-files/flux.d/labo.yml"))
            .replace("archiv:", "archive:"));
    Files.copy(
        folder.resolve("etc-files/flux.d/twin.yml"),
        folder.resolve("etc-files/flux.d/bad name.yml"));
    Tool check = check("etc-files");
    assertEquals(2, check.exit(), check.said());
    tells(check, "labo.yml:3:3", "archiv", "archive");
    tells(check, "radio.yml:4:", "quarantine");
    tells(check, "bad name.yml", "name");
  }

  @Test
  void twoFluxesOnOneInboxAreRefusedAlsoThroughALink() throws Exception {
    Path link = folder.resolve("other-way");
    Files.createSymbolicLink(link, servers.flux("labo").inbox());
    change("etc-files", "radio", "inbox: " + servers.flux("radio").inbox(), "inbox: " + link);
    Tool check = check("etc-files");
    assertEquals(2, check.exit(), check.said());
    tells(check, ".yml:2:", "inbox", "labo", "radio");
  }

  @Test
  void aMissingScriptAndAnOpenPasswordAreTold() throws Exception {
    Files.delete(servers.flux("labo").workerOut().resolveSibling("script"));
    Path password = folder.resolve("etc-front/password");
    Files.setPosixFilePermissions(
        password, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    Tool check = check("etc-front");
    assertEquals(2, check.exit(), check.said());
    tells(check, "labo.yml:3:", "script");
    tells(check, "navette.yml:", "password");
  }

  @Test
  void aFolderThatTheDaemonCannotUseIsTold() throws Exception {
    Path archive = servers.flux("labo").archive();
    Files.delete(archive);
    Files.writeString(archive, "a file");
    Tool check = check("etc-files");
    assertEquals(2, check.exit(), check.said());
    tells(check, "labo.yml:3:", "archive");
  }

  @Test
  void aWrongCallAnswersTwo() throws Exception {
    assertEquals(2, Tool.run(Tool.NAVETTE, "chek").exit());
    Tool nowhere = Tool.run(Tool.NAVETTE, "check", "--config", folder.resolve("none").toString());
    assertEquals(2, nowhere.exit(), nowhere.said());
    Tool daemon =
        Tool.run(Tool.NAVETTE, "worker", "--config", folder.resolve("etc-files").toString());
    assertEquals(2, daemon.exit(), daemon.said());
    tells(daemon, "has no section 'worker'");
  }
}
