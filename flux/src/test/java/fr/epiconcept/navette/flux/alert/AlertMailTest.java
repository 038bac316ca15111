package fr.epiconcept.navette.flux.alert;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.alert.Alert.Origin;
import fr.epiconcept.navette.flux.config.AlertClass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample that mails, with a program in sendmail's place that keeps what it is given. */
class AlertMailTest {
  private static final Path MAIL =
      Path.of("../conf/alerts/alert-mail").toAbsolutePath().normalize();

  @TempDir Path folder;
  private Path sendmail;
  private final AlertCommand command = new AlertCommand(Duration.ofSeconds(20));

  @BeforeEach
  void putSendmailThere() throws Exception {
    sendmail = folder.resolve("sendmail");
    Files.writeString(
        sendmail,
        "#!/bin/sh\necho \"$@\" > '%s/options'\ncat > '%s/mail'\n".formatted(folder, folder));
    Files.setPosixFilePermissions(sendmail, fromString("rwxr-xr-x"));
  }

  private Optional<String> mail(Alert alert, String... words) {
    List<String> all = new ArrayList<>(List.of(MAIL.toString(), "--sendmail", sendmail.toString()));
    all.addAll(List.of(words));
    return command.run(all, alert);
  }

  private static Alert dead(String name, String reason) {
    return Alert.news(
            AlertClass.DEAD,
            new Origin("ingest", "files1"),
            Optional.of(Told.LABO),
            Told.START,
            Told.START,
            name + " is a dead letter: " + reason,
            Map.of("reason", reason))
        .about(Optional.of(new FileId("01M84Z0JV38N63DNTHRZ7PR7PT")), Optional.of(name))
        .folding(36, Told.START, List.of("b.hl7"));
  }

  @Test
  void mailsWhatHappenedToEverybody() throws Exception {
    assertEquals(
        Optional.empty(),
        mail(
            dead("é.hl7", "exit 1"),
            "--from",
            "navette@example.org",
            "ops@example.org",
            "night+navette@example.org"));

    String mail = Files.readString(folder.resolve("mail"));
    String[] parts = mail.split("\n\n", 2);
    assertEquals("-i -t\n", Files.readString(folder.resolve("options")));
    assertEquals(
        List.of(
            "From: navette@example.org",
            "To: ops@example.org, night+navette@example.org",
            "Subject: [navette] files1 labo: dead (and 36 more)",
            "X-Navette-Alert: dead",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=UTF-8",
            "Content-Transfer-Encoding: 8bit"),
        parts[0].lines().toList());
    assertTrue(parts[1].startsWith("é.hl7 is a dead letter: exit 1\n"), mail);
    assertTrue(parts[1].contains("\nid: 01M84Z0JV38N63DNTHRZ7PR7PT\n"), mail);
    assertTrue(parts[1].contains("also stands for 36 more"), mail);
  }

  @Test
  void noNameAndNoReasonBecomesAHeader() throws Exception {
    String nasty = "a\r\nBcc: x@example.org\r\n\r\nbody$(touch x)`touch y`";

    assertEquals(Optional.empty(), mail(dead(nasty, nasty), "ops@example.org"));

    String mail = Files.readString(folder.resolve("mail"));
    assertFalse(mail.contains("\nBcc"), mail);
    assertFalse(mail.contains("\r"), mail);
    assertEquals("To: ops@example.org", mail.lines().findFirst().orElseThrow());
    assertTrue(mail.contains("$(touch x)`touch y`"), mail);
  }

  @Test
  void whatIsNoAddressIsRefused() {
    for (String bad : List.of("a@b\nBcc: c@d", "-bs", "a b@c", "\"|sh\"@x", "")) {
      Optional<String> failure = mail(dead("a", "b"), bad);
      assertTrue(failure.orElse("").startsWith("exit 64: alert-mail: "), failure::toString);
    }
    assertTrue(mail(dead("a", "b")).orElse("").contains("to whom?"));
    assertFalse(Files.exists(folder.resolve("mail")));
  }

  @Test
  void sendmailsFailureIsItsOwn() throws Exception {
    Files.writeString(sendmail, "#!/bin/sh\necho 'no queue' >&2\nexit 75\n");

    assertEquals(Optional.of("exit 75: no queue"), mail(dead("a", "b"), "ops@example.org"));
  }
}
