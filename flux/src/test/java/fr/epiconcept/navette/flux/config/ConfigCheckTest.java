package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigCheckTest {
  private static final Set<Side> BOTH = EnumSet.allOf(Side.class);

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = ConfigFolder.in(temp.resolve("config"));
    Path password = Files.writeString(temp.resolve("config/password"), "s3cret\n");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    Files.createDirectory(temp.resolve("config/accounts"));
    folder.main(
        """
        logs: %1$s/logs
        run: %1$s/run
        ingest:
          spool: %1$s/spool
          state: %1$s/state
          broker: {data: %1$s/data, listen: "tcp://127.0.0.1:0"}
        worker:
          state: %1$s/state
          brokers:
            files1: {url: "tcp://localhost:1", account: a, password-file: %2$s}
        """
            .formatted(temp, password));
    for (String name : List.of("in", "archive", "quarantine", "out", "storage", "done", "wout")) {
      Files.createDirectory(temp.resolve(name));
    }
  }

  @Test
  void findsNothingWrongAndLeavesNothingBehind() throws IOException {
    folder.flux("labo", ingest("in") + worker());
    List<String> before = tree();

    assertEquals(List.of(), check());
    assertEquals(before, tree());
  }

  @ParameterizedTest
  @CsvSource({
    "in,2:3,ingest.inbox",
    "archive,4:3,ingest.archive",
    "quarantine,5:3,ingest.quarantine",
    "out,6:9,ingest.out",
    "storage,8:3,worker.storage",
    "done,10:3,worker.archive",
    "wout,11:3,worker.out"
  })
  void namesEachFolderThatIsMissing(String missing, String place, String key) throws IOException {
    folder.flux("labo", ingest("in") + worker()).flux("other", ingestElsewhere());
    Files.delete(temp.resolve(missing));

    Fault fault = only(check());
    assertEquals(place, fault.line() + ":" + fault.column(), fault.what());
    assertTrue(
        fault.what().startsWith(key + ": there is no folder " + temp.resolve(missing) + ": create"),
        fault.what());
    assertEquals(List.of("other"), running());
  }

  @Test
  void refusesAFileWhereAFolderIsExpected() throws IOException {
    folder.flux("labo", ingest("in"));
    Files.delete(temp.resolve("archive"));
    Files.createFile(temp.resolve("archive"));
    assertEquals(
        "ingest.archive: " + temp.resolve("archive") + " is no folder", only(check()).what());
  }

  @Test
  void warnsWhereSeveralWorkersKeepNoOrder() throws IOException {
    String shared = ingest("in") + "  workers: sharing\n  order: name\n";
    folder.flux("labo", shared + worker() + "  on-failure: stop\n");
    List<String> said = check().stream().map(Fault::what).toList();
    assertEquals(2, said.size(), said::toString);
    assertTrue(said.get(0).startsWith("ingest.order: with 'workers: sharing'"), said.get(0));
    assertTrue(said.get(1).startsWith("worker.on-failure: with"), said.get(1));
    folder.flux("labo", shared.replace("sharing", "one-active") + worker());
    assertEquals(List.of(), check());
  }

  @Test
  void refusesOwnersAndGroupsThatAreUnknown() throws IOException {
    folder.flux(
        "labo",
        """
        worker:
          storage: {path: %1$s/storage, owner: nosuchuser}
          script: [sh]
          run-as: nosuchuser
        """
                .formatted(temp)
            + ingest("in").replace("path:", "group: nosuchgroup, path:"));
    assertEquals(
        List.of(
            "2:13 worker.storage: there is no user 'nosuchuser' on this machine",
            "4:3 worker.run-as: there is no user 'nosuchuser' on this machine",
            "10:29 ingest.out: there is no group 'nosuchgroup' on this machine"),
        check().stream().map(f -> f.line() + ":" + f.column() + " " + f.what()).toList());
  }

  @Test
  void refusesProgramsAndScriptsThatAreMissing() throws IOException {
    Path plain = Files.createFile(temp.resolve("plain"));
    folder.flux(
        "labo",
        """
        worker:
          storage: %1$s/storage
          script: [no-such-program, /no/such.php, "{file}"]
        """
                .formatted(temp)
            + ingest("in")
            + "  check: ["
            + plain
            + "]\n");
    assertEquals(
        List.of(
            "3:12 worker.script: no program 'no-such-program' on PATH: say its absolute path",
            "3:29 worker.script: /no/such.php does not exist",
            "10:11 ingest.check: " + plain + " is no executable file"),
        check().stream().map(f -> f.line() + ":" + f.column() + " " + f.what()).toList());
  }

  /** It may be started later, and may see other folders than we: the flux runs all the same. */
  @Test
  void warnsOfAPhpFpmAndAScriptThatAreNotThere() throws IOException {
    folder.flux(
        "labo",
        """
        worker:
          storage: %1$s/storage
          script: [%1$s/import.php]
          php-fpm: unix:%1$s/fpm.sock
        """
            .formatted(temp));
    List<Fault> faults = check();
    assertEquals(
        List.of(
            "3:3 worker.script: " + temp + "/import.php does not exist here",
            "4:3 worker.php-fpm: there is no " + temp + "/fpm.sock: files wait until php-fpm runs"),
        faults.stream().map(f -> f.line() + ":" + f.column() + " " + f.what()).toList());
    assertTrue(faults.stream().allMatch(f -> f.severity() == Fault.Severity.WARNING));
    Files.createFile(temp.resolve("import.php"));
    Files.createFile(temp.resolve("fpm.sock"));
    assertEquals(List.of(), check());
  }

  @Test
  void looksAtTheFoldersOfTheAskedSideOnly() throws IOException {
    folder.flux("labo", ingest("in") + worker());
    Files.delete(temp.resolve("storage"));
    assertEquals(List.of(), ConfigCheck.check(folder.read(), Set.of(Side.INGEST)));
  }

  @Test
  void checksASingleFluxBesideTheOthers() throws IOException {
    folder.flux("a", ingest("in")).flux("b", ingest("nowhere")).flux("c", ingest("in"));
    Configuration configuration = folder.read();
    FluxConfig c = configuration.fluxes().get(2);

    List<Fault> faults = ConfigCheck.check(configuration, c, Set.of(Side.INGEST));

    assertTrue(
        only(faults).what().contains("is the same folder as ingest.inbox"), faults::toString);
  }

  @Test
  void refusesWhatTheRealUserCannotDo() throws Exception {
    folder.flux("labo", ingest("in").replace("path:", "owner: root, path:") + worker());
    folder.flux("other", ingestElsewhere());
    try (Stream<Path> folders = Files.list(temp)) {
      for (Path path : folders.toList()) {
        Files.setAttribute(path, "unix:uid", Unprivileged.UID);
      }
    }
    Files.setAttribute(temp.resolve("config/password"), "unix:uid", Unprivileged.UID);
    Files.setAttribute(temp.resolve("in"), "unix:uid", 0);
    Files.setPosixFilePermissions(
        temp.resolve("archive"), PosixFilePermissions.fromString("r-xr-xr-x"));
    List<String> before = tree();

    List<String> lines =
        Unprivileged.run(temp, CheckProgram.class, folder.path().toString()).stream()
            .filter(line -> line.startsWith(folder.fluxFile("labo").toString()))
            .map(line -> line.substring(folder.fluxFile("labo").toString().length()))
            .toList();

    String user = "user '" + nameOfNobody() + "' cannot ";
    assertEquals(
        List.of(
            ":2:3: ingest.inbox: " + user + "create a file in " + temp + "/in: permission denied",
            ":3:3: ingest.spool: "
                + temp
                + "/spool/labo is missing and cannot be made: "
                + user
                + "create a file in "
                + temp
                + ": permission denied",
            ":4:3: ingest.archive: "
                + user
                + "create a file in "
                + temp
                + "/archive: permission denied",
            ":6:22: ingest.out: "
                + user
                + "give files in "
                + temp
                + "/out to 'root:' (Operation not permitted): a daemon that is not root needs"
                + " CAP_CHOWN for an owner, and to be in the group for a group"),
        lines.stream().filter(line -> !line.contains("warning")).toList());
    assertEquals(before, tree().stream().filter(path -> !path.startsWith("classpath")).toList());
  }

  @Test
  void warnsOfASpoolOnAnotherFileSystem() throws IOException {
    Path shm = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(shm) && !store(shm).equals(store(temp)), "needs a second one");
    Path spool = Files.createTempDirectory(shm, "navette-test");
    try {
      folder.flux("labo", ingest("in").replace(temp + "/spool/labo", spool.toString()));
      Fault fault = only(check());
      assertEquals(Fault.Severity.WARNING, fault.severity());
      assertEquals(
          "3:3 ingest.spool: "
              + spool
              + " is on another file system than the inbox: each file is copied instead of renamed",
          fault.line() + ":" + fault.column() + " " + fault.what());
      assertEquals(List.of("labo"), running());
      try (Stream<Path> left = Files.list(spool)) {
        assertEquals(0, left.count());
      }
    } finally {
      Files.delete(spool);
    }
  }

  @Test
  void theSameInboxKeepsTheLaterFluxDown() throws IOException {
    folder.flux("b", ingest("in")).flux("a", ingest("in"));

    Fault fault = only(check());
    assertEquals(folder.fluxFile("b"), fault.file());
    assertEquals("2:3", fault.line() + ":" + fault.column());
    assertTrue(fault.what().contains("is the same folder as ingest.inbox"), fault.what());
    assertTrue(fault.what().contains(folder.fluxFile("a").toString()), fault.what());
    assertTrue(fault.what().contains(folder.fluxFile("b").toString()), fault.what());
    assertEquals(List.of("a"), running());
  }

  @Test
  void seesInboxesThatOverlapThroughLinks() throws IOException {
    Path inner = Files.createDirectories(temp.resolve("in/deep/inner"));
    Files.createSymbolicLink(temp.resolve("link"), inner);
    folder.flux("a", ingest("in")).flux("b", ingest("link"));
    assertTrue(only(check()).what().contains("lies within ingest.inbox"), check()::toString);
    assertEquals(List.of("a"), running());

    folder.flux("a", ingest("link")).flux("b", ingest("in"));
    assertTrue(only(check()).what().contains("holds ingest.inbox"), check()::toString);
  }

  @Test
  void refusesAnInboxInAFolderOfAnotherFlux() throws IOException {
    Files.createDirectory(temp.resolve("archive/x"));
    folder.flux("a", ingest("in")).flux("b", ingest("archive/x"));
    List<Fault> faults = check();
    assertTrue(faults.stream().anyMatch(f -> f.what().contains("lies within ingest.archive")));
    assertEquals(List.of("a"), running());
  }

  @Test
  void refusesAnInboxThatIsItsOwnArchive() throws IOException {
    folder.flux("a", ingest("archive"));
    Fault fault = only(check());
    assertEquals("2:3", fault.line() + ":" + fault.column());
    assertTrue(fault.what().endsWith("of the same flux: give each its own folder"), fault.what());
  }

  @Test
  void refusesAnOutThatIsAStorageButNotOneWithinIt() throws IOException {
    folder.flux("a", worker().replace("/wout", "/storage"));
    assertTrue(only(check()).what().contains("is the same folder as worker.storage"));

    Files.createDirectory(temp.resolve("storage/out"));
    folder.flux("a", worker().replace("/wout", "/storage/out"));
    assertEquals(List.of(), check());
  }

  @Test
  void refusesAPasswordThatOthersCanRead() throws IOException {
    Path password = temp.resolve("config/password");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
    Fault fault = only(check());
    assertEquals("10:52", fault.line() + ":" + fault.column());
    assertTrue(
        fault.what().startsWith("worker.brokers.files1.password-file: " + password + " is open to"),
        fault.what());
  }

  @Test
  @Timeout(20)
  void aFluxWhoseFoldersHangStaysDownAlone() throws IOException {
    folder.flux("a", ingest("in")).flux("b", ingest("in"));
    CountDownLatch never = new CountDownLatch(1);
    ConfigCheck.Trial hanging =
        flux -> {
          if (flux.name().value().equals("a")) {
            try {
              never.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          return new ConfigCheck.Findings(List.of(), List.of());
        };

    Configuration read = folder.read();
    List<Fault> faults =
        new ConfigCheck(read, hanging, Duration.ofMillis(200), System::nanoTime).faults();

    assertEquals(
        folder.fluxFile("a")
            + ": its folders did not answer within 200ms: does a network file system hang?",
        only(faults).toString());
    assertEquals(
        List.of("b"), read.plus(faults).fluxes().stream().map(f -> f.name().value()).toList());
  }

  private String ingest(String inbox) {
    return """
    ingest:
      inbox: %1$s/%2$s
      spool: %1$s/spool/labo
      archive: %1$s/archive
      quarantine: %1$s/quarantine
      out: {path: %1$s/out}
    """
        .formatted(temp, inbox);
  }

  private String ingestElsewhere() throws IOException {
    Path base = Files.createDirectory(temp.resolve("elsewhere"));
    for (String name : List.of("in", "archive", "quarantine", "spool")) {
      Path made = Files.createDirectory(base.resolve(name));
      Files.setAttribute(made, "unix:uid", Unprivileged.UID);
    }
    return """
    ingest: {inbox: %1$s/in, spool: %1$s/spool, archive: %1$s/archive, quarantine: %1$s/quarantine}
    """
        .formatted(base);
  }

  private String worker() {
    return """
    worker:
      storage: %1$s/storage
      script: [sh, "{file}"]
      archive: %1$s/done
      out: %1$s/wout
    """
        .formatted(temp);
  }

  private List<Fault> check() {
    Configuration configuration = folder.read();
    assertEquals(List.of(), configuration.faults());
    return configuration.plus(ConfigCheck.check(configuration, BOTH)).faults();
  }

  private List<String> running() {
    Configuration configuration = folder.read();
    return configuration.plus(ConfigCheck.check(configuration, BOTH)).fluxes().stream()
        .map(flux -> flux.name().value())
        .toList();
  }

  private static Fault only(List<Fault> faults) {
    assertEquals(1, faults.size(), faults.toString());
    return faults.get(0);
  }

  private List<String> tree() throws IOException {
    try (Stream<Path> files = Files.walk(temp)) {
      return files.map(path -> temp.relativize(path).toString()).sorted().toList();
    }
  }

  private static FileStore store(Path path) throws IOException {
    return Files.getFileStore(path);
  }

  private static String nameOfNobody() throws IOException {
    try (Stream<String> users = Files.lines(Path.of("/etc/passwd"))) {
      return users
          .map(line -> line.split(":", -1))
          .filter(user -> user[2].equals(String.valueOf(Unprivileged.UID)))
          .map(user -> user[0])
          .findFirst()
          .orElse("uid " + Unprivileged.UID);
    }
  }
}
