package fr.epiconcept.navette.flux.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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

  @Test
  void rootBecomesTheUser() {
    assertEquals(
        List.of("setpriv", "--reuid=33", "--regid=34", "--init-groups", "--"),
        text(RunAs.prefix(WWW, 0, List.of("A"))));
  }

  @Test
  void anybodyElseAsksSudoAndNamesTheVariablesThatItMustKeep() {
    assertEquals(
        List.of("sudo", "-n", "--preserve-env=A,NAVETTE_RUN", "-u", "www-data", "--"),
        text(RunAs.prefix(WWW, 1000, List.of("PATH", "A", "HOME"))));
  }

  @Test
  void theUserItselfNeedsNothing() {
    assertEquals(List.of(), RunAs.prefix(WWW, 33, List.of()));
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
