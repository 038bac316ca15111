package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that need no daemon. */
class CommandsTest {
  @TempDir Path folder;
  private String config;

  @BeforeEach
  void layOut() throws Exception {
    config = Files.createDirectory(folder.resolve("etc")).toString();
  }

  @Test
  void checkNamesEveryFaultAndEndsWithTwo() throws Exception {
    Files.createDirectory(folder.resolve("etc/flux.d"));
    Files.writeString(folder.resolve("etc/navette.yml"), "rnu: /run/navette\n");
    Files.writeString(folder.resolve("etc/flux.d/labo.yml"), "ingset:\n  inbox: here\n");

    Called called = Called.navette("check", "--offline", "--config", config);

    assertEquals(2, called.exit(), called::toString);
    assertTrue(called.out().contains(config + "/navette.yml:1:"), called::out);
    assertTrue(called.out().contains(config + "/flux.d/labo.yml:1:"), called::out);
    assertEquals("", called.err());
  }

  @Test
  void accountsAreAddedListedAndRemoved() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "s3cret of web1\nmore\n");

    Called added =
        navetteAccounts(
            "add", "web1", "--flux=radio", "--flux=labo", "--password-file=" + password);
    Called admin = navetteAccounts("add", "boss", "--admin", "--password-file=" + password);
    Called listed = navetteAccounts("list");
    Called removed = navetteAccounts("remove", "web1");
    Called again = navetteAccounts("remove", "web1");

    assertEquals(new Called(0, "", ""), added);
    assertEquals(new Called(0, "", ""), admin);
    assertEquals(new Called(0, "boss\t(admin)\nweb1\tlabo radio\n", ""), listed);
    assertEquals(new Called(0, "", ""), removed);
    assertEquals(new Called(1, "", "navette accounts remove: there is no account web1\n"), again);
  }

  @Test
  void noPasswordIsKeptAsItIs() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "s3cret of web1\n");
    navetteAccounts("add", "web1", "--flux=labo", "--password-file=" + password);

    try (var files = Files.walk(folder.resolve("etc"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(Files.readString(file).contains("s3cret"), file::toString);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "add web1",
        "add web1 --flux=labo --admin",
        "add web1 --flux=../labo",
        "add we/b1 --flux=labo --password-file=/dev/null",
        "add web1 --flux=labo --password-file=/dev/null",
        "add web1 --flux=labo",
        "remove",
        "remove a/b",
        "",
        "lst"
      })
  void accountsRefuseInOneLineWhatIsNoGoodCall(String call) {
    Called called = navetteAccounts(call.isEmpty() ? new String[0] : call.split(" "));

    assertEquals(2, called.exit(), called::toString);
    assertEquals(1, called.err().lines().count(), called::err);
    assertTrue(called.err().startsWith("navette accounts"), called::err);
  }

  @Test
  void certificatesAreMadeOnceAndNeverOverwritten() throws Exception {
    Called made = Called.navette("certs", "create", "--config", config, "files1", "10.0.0.5");
    byte[] key = Files.readAllBytes(folder.resolve("etc/tls/server.key"));
    Called again = Called.navette("certs", "create", "--config", config, "files1");

    assertEquals(new Called(0, "made in " + config + "/tls\n", ""), made);
    assertEquals(1, again.exit(), again::toString);
    assertEquals(1, again.err().lines().count(), again::err);
    assertEquals(key.length, Files.readAllBytes(folder.resolve("etc/tls/server.key")).length);
  }

  @Test
  void eachCommandExplainsItselfWithExamples() {
    for (String command : new String[] {"check", "out", "accounts", "certs"}) {
      Called help = Called.navette(command, "--help");

      assertEquals(0, help.exit(), command);
      assertTrue(help.out().contains("Examples:"), help::out);
    }
  }

  private Called navetteAccounts(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "accounts";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    if (arguments.length > 0) {
      all = Arrays.copyOf(all, all.length + 1);
      all[all.length - 1] = "--config=" + config;
    }
    return Called.navette(all);
  }
}
