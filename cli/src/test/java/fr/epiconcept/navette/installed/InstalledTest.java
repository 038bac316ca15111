package fr.epiconcept.navette.installed;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The life of the package on two servers, in the order in which it is lived: installed, configured,
 * killed, rotated, reloaded, stopped, upgraded, removed, purged. What failed once makes the rest
 * mean nothing.
 */
@ResourceLock(Hosts.LOCK)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class InstalledTest {
  private static final Path FIRST_FLUX = Path.of("src/test/resources/installed/first-flux.md");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String INGEST = "navette-ingest";
  private static final String WORKER = "navette-worker";

  private static Hosts hosts;
  private static Host files1;
  private static Host front1;
  private static boolean broken;
  private boolean done;

  @BeforeAll
  static void boot() throws Exception {
    hosts = Hosts.boot("files1", "front1", "ci");
    files1 = hosts.host("files1");
    front1 = hosts.host("front1");
  }

  @AfterAll
  static void shutDown() {
    if (hosts != null) {
      hosts.close();
    }
  }

  @BeforeEach
  void whatWentBeforeIsFine() {
    assumeTrue(!broken, "something before this failed");
  }

  @AfterEach
  void tellWhatWentWrong(TestInfo test) throws Exception {
    if (!done && !broken) {
      broken = true;
      System.out.println(test.getDisplayName() + "\n" + hosts.told());
    }
  }

  // --- installed -------------------------------------------------------------------------------

  @Test
  @Order(10)
  void installationAsksNothingAndStartsNothing() throws Exception {
    for (String host : List.of("files1", "front1", "ci")) {
      hosts.run(host, "dpkg --install /root/navette_*_all.deb </dev/null").succeeded();
      assertEquals(
          "disabled\ndisabled\n",
          hosts.run(host, "systemctl is-enabled " + INGEST + " " + WORKER).output());
      // Without a configuration they are skipped, which is no failure
      hosts.run(host, "systemctl start " + INGEST + " " + WORKER).succeeded();
      assertEquals(
          "inactive\ninactive\n",
          hosts.run(host, "systemctl is-active " + INGEST + " " + WORKER).output());
      assertEquals("", hosts.run(host, "pgrep -u navette").output());
    }
    done = true;
  }

  @Test
  @Order(11)
  void foldersHaveTheirOwnersAndTheCommandItsArchive() throws Exception {
    assertEquals(
        """
        root:navette 750 /etc/navette
        root:navette 750 /etc/navette/accounts
        root:navette 750 /etc/navette/flux.d
        root:navette 750 /etc/navette/tls
        navette:navette 750 /var/lib/navette
        navette:navette 750 /var/spool/navette
        root:root 755 /var/log/epiconcept
        navette:navette 2750 /var/log/epiconcept/flux
        navette:navette 755 /run/navette
        """,
        files1
            .run(
                "stat -c '%U:%G %a %n' /etc/navette /etc/navette/accounts /etc/navette/flux.d /etc/navette/tls"
                    + " /var/lib/navette /var/spool/navette /var/log/epiconcept /var/log/epiconcept/flux"
                    + " /run/navette")
            .succeeded());
    files1.run("test -s /usr/share/navette/lib/archive/navette.jsa.for").succeeded();
    files1.run("dpkg --verify navette | grep . && exit 1; exit 0").succeeded();
    files1.run("navette --version && navette check --help").succeeded();
    done = true;
  }

  /** Whoever installs it twice, or is interrupted between, has the same. */
  @Test
  @Order(12)
  void maintainerScriptsMayRunAgain() throws Exception {
    files1
        .run(
            "cd /var/lib/dpkg/info && chmod 0700 /var/lib/navette && ./navette.postinst configure"
                + " && ./navette.postinst configure 0 && ./navette.postrm upgrade 0"
                + " && stat -c %a /var/lib/navette | grep -x 700 && chmod 0750 /var/lib/navette")
        .succeeded();
    done = true;
  }

  @Test
  @Order(13)
  void lintianFindsNoError() throws Exception {
    done = true;
    Answer found = Command.run(List.of("sh", "-c", "command -v lintian"));
    assumeTrue(found.exit() == 0, "needs lintian");
    done = false;
    Command.run(List.of("lintian", "--allow-root", "--fail-on", "error", Hosts.deb().toString()))
        .succeeded();
    done = true;
  }

  // --- configured ------------------------------------------------------------------------------

  @Test
  @Order(20)
  void aFirstFileGoesAndItsAnswerComesBack() throws Exception {
    new DocumentRunner(hosts, PATIENCE).run(FIRST_FLUX);
    assertEquals("navette\n", mainUser(files1, INGEST));
    assertEquals("navette\n", mainUser(front1, WORKER));
    done = true;
  }

  private static String mainUser(Host host, String unit) throws Exception {
    return host.run("ps -o user= -p $(systemctl show -P MainPID " + unit + ")").succeeded();
  }

  @Test
  @Order(21)
  void nothingElseIsOpenToTheDaemons() throws Exception {
    String inside = "nsenter -t $(systemctl show -P MainPID " + INGEST + ") -m -- ";
    for (String closed : List.of("/etc/navette", "/usr/share/navette", "/space/../srv", "/root")) {
      String told = files1.run(inside + "touch " + closed + "/x").output();
      assertTrue(told.contains("Read-only file system"), told);
    }
    String capabilities =
        files1
            .run(
                "grep -E '^Cap(Prm|Bnd|Amb)' /proc/$(systemctl show -P MainPID "
                    + INGEST
                    + ")/status")
            .succeeded();
    assertEquals(3, capabilities.split("\t0000000000000000\n", -1).length - 1, capabilities);
    done = true;
  }

  /** One mount for all: what is moved is renamed, and so has its inode still. */
  @Test
  @Order(22)
  void aFileIsRenamedAllItsWay() throws Exception {
    files1
        .run("printf 'MSH|^~\\\\&|A|B|C|D|1||ORU^R01|I1|P|2.5\\r' >/space/home/labo/renamed.hl7")
        .succeeded();
    files1.run("chmod 644 /space/home/labo/renamed.hl7").succeeded();
    String inode = files1.run("stat -c %i /space/home/labo/renamed.hl7").succeeded().strip();
    files1.run("mv /space/home/labo/renamed.hl7 /space/home/labo/inbox/").succeeded();
    appears(files1, "/space/archives/labo/*/*-renamed.hl7");
    assertEquals(
        inode, files1.run("stat -c %i /space/archives/labo/*/*-renamed.hl7").succeeded().strip());
    done = true;
  }

  /** The application is www-data, and no member of the group navette. */
  @Test
  @Order(23)
  void theApplicationHandsInAnAcknowledgement() throws Exception {
    front1.write("/var/tmp/LATER.hl7", "MSA|AA\r");
    front1.run("chmod 644 /var/tmp/LATER.hl7").succeeded();
    front1.runAs("www-data", "navette out labo /var/tmp/LATER.hl7").succeeded();
    appears(files1, "/space/home/labo/out/LATER.hl7");
    done = true;
  }

  /** What docs/sizing.md has; the time of the processor, for others use this machine too. */
  @Test
  @Order(24)
  void daemonsStartSoonAndStaySmall() throws Exception {
    for (Host host : List.of(files1, front1)) {
      String unit = host == files1 ? INGEST : WORKER;
      String told =
          host.run(
                  ("systemctl restart %1$s && pid=$(systemctl show -P MainPID %1$s)"
                          + " && awk '{ print \"ready after \" ($14 + $15) * 10 \" ms of processor time\" }' /proc/$pid/stat"
                          + " && grep -E '^(Rss|Pss|Anonymous)' /proc/$pid/smaps_rollup | tr -s ' '")
                      .formatted(unit))
              .succeeded();
      System.out.println(unit + "\n" + told);
      int resident = Integer.parseInt(told.replaceAll("(?s).*Rss: (\\d+) kB.*", "$1"));
      assertTrue(resident < 300_000, told);
    }
    done = true;
  }

  // --- killed ----------------------------------------------------------------------------------

  @Test
  @Order(30)
  void systemdStartsAgainWhatWasKilled() throws Exception {
    for (Host host : List.of(files1, front1)) {
      String unit = host == files1 ? INGEST : WORKER;
      host.run("systemctl kill --kill-whom=main --signal=KILL " + unit).succeeded();
      await().atMost(PATIENCE).until(() -> restarts(host, unit) == 1 && isActive(host, unit));
      passes("after-kill-of-" + unit);
    }
    done = true;
  }

  /** A process that stands still is no process that dies: only the watchdog sees it. */
  @Test
  @Order(31)
  void theWatchdogEndsADaemonThatStandsStill() throws Exception {
    dropIn(files1, INGEST, "watchdog", "WatchdogSec=4\nTimeoutAbortSec=2");
    files1.run("systemctl restart " + INGEST).succeeded();
    files1.run("systemctl kill --kill-whom=main --signal=STOP " + INGEST).succeeded();
    await().atMost(PATIENCE).until(() -> restarts(files1, INGEST) == 1);
    await().atMost(PATIENCE).until(() -> isActive(files1, INGEST));
    String journal = files1.run("journalctl -u " + INGEST).succeeded();
    assertTrue(journal.contains("Watchdog timeout (limit 4s)"), journal);
    files1.run("rm /run/systemd/system/*/watchdog.conf; systemctl daemon-reload").succeeded();
    files1.run("systemctl restart " + INGEST).succeeded();
    passes("after-watchdog");
    done = true;
  }

  private static int restarts(Host host, String unit) throws Exception {
    return Integer.parseInt(host.run("systemctl show -P NRestarts " + unit).succeeded().strip());
  }

  private static boolean isActive(Host host, String unit) throws Exception {
    return host.run("systemctl is-active " + unit).exit() == 0;
  }

  private static void dropIn(Host host, String unit, String name, String lines) throws Exception {
    String folder = "/run/systemd/system/" + unit + ".service.d";
    host.run("mkdir -p " + folder).succeeded();
    host.write(folder + "/" + name + ".conf", "[Service]\n" + lines + "\n");
    host.run("systemctl daemon-reload").succeeded();
  }

  // --- rotated, reloaded, stopped --------------------------------------------------------------

  @Test
  @Order(40)
  void logsGoOnWhenTheyAreRotated() throws Exception {
    for (Host host : List.of(files1, front1)) {
      host.run("logrotate --force /etc/logrotate.d/navette").succeeded();
      host.run("test -e /var/log/epiconcept/flux/labo.log-*").succeeded();
    }
    passes("after-rotation");
    for (Host host : List.of(files1, front1)) {
      host.run("grep -q after-rotation /var/log/epiconcept/flux/labo.log").succeeded();
      assertEquals(
          "navette:navette 640\n",
          host.run("stat -c '%U:%G %a' /var/log/epiconcept/flux/labo.log").succeeded());
    }
    done = true;
  }

  /** A flux more, below the folder that is open already. */
  @Test
  @Order(41)
  void aReloadTakesUpAnotherFlux() throws Exception {
    String before = mainPid(front1, WORKER) + mainPid(files1, INGEST);
    files1
        .run(
            "install -d -m 2770 -o labo -g navette /space/home/labo/slow"
                + " && install -d -m 2750 -o navette -g navette /space/archives/slow /space/quarantine/slow"
                + " && navette accounts grant front1 --flux slow")
        .succeeded();
    files1.write(
        "/etc/navette/flux.d/slow.yml",
        """
        ingest:
          inbox: /space/home/labo/slow
          archive: /space/archives/slow
          quarantine: /space/quarantine/slow
        """);
    front1
        .run(
            "install -d -m 2770 -o navette -g www-data /space/applistmp/slow/in /space/applistmp/slow/done")
        .succeeded();
    front1.write(
        "/etc/navette/flux.d/slow.yml",
        """
        worker:
          storage: /space/applistmp/slow/in
          script: [sh, -c, 'echo begins; sleep 5; echo ends']
          archive: /space/applistmp/slow/done
        """);
    files1.run("systemctl reload " + INGEST).succeeded();
    front1.run("systemctl reload " + WORKER).succeeded();
    files1.run("echo x >/space/home/labo/slow/first").succeeded();
    appears(front1, "/space/applistmp/slow/done/*/*-first");
    assertEquals(before, mainPid(front1, WORKER) + mainPid(files1, INGEST));
    done = true;
  }

  private static String mainPid(Host host, String unit) throws Exception {
    return host.run("systemctl show -P MainPID " + unit).succeeded();
  }

  /**
   * Longer than the unit's limit: the daemon has asked systemd for the time that navette.yml gives
   * it.
   */
  @Test
  @Order(42)
  void aStopLetsTheRunningScriptEnd() throws Exception {
    dropIn(front1, WORKER, "hurry", "TimeoutStopSec=2");
    files1.run("echo x >/space/home/labo/slow/long").succeeded();
    String log = "/var/log/epiconcept/flux/slow.log";
    await()
        .atMost(PATIENCE)
        .until(() -> front1.run("grep -c line=begins " + log).output().equals("2\n"));

    front1.run("systemctl stop " + WORKER).succeeded();

    String told = front1.run("cat " + log).succeeded();
    assertEquals(2, told.split("line=ends\n.* processed exit=0", -1).length - 1, told);
    assertEquals("success\n", front1.run("systemctl show -P Result " + WORKER).output());
    front1.run("rm /run/systemd/system/*/hurry.conf; systemctl daemon-reload").succeeded();
    front1.run("systemctl start " + WORKER).succeeded();
    done = true;
  }

  // --- the drop-ins ----------------------------------------------------------------------------

  @Test
  @Order(50)
  void scriptsOfOtherUsersAndOwnersNeedTheSampleDropInsOnly() throws Exception {
    String samples = "/usr/share/doc/navette/examples/systemd/drop-ins/";
    String drop = "/etc/systemd/system/navette-worker.service.d/";
    front1
        .run(
            "install -d -m 2770 -o navette -g www-data /space/applistmp/slow/out"
                + " && cp %1$srun-as.conf %1$sowner.conf %2$s".formatted(samples, drop))
        .succeeded();
    front1.write(
        "/etc/navette/flux.d/slow.yml",
        """
        worker:
          storage: {path: /space/applistmp/slow/in, owner: www-data, mode: "0640"}
          script: [sh, -c, 'grep CapEff /proc/self/status; id -un; cat "$NAVETTE_FILE"; id >"$NAVETTE_OUT/who"']
          run-as: www-data
          archive: /space/applistmp/slow/done
          out: /space/applistmp/slow/out
        """);
    front1.run("systemctl daemon-reload && systemctl restart " + WORKER).succeeded();
    files1.run("echo read-by-www-data >/space/home/labo/slow/mine").succeeded();
    String log = "/var/log/epiconcept/flux/slow.log";
    await()
        .atMost(PATIENCE)
        .until(() -> front1.run("tail -n 9 " + log + " | grep -q 'answered.*who'").exit() == 0);
    String told = front1.run("tail -n 12 " + log).succeeded();
    assertTrue(told.contains("line=www-data"), told);
    assertTrue(told.contains("line=read-by-www-data"), told);
    assertTrue(Pattern.compile("CapEff:.{1,2}0000000000000000").matcher(told).find(), told);
    assertEquals(
        "www-data\n", front1.run("stat -c %U /space/applistmp/slow/done/*/*-mine").succeeded());
    front1.run("rm %1$srun-as.conf %1$sowner.conf".formatted(drop)).succeeded();
    done = true;
  }

  @Test
  @Order(51)
  void thePasswordMayBeACredentialOfSystemd() throws Exception {
    front1
        .run(
            "cp /usr/share/doc/navette/examples/systemd/drop-ins/credential.conf"
                + " /etc/systemd/system/navette-worker.service.d/ && rm /etc/navette/flux.d/slow.yml"
                + " && chown root: /etc/navette/front1.password && chmod 600 /etc/navette/front1.password"
                + " && sed -i 's|password-file:.*|password-file: /run/credentials/navette-worker.service/front1|'"
                + " /etc/navette/navette.yml && systemctl daemon-reload && systemctl restart "
                + WORKER)
        .succeeded();
    passes("by-credential");
    done = true;
  }

  // --- upgraded --------------------------------------------------------------------------------

  @Test
  @Order(60)
  void anUpgradeRestartsWhatRunsAndKeepsTheRest() throws Exception {
    front1.run("systemctl disable " + WORKER).succeeded();
    files1.run("echo '# mine' >>/etc/default/navette").succeeded();
    for (Host host : List.of(files1, front1)) {
      String unit = host == files1 ? INGEST : WORKER;
      String before = mainPid(host, unit);
      host.run(
              "dpkg-deb -R /root/navette_*_all.deb /root/newer"
                  + " && sed -i 's/^Version: .*/Version: 9.9/' /root/newer/DEBIAN/control"
                  + " && dpkg-deb -Znone -b /root/newer /root/newer.deb"
                  + " && dpkg --install /root/newer.deb </dev/null")
          .succeeded();
      assertNotEquals(before, mainPid(host, unit));
      await().atMost(PATIENCE).until(() -> isActive(host, unit));
    }
    assertEquals("enabled\n", files1.run("systemctl is-enabled " + INGEST).output());
    assertEquals("disabled\n", files1.run("systemctl is-enabled " + WORKER).output());
    assertEquals("disabled\n", front1.run("systemctl is-enabled " + WORKER).output());
    assertEquals("# mine\n", files1.run("tail -n 1 /etc/default/navette").output());
    passes("after-upgrade");
    done = true;
  }

  @Test
  @Order(61)
  void anotherJavaHasAnotherArchiveOfClasses() throws Exception {
    files1.run("rm -r /usr/share/navette/lib/archive").succeeded();
    files1
        .run(
            "dpkg-trigger --by-package=openjdk-17-jre-headless /usr/lib/jvm && dpkg --configure --pending")
        .succeeded();
    files1.run("test -s /usr/share/navette/lib/archive/navette.jsa").succeeded();
    done = true;
  }

  // --- removed, purged -------------------------------------------------------------------------

  @Test
  @Order(70)
  void removalStopsAndLeavesWhatWasWritten() throws Exception {
    files1.run("dpkg --remove navette").succeeded();
    assertEquals("", files1.run("pgrep -u navette").output());
    files1.run("! test -e /usr/share/navette && ! test -e /usr/bin/navette").succeeded();
    files1
        .run(
            "test -e /etc/navette/navette.yml && test -e /etc/default/navette && test -d /var/lib/navette/broker"
                + " && ls /space/archives/labo/*/*-after-upgrade.hl7")
        .succeeded();
    done = true;
  }

  @Test
  @Order(71)
  void aPurgeNeverTakesAFileOfAPartner() throws Exception {
    files1.run("install -o navette /dev/null /var/spool/navette/a-deposit").succeeded();
    String told = files1.run("dpkg --purge navette").succeeded();
    assertTrue(
        told.contains(
            "navette: left, with their user navette, since files of partners, logs and keys may be there:"
                + " /etc/navette /var/spool/navette /var/lib/navette /var/log/epiconcept/flux\n"),
        told);
    files1
        .run(
            "test -e /var/spool/navette/a-deposit && test -e /etc/navette/tls/ca.key"
                + " && test -e /var/log/epiconcept/flux/labo.log && id navette"
                + " && ! test -e /etc/default/navette && ! test -e /etc/logrotate.d/navette"
                + " && ! test -e /etc/systemd/system/multi-user.target.wants/navette-ingest.service")
        .succeeded();
    done = true;
  }

  @Test
  @Order(72)
  void aPurgeOfWhatWasNeverUsedLeavesNothing() throws Exception {
    String told = hosts.run("ci", "dpkg --purge navette").succeeded();
    assertFalse(told.contains("left"), told);
    hosts
        .run(
            "ci",
            "! id navette 2>/dev/null && ! test -e /etc/navette && ! test -e /var/lib/navette"
                + " && ! test -e /var/spool/navette && ! test -e /var/log/epiconcept"
                + " && ! test -e /run/navette && find / -xdev -name '*navette*' ! -path '/proc/*' ! -path '/root/*'"
                + " ! -path '/var/log/*' ! -path '/sys/*' | grep . && exit 1; exit 0")
        .succeeded();
    done = true;
  }

  // --- what a file does ------------------------------------------------------------------------

  private static void passes(String name) throws Exception {
    files1
        .run(
            "sed 's/SIL0000001/%1$s/' /root/ORU_0001.hl7 >/space/home/labo/%1$s.hl7".formatted(name)
                + " && chmod 644 /space/home/labo/%1$s.hl7".formatted(name)
                + " && mv /space/home/labo/%1$s.hl7 /space/home/labo/inbox/".formatted(name))
        .succeeded();
    appears(files1, "/space/home/labo/out/ACK_" + name + ".hl7");
  }

  private static void appears(Host host, String path) {
    await()
        .atMost(PATIENCE)
        .pollInterval(300, TimeUnit.MILLISECONDS)
        .until(() -> host.run("ls " + path).exit() == 0);
  }
}
