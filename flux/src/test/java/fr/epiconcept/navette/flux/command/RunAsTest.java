package fr.epiconcept.navette.flux.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.linux.Libc;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunAsTest {
  private static final Account WWW = new Account("www-data", 33, 34, "/var/www");

  private static final List<String> SETPRIV =
      List.of(
          "setpriv",
          "--reuid=33",
          "--regid=34",
          "--init-groups",
          "--inh-caps=-all",
          "--ambient-caps=-all",
          "--");

  @Test
  void rootBecomesTheUser() {
    assertEquals(SETPRIV, text(RunAs.prefix(WWW, 0, true, List.of("A"))));
    assertEquals(SETPRIV, text(RunAs.prefix(WWW, 0, false, List.of("A"))));
  }

  @Test
  void whoMayBecomeOthersNeedsNoSudo() {
    assertEquals(SETPRIV, text(RunAs.prefix(WWW, 1000, true, List.of("A"))));
  }

  /** As a unit of systemd starts it, by AmbientCapabilities. */
  @Test
  void aScriptKeepsNothingOfWhatTheDaemonMay() throws Exception {
    assumeTrue(Libc.geteuid() == 0, "needs root");
    List<String> daemon =
        List.of(
            "setpriv",
            "--reuid=65533",
            "--regid=65533",
            "--clear-groups",
            "--inh-caps=-all,+setuid,+setgid",
            "--ambient-caps=-all,+setuid,+setgid",
            "--");
    List<String> command = new ArrayList<>(daemon);
    command.addAll(text(RunAs.prefix(WWW, 65533, true, List.of())));
    command.addAll(List.of("grep", "-E", "^(Uid|Cap(Inh|Prm|Eff|Amb)):", "/proc/self/status"));

    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(0, process.waitFor(), printed);
    String none = "\t0000000000000000\n";
    assertEquals(
        "Uid:\t33\t33\t33\t33\nCapInh:"
            + none
            + "CapPrm:"
            + none
            + "CapEff:"
            + none
            + "CapAmb:"
            + none,
        printed);
  }

  @Test
  void capabilitiesAreReadAsTheKernelWritesThem() {
    Capabilities both = Capabilities.of(List.of("CapPrm:\t00000000000000ff", "CapEff:\t00c0"));
    assertTrue(both.has(Capabilities.SETGID, Capabilities.SETUID));
    assertFalse(Capabilities.of(List.of("CapEff:\t0080")).has(6, 7));
    assertFalse(Capabilities.of(List.of("Name:\tjava")).has(7));
  }

  @Test
  void anybodyElseAsksSudoAndNamesTheVariablesThatItMustKeep() {
    assertEquals(
        List.of("sudo", "-n", "--preserve-env=A,NAVETTE_RUN", "-u", "www-data", "--"),
        text(RunAs.prefix(WWW, 1000, false, List.of("PATH", "A", "HOME"))));
  }

  @Test
  void theUserItselfNeedsNothing() {
    assertEquals(List.of(), RunAs.prefix(WWW, 33, true, List.of()));
  }

  @Test
  void refusesAUserThatTheSystemDoesNotKnow() {
    assertThrows(IllegalArgumentException.class, () -> RunAs.prefix("no-such-user"));
    assertThrows(IllegalArgumentException.class, () -> RunAs.identity("no-such-user"));
  }

  @Test
  void theScriptIsThatUserAndSeesItsEnvironment() throws Exception {
    assumeTrue(Libc.geteuid() == 0, "needs root");
    Account nobody = Account.named("nobody").orElseThrow();
    Map<String, byte[]> environment = new HashMap<>(RunAs.identity("nobody"));
    environment.put("PATH", "/usr/bin:/bin".getBytes(StandardCharsets.US_ASCII));
    environment.put("NAVETTE_ID", "été".getBytes(StandardCharsets.ISO_8859_1));
    List<byte[]> words =
        List.of(
            "sh".getBytes(StandardCharsets.US_ASCII),
            "-c".getBytes(StandardCharsets.US_ASCII),
            "id -u; id -g; echo $USER; printf %s \"$NAVETTE_ID\" | od -An -tx1"
                .getBytes(StandardCharsets.US_ASCII));
    Command command =
        new Command(words, environment, Optional.empty()).behind(RunAs.prefix("nobody"));
    List<String> printed = new ArrayList<>();

    End end =
        Run.start(command, "run-as-test")
            .await(Duration.ofSeconds(20), Duration.ofSeconds(1), (s, text) -> printed.add(text));

    assertEquals(0, end.code());
    assertEquals(List.of("" + nobody.uid(), "" + nobody.gid(), "nobody", " e9 74 e9"), printed);
  }

  private static List<String> text(List<byte[]> words) {
    return words.stream().map(word -> new String(word, StandardCharsets.UTF_8)).toList();
  }
}
