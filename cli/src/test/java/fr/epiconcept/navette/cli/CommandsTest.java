package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

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
  void checkSaysWhatIsOfNoUseOnThatMachine() throws Exception {
    Path fluxes = Files.createDirectory(folder.resolve("etc/flux.d"));
    Files.writeString(
        folder.resolve("etc/navette.yml"),
        "ingest:\n  broker:\n    tls: {certificate: /c, key: /k}\n");
    Files.writeString(fluxes.resolve("README.md"), "of the repository: no flux\n");

    assertEquals(
        new Called(
            0,
            fluxes
                + ": warning: there is no flux: the daemons would have nothing to do\n"
                + config
                + ": 0 errors, 1 warning, 0 fluxes can run\n",
            ""),
        Called.navette("check", "--offline", "--config", config));

    Files.writeString(
        fluxes.resolve("labo.yml"), "worker:\n  storage: /s\n  script: [php, /x.php]\n");
    Called idle = Called.navette("check", "--offline", "--config", config);

    assertEquals(0, idle.exit(), idle::toString);
    assertTrue(
        idle.out()
            .startsWith(
                fluxes.resolve("labo.yml")
                    + ": warning: it has a section 'worker' only, and navette.yml has none"),
        idle::out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"navette", "flux"})
  void theSchemasOfTheManualArePrinted(String schema) throws Exception {
    Called called = Called.navette("schema", schema);

    assertEquals(0, called.exit(), called::toString);
    assertEquals(
        Files.readString(Path.of("../docs/schema", schema + ".schema.json")), called.out());
    assertEquals(2, Called.navette("schema", "fluxes").exit());
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "pending", "balance", "hold"})
  void aConfigurationThatIsNotThereIsSaidAsSuch(String command) throws Exception {
    String nowhere = folder.resolve("nowhere").toString();

    Called called = Called.navette(command, "--config", nowhere);

    assertEquals(
        new Called(
            2,
            "",
            "navette "
                + command
                + ": "
                + nowhere
                + ": there is no such folder: say --config DIR, or create it\n"),
        called);
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

  @Test
  void anAccountThatIsThereIsNotAddedAgain() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "s3cret\n");
    navetteAccounts("add", "web1", "--flux=labo", "--password-file=" + password);
    String before = Files.readString(folder.resolve("etc/accounts/artemis-users.properties"));

    Called again = navetteAccounts("add", "web1", "--flux=radio", "--password-file=" + password);

    assertEquals(1, again.exit(), again::toString);
    assertTrue(again.err().startsWith("navette accounts add: there is an account web1 already"));
    assertEquals("web1\tlabo\n", navetteAccounts("list").out());
    assertEquals(before, Files.readString(folder.resolve("etc/accounts/artemis-users.properties")));
  }

  @Test
  void addingAnAccountAgainChangesNothingIfItIsTheSame() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "s3cret\n");
    Path other = Files.writeString(folder.resolve("other"), "another\n");
    String[] add = {"add", "web1", "--flux=labo", "--flux=radio", "--password-file=" + password};
    Called first = navetteAccounts(with(add, "--json"));
    Path users = folder.resolve("etc/accounts/artemis-users.properties");
    Object written = Files.getLastModifiedTime(users);

    assertEquals(new Called(0, "{\"changed\":true}\n", ""), first);
    assertEquals(new Called(0, "unchanged\n", ""), navetteAccounts(add));
    assertEquals(new Called(0, "{\"changed\":false}\n", ""), navetteAccounts(with(add, "--json")));
    assertEquals(written, Files.getLastModifiedTime(users));

    add[4] = "--password-file=" + other;
    Called stranger = navetteAccounts(add);
    assertEquals(
        new Called(
            1,
            "",
            "navette accounts add: account web1 is there with another password: 'accounts rotate'"
                + " gives it this one\n"),
        stranger);
    add[4] = "--generate";
    assertEquals(1, navetteAccounts(add).exit());
  }

  @Test
  void grantingAgainSaysThatNothingIsChanged() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "s3cret\n");
    navetteAccounts("add", "web1", "--flux=labo", "--password-file=" + password);

    Called first = navetteAccounts("grant", "web1", "--flux=radio", "--json");
    Called second = navetteAccounts("grant", "web1", "--flux=radio", "--json");

    assertEquals(new Called(0, "{\"changed\":true}\n", ""), first);
    assertEquals(new Called(0, "{\"changed\":false}\n", ""), second);
  }

  private static String[] with(String[] words, String more) {
    String[] all = Arrays.copyOf(words, words.length + 1);
    all[words.length] = more;
    return all;
  }

  @Test
  void makingCertificatesAgainChangesNothingIfTheyAreForTheSameNames() throws Exception {
    String[] create = {"certs", "create", "--config", config, "files1", "10.0.0.5"};
    Called first = Called.navette(with(create, "--json"));
    // Somebody has brought it to a safer place.
    Files.delete(folder.resolve("etc/tls/ca.key"));
    String certificate = Files.readString(folder.resolve("etc/tls/server.crt"));

    assertEquals(new Called(0, "{\"changed\":true}\n", ""), first);
    assertEquals(
        new Called(0, "unchanged: " + config + "/tls has them\n", ""), Called.navette(create));
    assertEquals(
        new Called(0, "{\"changed\":false}\n", ""), Called.navette(with(create, "--json")));
    assertEquals(certificate, Files.readString(folder.resolve("etc/tls/server.crt")));

    Called.navette("certs", "create", "--config", config, "--folder", folder + "/other", "files1");
    Files.copy(
        folder.resolve("other/ca.crt"),
        folder.resolve("etc/tls/ca.crt"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Called mixed = Called.navette(create);
    assertEquals(1, mixed.exit(), mixed::toString);
    assertTrue(mixed.err().contains("is not of the authority in ca.crt"), mixed::err);
  }

  @Test
  void fluxesAreGrantedAndRevoked() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "s3cret\n");
    navetteAccounts("add", "web1", "--flux=labo", "--password-file=" + password);
    navetteAccounts("add", "boss", "--admin", "--password-file=" + password);

    Called granted = navetteAccounts("grant", "web1", "--flux=radio", "--flux=patients");
    Called revoked = navetteAccounts("revoke", "web1", "--flux=labo");
    Called none = navetteAccounts("revoke", "web1", "--flux=labo");
    Called nobody = navetteAccounts("grant", "web9", "--flux=labo");
    Called admin = navetteAccounts("grant", "boss", "--flux=labo");

    assertEquals(new Called(0, "web1\tlabo patients radio\n", ""), granted);
    assertEquals(new Called(0, "web1\tpatients radio\n", ""), revoked);
    assertEquals(
        new Called(1, "", "navette accounts revoke: account web1 does not serve labo\n"), none);
    assertEquals(new Called(1, "", "navette accounts grant: there is no account web9\n"), nobody);
    assertEquals(
        new Called(
            1, "", "navette accounts grant: boss is an administrator: it reaches all fluxes\n"),
        admin);
    assertEquals(
        "[{\"name\":\"boss\",\"admin\":true,\"fluxes\":[]},"
            + "{\"name\":\"web1\",\"admin\":false,\"fluxes\":[\"patients\",\"radio\"]}]\n",
        navetteAccounts("list", "--json").out());
  }

  @Test
  void aRotatedAccountHasAnotherHashAndTheSameFluxes() throws Exception {
    Path users = folder.resolve("etc/accounts/artemis-users.properties");
    Called made = navetteAccounts("add", "web1", "--flux=labo", "--generate");
    String before = Files.readString(users);

    Called rotated = navetteAccounts("rotate", "web1", "--generate");
    Called nobody = navetteAccounts("rotate", "web9", "--generate");

    assertEquals(0, rotated.exit(), rotated::toString);
    assertTrue(made.out().matches("[A-Za-z0-9_-]{32}\n"), made::out);
    assertTrue(rotated.out().matches("[A-Za-z0-9_-]{32}\n"), rotated::out);
    assertNotEquals(made.out(), rotated.out());
    assertNotEquals(before, Files.readString(users));
    assertFalse(Files.readString(users).contains(rotated.out().strip()));
    assertEquals("web1\tlabo\n", navetteAccounts("list").out());
    assertEquals(new Called(1, "", "navette accounts rotate: there is no account web9\n"), nobody);
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
        "rotate web1 --generate --password-file=/dev/null --flux=labo",
        "add web1 --flux=labo --generate --password-file=/dev/null",
        "grant web1",
        "revoke web1 --flux=../labo",
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

    assertEquals(0, made.exit(), made::toString);
    assertTrue(made.out().startsWith("made in " + config + "/tls\n"), made::out);
    assertTrue(made.out().contains("keep ca.key away from both servers"), made::out);
    assertEquals(1, again.exit(), again::toString);
    assertEquals(1, again.err().lines().count(), again::err);
    assertEquals(key.length, Files.readAllBytes(folder.resolve("etc/tls/server.key")).length);
  }

  @Test
  void certificatesAreRenewedWithTheAuthoritysKeyOnly() throws Exception {
    Called.navette("certs", "create", "--config", config, "files1", "10.0.0.5");
    Path tls = folder.resolve("etc/tls");
    Path kept = Files.move(tls.resolve("ca.key"), folder.resolve("kept.key"));
    String before = Files.readString(tls.resolve("server.crt"));
    String key = Files.readString(tls.resolve("server.key"));

    Called without = Called.navette("certs", "renew", "--config", config);
    String untouched = Files.readString(tls.resolve("server.crt"));
    Called renewed = Called.navette("certs", "renew", "--config", config, "--ca-key", "" + kept);

    assertEquals(1, without.exit(), without::toString);
    assertTrue(without.err().contains(tls.resolve("ca.key") + " does not exist"), without::err);
    assertEquals(before, untouched);
    assertEquals(0, renewed.exit(), renewed::toString);
    assertTrue(renewed.out().startsWith(tls.resolve("server.crt") + " is good until "));
    assertNotEquals(before, Files.readString(tls.resolve("server.crt")));
    assertEquals(key, Files.readString(tls.resolve("server.key")));
  }

  @Test
  void certificatesAreShownAndThoseThatEndSoonFailTheCall() {
    Called none = Called.navette("certs", "show", "--config", config);
    Called.navette("certs", "create", "--config", config, "files1", "10.0.0.5");
    Called shown = Called.navette("certs", "show", "--config", config);
    Called soon = Called.navette("certs", "show", "--config", config, "--days", "731");
    Called json = Called.navette("certs", "show", "--config", config, "--json");

    assertEquals(1, none.exit(), none::toString);
    assertEquals(1, none.err().lines().count(), none::err);
    assertEquals(0, shown.exit(), shown::toString);
    assertTrue(shown.out().contains("  names    files1 10.0.0.5\n"), shown::out);
    assertEquals(List.of("3649", "729"), daysLeft(shown));
    assertEquals(1, soon.exit(), soon::toString);
    assertTrue(soon.err().contains("server.crt ends on "), soon::err);
    assertEquals(1, soon.err().lines().count(), soon::err);
    assertEquals(0, json.exit(), json::toString);
    assertTrue(json.out().contains("\"names\":[\"files1\",\"10.0.0.5\"]"), json::out);
    assertTrue(json.out().contains("\"daysLeft\":729}"), json::out);
    assertEquals(1, json.out().lines().count(), json::out);
  }

  private static List<String> daysLeft(Called shown) {
    return shown
        .out()
        .lines()
        .filter(line -> line.startsWith("  left "))
        .map(line -> line.replaceAll("\\D", ""))
        .toList();
  }

  @Test
  void eachCommandSaysWhatItDoesWithExamplesAndExitCodes() {
    for (CommandLine command : Main.wholeCommandLine().getSubcommands().values()) {
      String name = command.getCommandName();
      Called help = Called.navette(name, "--help");

      assertEquals(0, help.exit(), name);
      assertTrue(command.getCommandSpec().usageMessage().description().length > 0, name);
      assertTrue(help.out().contains("Examples:"), help::out);
      assertTrue(help.out().contains("Exit codes:"), help::out);
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
