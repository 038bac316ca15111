package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FluxRefusalTest {
  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = ConfigFolder.in(temp).flux("good", ConfigFolder.INGEST);
  }

  /** Each line is added to a section without a fault, as its fifth (ingest) or fourth line. */
  static Stream<Arguments> lines() {
    return Stream.of(
        arguments(
            "ingest",
            "arhcive: /a",
            3,
            "unknown key 'arhcive' in ingest: did you mean 'archive'? known keys: inbox, spool,"),
        arguments("ingest", "zzzzz: /a", 3, "unknown key 'zzzzz' in ingest: known keys: inbox,"),
        arguments(
            "ingest",
            "spool: srv/spool",
            10,
            "ingest.spool: 'srv/spool' is a relative path: expected one that begins with '/'"),
        arguments("ingest", "spool: ~/spool", 10, "ingest.spool: '~/spool' is a relative path"),
        arguments(
            "ingest", "spool: file:///srv", 10, "ingest.spool: 'file:///srv' is a URL: expected"),
        arguments("ingest", "spool: \"/a\\0b\"", 10, "ingest.spool: no value may hold a NUL"),
        arguments("ingest", "spool:", 9, "ingest.spool: has no value"),
        arguments("ingest", "spool: [/a]", 10, "ingest.spool: expected a single value, not a list"),
        arguments(
            "ingest",
            "spool: {path: /a}",
            10,
            "ingest.spool: expected a single value, not a set of keys"),
        arguments("ingest", "spool: !!str /a", 10, "a tag (such as !!str) means nothing here"),
        arguments(
            "ingest",
            "spool: *nowhere",
            10,
            "'*nowhere' refers to no anchor that is complete above"),
        arguments("ingest", "inbox: /b", 3, "the key 'inbox' stands in line 2 already"),
        arguments("ingest", "out: {owner: labo}", 3, "ingest.out: missing 'path'"),
        arguments(
            "ingest",
            "out: {path: /a, mdoe: 640}",
            19,
            "unknown key 'mdoe' in ingest.out: did you mean 'mode'?"),
        arguments(
            "ingest",
            "out: {path: /a, mode: 0999}",
            25,
            "ingest.out.mode: '0999' is no mode: expected octal digits such as \"0640\""),
        arguments(
            "ingest", "out: {path: /a, mode: 4640}", 25, "ingest.out.mode: '4640' is no mode"),
        arguments(
            "ingest",
            "out: {path: /a, owner: -x}",
            26,
            "ingest.out.owner: '-x' cannot be a user or group"),
        arguments(
            "ingest",
            "out: {path: /a, if-exists: sufix}",
            30,
            "ingest.out.if-exists: unknown value 'sufix': did you mean 'suffix'? expected one of suffix, overwrite, hold"),
        arguments(
            "ingest",
            "ready: /a",
            10,
            "ingest.ready: expected keys and their values, not a single value"),
        arguments(
            "ingest",
            "ready: {quiet: 5}",
            18,
            "ingest.ready.quiet: '5' is a bare number, say a unit: expected a duration such as 500ms"),
        arguments(
            "ingest",
            "ready: {quiet: 5 minutes}",
            18,
            "ingest.ready.quiet: '5 minutes' is no duration: expected"),
        arguments(
            "ingest", "ready: {quiet: 30m1h}", 18, "ingest.ready.quiet: '30m1h' is no duration"),
        arguments(
            "ingest",
            "ready: {quiet: 2d}",
            18,
            "ingest.ready.quiet: '2d' is out of range: expected 0s to 1d"),
        arguments(
            "ingest",
            "ready: {marker: ok}",
            19,
            "ingest.ready.marker: unknown value 'ok': expected one of none, .ok/{name}, {name}.ok"),
        arguments(
            "ingest",
            "ready: {hash: yes}",
            17,
            "ingest.ready.hash: 'yes' is neither true nor false"),
        arguments(
            "ingest",
            "ready: {ignore: \"*.x\"}",
            19,
            "ingest.ready.ignore: expected a list such as [\"*.x\"], not a single value"),
        arguments(
            "ingest",
            "ready: {match: [\"[a\"]}",
            19,
            "ingest.ready.match: '[a' is a broken pattern"),
        arguments(
            "ingest",
            "ready: {match: ['re:a(b']}",
            19,
            "ingest.ready.match: 're:a(b' is no regular expression (RE2): missing closing )"),
        arguments(
            "ingest", "ready: {match: [\"a/b\"]}", 19, "ingest.ready.match: 'a/b' matches no name"),
        arguments(
            "ingest",
            "check: /bin/check {file}",
            10,
            "ingest.check: expected a list such as [/bin/check, \"{file}\"], not a single value"),
        arguments("ingest", "check: []", 10, "ingest.check: the first word must name a program"),
        arguments(
            "ingest", "check: [bin/check]", 11, "ingest.check: 'bin/check' is a relative path"),
        arguments(
            "ingest",
            "check: [\"{file}\"]",
            11,
            "ingest.check: the program itself cannot be a placeholder"),
        arguments(
            "ingest",
            "check: [a, {file}]",
            14,
            "ingest.check: expected a single value, not a set of keys (put a word in braces in quotes: \"{file}\")"),
        arguments(
            "ingest",
            "check: [a, \"{fiel}\"]",
            14,
            "ingest.check: unknown placeholder {fiel}: did you mean {file}? known ones: {file}, {name}, {id}, {flux}"),
        arguments(
            "ingest",
            "check: [a, \"{attempt}\"]",
            14,
            "ingest.check: unknown placeholder {attempt}: known ones"),
        arguments(
            "ingest",
            "check-timeout: 0s",
            18,
            "ingest.check-timeout: '0s' is out of range: expected 1ms to 7d"),
        arguments(
            "worker",
            "broker: file1",
            11,
            "worker.broker: unknown broker 'file1': did you mean 'files1'? navette.yml knows files1"),
        arguments(
            "worker",
            "concurrency: 0",
            16,
            "worker.concurrency: 0 is out of range: expected 1 to 64"),
        arguments("worker", "concurrency: 65", 16, "worker.concurrency: 65 is out of range"),
        arguments(
            "worker",
            "concurrency: many",
            16,
            "worker.concurrency: 'many' is no whole number: expected 1 to 64"),
        arguments(
            "worker",
            "concurrency: 99999999999999999999",
            16,
            "worker.concurrency: '99999999999999999999' is no whole number"),
        arguments(
            "worker",
            "output-limit: 64",
            17,
            "worker.output-limit: '64' is a bare number, say a unit"),
        arguments(
            "worker",
            "output-limit: 64Kib",
            17,
            "worker.output-limit: '64Kib' is no size: expected a size such as 100B, 64KiB"),
        arguments(
            "worker",
            "output-limit: 2GiB",
            17,
            "worker.output-limit: '2GiB' is out of range: expected 0B to 1GiB"),
        arguments(
            "worker",
            "on-failure: halt",
            15,
            "worker.on-failure: unknown value 'halt': expected one of continue, stop"),
        arguments(
            "worker",
            "on-interrupt: Hold",
            17,
            "worker.on-interrupt: unknown value 'Hold': did you mean 'hold'?"),
        arguments("worker", "env: {A-B: c}", 9, "env: 'A-B' is no variable"),
        arguments(
            "worker", "env: {NAVETTE_ID: c}", 9, "env: 'NAVETTE_ID' is set by Navette itself"),
        arguments(
            "worker",
            "env: {A: \"{nmae}\"}",
            12,
            "worker.env.A: unknown placeholder {nmae}: did you mean {name}?"),
        arguments("worker", "env: {A: }", 11, "worker.env.A: has no value"),
        arguments(
            "worker", "env: [A=b]", 8, "worker.env: expected keys and their values, not a list"),
        arguments(
            "worker",
            "php-fpm: /run/fpm.sock",
            12,
            "worker.php-fpm: '/run/fpm.sock' is no address: expected unix:/run/php/"),
        arguments("worker", "php-fpm: tcp:a:0", 12, "worker.php-fpm: port 0 is out of range"),
        arguments("worker", "run-as: a b", 11, "worker.run-as: 'a b' cannot be a user"),
        arguments("worker", "retry: {attempts: 0}", 21, "worker.retry.attempts: 0 is out of range"),
        arguments(
            "worker",
            "retry: {multiplier: 0.5}",
            23,
            "worker.retry.multiplier: 0.5 is out of range: expected 1 to 100"),
        arguments(
            "worker",
            "retry: {exit-codes: [0]}",
            24,
            "worker.retry.exit-codes: 0 is out of range: expected 1 to 255"),
        arguments(
            "worker",
            "retry: {delay: 1h}",
            18,
            "worker.retry.delay: the delay of 1h is longer than the max-delay of 10m"),
        arguments("worker", "storage: {path: /a}", 3, "the key 'storage' stands in line 2 already"),
        arguments(
            "worker",
            "out-ready: {<<: word}",
            19,
            "'<<' takes over keys: expected *name, not a single value"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("lines")
  void namesThePlaceAndWhatIsExpected(String section, String line, int column, String what)
      throws IOException {
    String base = section.equals("ingest") ? ConfigFolder.INGEST : ConfigFolder.WORKER;
    int number = base.split("\n", -1).length;
    folder.flux("labo", base + "  " + line + "\n");

    Fault fault = onlyFault();
    assertEquals(number + ":" + column, fault.line() + ":" + fault.column(), fault.what());
    assertTrue(fault.what().startsWith(what), fault.what());
  }

  private static String sftp(String inbox, String more) {
    return "ingest:\n  inbox: "
        + inbox
        + "\n  archive: /arc\n  quarantine: /q\n  sftp: {known-hosts: /k, key-file: /key"
        + more
        + "}\n";
  }

  private static String fpm(String lines) {
    return "worker:\n  storage: /s\n  php-fpm: unix:/run/fpm.sock\n  " + lines + "\n";
  }

  /** Files as a whole. */
  static Stream<Arguments> files() {
    return Stream.of(
        arguments("", "1:1", "the file is empty"),
        arguments("# nothing\n", "1:1", "the file is empty"),
        arguments("---\n", "1:1", "the file is empty"),
        arguments("- a\n", "1:1", "expected keys and their values, not a list"),
        arguments("word\n", "1:1", "expected keys and their values, not a single value"),
        arguments("{}\n", "1:1", "neither 'ingest' nor 'worker'"),
        arguments("ingest:\n", "1:8", "ingest: has no value"),
        arguments("ingest: {inbox: /a}\n", "1:1", "ingest: missing 'archive', 'quarantine'"),
        arguments("worker: {script: [a]}\n", "1:1", "worker: missing 'storage'"),
        arguments(fpm("script: [/a.php, b]"), "4:11", "worker.script: with php-fpm it is one word"),
        arguments(
            fpm("script: [php]"), "4:11", "worker.script: with php-fpm it is the absolute path"),
        arguments(fpm("script: [/a.sh]"), "4:11", "worker.script: with php-fpm it is the absolute"),
        arguments(
            fpm("script: [/a.php]\n  run-as: www-data"),
            "5:11",
            "worker.run-as: the pool of php-fpm"),
        arguments(
            fpm("script: [/a.php]\n  folder: /a"), "5:11", "worker.folder: the pool of php-fpm"),
        arguments(
            fpm("script: [/a.php]\n  env: {PHP_VALUE: a}"),
            "5:8",
            "worker.env: PHP_VALUE would stay"),
        arguments(
            "ingest: {inbox: 'sftp://a@b/c', archive: /a, quarantine: /q}\n",
            "1:17",
            "ingest.inbox: on an SFTP server: ingest.sftp must say how to log in there"),
        arguments(sftp("sftp://b/c", ""), "2:10", "ingest.inbox: 'sftp://b/c' is no folder on an"),
        arguments(
            sftp("sftp://a:b@c/d", ""),
            "2:10",
            "ingest.inbox: a password does not belong into the URL"),
        arguments(sftp("sftp://a@b:0/c", ""), "2:10", "ingest.inbox: port 0 is out of range"),
        arguments(sftp("sftp://a@b", ""), "2:10", "ingest.inbox: 'sftp://a@b' is no folder on an"),
        arguments(sftp("/a", ""), "5:9", "ingest.sftp: neither inbox nor out is on an SFTP server"),
        arguments(
            sftp("sftp://a@b/c", ", password-file: /p"),
            "5:58",
            "ingest.sftp.password-file: expected either key-file or password-file, not both"),
        arguments(
            sftp("sftp://a@b/c", "") + "  recursive: true\n",
            "6:14",
            "ingest.recursive: sub-folders of an inbox on an SFTP server are left alone"),
        arguments(
            sftp("sftp://a@b/c", ", taken: move"),
            "5:50",
            "ingest.sftp.taken: move: expected move-to"),
        arguments(
            sftp("sftp://a@b/c", ", move-to: x"),
            "5:52",
            "ingest.sftp.move-to: 'x' is a relative path"),
        arguments(
            sftp("sftp://a@b/c", ", move-to: /c"),
            "5:52",
            "ingest.sftp.move-to: that is the inbox"),
        arguments(
            sftp("sftp://a@b/c", ", move-to: /d, taken: keep"),
            "5:52",
            "ingest.sftp.move-to: taken says otherwise"),
        arguments(
            sftp("sftp://a@b/c", "") + "  out: sftp://a@other/out\n",
            "6:8",
            "ingest.out: on another server"),
        arguments(
            sftp("sftp://a@b/c", "") + "  out: {path: 'sftp://a@b/out', owner: labo}\n",
            "6:40",
            "ingest.out.owner: on an SFTP server files belong"),
        arguments(
            sftp("sftp://a@b/c", "") + "  ready: {marker: '.ok/{name}'}\n",
            "6:10",
            "ingest.ready: marker: with an inbox on an SFTP server"),
        arguments(
            sftp("sftp://a@b/c", "") + "  after: [x]\n",
            "6:10",
            "ingest.after: an inbox on an SFTP server belongs to one flux"),
        arguments(ConfigFolder.INGEST + "---\na: b\n", "6:1", "a second document begins here"),
        arguments("ingest:\n\tinbox: /a\n", "2:1", "a tab: indent with spaces only"),
        arguments(
            "ingest:\n  inbox: " + "[".repeat(1_001),
            "2:1008",
            "too much of one thing, or too deep"),
        arguments("ingest:\n  inbox: /a\n spool: /b\n", "3:2", "this does not go on with what"),
        arguments("ingest: a: b\n", "1:10", "a ':' is not expected here"),
        arguments("a: b\nc\nd: e\n", "2:1", "a ':' is missing after this word"),
        arguments("a: \"b\nc: d\n", "1:4", "the quote that opens here is never closed"),
        arguments("a: 'b\n", "1:4", "the quote that opens here is never closed"),
        arguments("a: [b\nc: d\n", "2:2", "expected a comma or the end of what '[' opened at 1:4"),
        arguments("a: {b: c\n", "2:1", "expected a comma or the end of what '{' opened at 1:4"),
        arguments("a: {name}.ok\n", "1:10", "this does not go on with what stands above"),
        arguments("a: [*.tmp]\n", "1:5", "'*' begins a reference here: put a pattern in quotes"),
        arguments("a: &\n", "1:4", "'&' begins an anchor here"),
        arguments("a: @b\n", "1:4", "a value cannot begin with this character"),
        arguments("a: \"\\q\"\n", "1:6", "an unknown escape"),
        arguments("a:\n  b: \u0001\n", "2:6", "a character that no text has (U+0001)"),
        arguments("? [a]\n: b\n", "1:4", "this is no key"),
        arguments("a: &x [*x]\n", "1:1", "unknown key 'a': known keys: ingest, worker"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("files")
  void refusesABrokenFileInPlainWords(String yaml, String place, String what) throws IOException {
    folder.flux("labo", yaml);

    Fault fault = folder.read().faults().get(0);
    assertEquals(place, fault.line() + ":" + fault.column(), fault.what());
    assertTrue(fault.what().startsWith(what), fault.what());
    assertFalse(fault.what().matches("(?s).*(snakeyaml|jackson|Exception|\\n).*"), fault.what());
    assertOnlyTheOtherRuns();
  }

  @Test
  void tellsAllFaultsOfAFileAtOnce() throws IOException {
    folder.flux(
        "labo",
        """
        ingest:
          inbox: in
          archive: /a
          ready: {quiet: 5, hash: maybe}
          out: {pth: /o}
        worker:
          storage: [/s]
          script: php x.php
        wroker: {}
        """);

    List<String> places =
        folder.read().faultsOf(new FluxName("labo")).stream()
            .map(fault -> fault.line() + ":" + fault.column())
            .toList();
    assertEquals(
        List.of("1:1", "2:10", "4:18", "4:27", "5:3", "5:9", "7:12", "8:11", "9:1"), places);
  }

  @Test
  void keepsDownTheBrokenFluxOnly() throws IOException {
    folder.flux("labo", "ingest: {}\n");

    assertOnlyTheOtherRuns();
    assertTrue(folder.read().hasErrors());
    assertTrue(folder.read().flux(new FluxName("labo")).isEmpty());
  }

  @Test
  void refusesBadNamesAndEndingsOfFiles() throws IOException {
    folder.flux("a.b", ConfigFolder.INGEST);
    folder.flux(".hidden", "broken: [");
    Path yaml = Files.writeString(temp.resolve("flux.d/labo.yaml"), ConfigFolder.INGEST);
    Files.writeString(temp.resolve("flux.d/labo.yml~"), "broken: [");

    List<Fault> faults = folder.read().faults();
    assertEquals(List.of(folder.fluxFile("a.b"), yaml), faults.stream().map(Fault::file).toList());
    assertTrue(faults.get(0).what().startsWith("'a.b' cannot name a flux"), faults.toString());
    assertTrue(faults.get(1).what().contains("ends in '.yml'"), faults.toString());
    assertEquals(1, folder.read().fluxes().size());
  }

  @Test
  void refusesAFolderWhereAFileIsExpected() throws IOException {
    Files.createDirectory(folder.fluxFile("labo"));
    assertEquals(folder.fluxFile("labo") + ": is no regular file", onlyFault().toString());
  }

  @Test
  void refusesAFileThatIsNotUtf8() throws IOException {
    byte[] latin1 = "ingest:\n  inbox: /srv/entrée\n".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(folder.fluxFile("labo"), latin1);
    Fault fault = onlyFault();
    assertEquals("2:19", fault.line() + ":" + fault.column());
    assertTrue(fault.what().startsWith("a byte that is no UTF-8"), fault.what());
  }

  @Test
  void refusesAHugeFileUnread() throws IOException {
    folder.flux("labo", "#".repeat(ConfigText.MAX_BYTES + 1));
    assertTrue(onlyFault().what().startsWith("is larger than 1MiB"));
  }

  @Test
  void asksForTheBrokerWhereThereAreSeveral() throws IOException {
    folder.main(
        ConfigFolder.MAIN
            + "    files2: {url: \"tls://b:1\", account: a, password-file: /etc/p}\n");
    folder.flux("labo", ConfigFolder.WORKER);
    assertEquals(
        folder.fluxFile("labo")
            + ":1:1: worker.broker: missing, and navette.yml knows several: files1, files2",
        onlyFault().toString());
  }

  @Test
  void nestedAnchorsCostNothing() throws IOException {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 60; i++) {
      String last = "*a" + (i - 1);
      bomb.append("a%d: &a%d [%s, %s, %s]\n".formatted(i, i, last, last, last));
    }
    folder.flux("labo", ConfigFolder.INGEST + bomb + "worker: *a59\n");
    assertEquals(61, folder.read().faultsOf(new FluxName("labo")).size());
    assertOnlyTheOtherRuns();
  }

  @Test
  void noNameForgesALine() throws IOException {
    folder.flux("labo", "\"a\\nb: forged\": 1\n" + ConfigFolder.INGEST);
    assertFalse(onlyFault().toString().contains("\n"), onlyFault().toString());
  }

  private Fault onlyFault() {
    Configuration configuration = folder.read();
    assertEquals(1, configuration.faults().size(), configuration.faults().toString());
    assertOnlyTheOtherRuns();
    return configuration.faults().get(0);
  }

  private void assertOnlyTheOtherRuns() {
    assertEquals(
        List.of("good"), folder.read().fluxes().stream().map(flux -> flux.name().value()).toList());
  }
}
