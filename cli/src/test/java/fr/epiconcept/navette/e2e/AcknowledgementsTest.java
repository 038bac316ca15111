package fr.epiconcept.navette.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The three ways in which an answer goes home, and where it lands. */
@ExtendWith(TellsOnFailure.class)
class AcknowledgementsTest {
  @TempDir static Path folder;
  private static TwoServers servers;

  @BeforeAll
  static void start() throws Exception {
    servers =
        TwoServers.in(folder)
            .with(
                Flux.named("fromscript"),
                Flux.named("slowly"),
                Flux.named("byrename"),
                Flux.named("bycommand"),
                Flux.named("incommand")
                    .script(Tool.NAVETTE + " out \"$NAVETTE_FLUX\" \"$NAVETTE_FILE\"\n"),
                Flux.named("suffix"),
                Flux.named("overwrite"),
                Flux.named("hold"),
                Flux.named("away"));
    for (String rule : List.of("overwrite", "hold")) {
      Path out = servers.flux(rule).out();
      Yaml.change(
          servers,
          "etc-files",
          rule,
          "out: " + out,
          "out: {path: " + out + ", if-exists: " + rule + "}");
    }
    servers.startBoth();
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  private static Path awaitOut(String flux, String name) {
    Path answer = servers.flux(flux).out().resolve(name);
    TwoServers.awaitThat(answer + " is there", () -> Files.exists(answer));
    return answer;
  }

  private static Set<String> out(String flux) throws Exception {
    return Content.files(servers.flux(flux).out()).stream()
        .map(file -> file.getFileName().toString())
        .collect(Collectors.toSet());
  }

  private static void staysAway(String flux, String name) {
    Path answer = servers.flux(flux).out().resolve(name);
    await("it is not sent yet")
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(10))
        .until(() -> !Files.exists(answer));
  }

  @Test
  void aScriptsAnswerIsTiedToItsFile() throws Exception {
    servers.deposit("fromscript", "a", "a");
    awaitOut("fromscript", "ack-a");
    await().untilAsserted(Books.of(servers, "fromscript")::balance);
    var lines = servers.ingestLog("fromscript");
    var deposited = lines.stream().filter(l -> l.event().equals("deposited")).findAny().get();
    var answered = lines.stream().filter(l -> l.event().equals("acknowledged")).findAny().get();
    assertEquals(deposited.id(), answered.id());
  }

  @Test
  void anAnswerThatAnApplicationWritesSlowlyGoesHomeWhole() throws Exception {
    Flux flux = servers.flux("slowly");
    byte[] half = new byte[100_000];
    try (OutputStream out = Files.newOutputStream(flux.workerOut().resolve("report.pdf"))) {
      out.write(half);
      out.flush();
      staysAway("slowly", "report.pdf");
      out.write(half);
    }
    assertArrayEquals(new byte[200_000], Files.readAllBytes(awaitOut("slowly", "report.pdf")));
    assertEquals(List.of(), Content.files(flux.workerOut()));
  }

  @Test
  void anAnswerThatIsRenamedIntoPlaceGoesHomeUnderItsLastName() throws Exception {
    Flux flux = servers.flux("byrename");
    Path temp = Files.writeString(flux.workerOut().resolve("report.tmp"), "whole");
    staysAway("byrename", "report.tmp");
    Files.move(temp, flux.workerOut().resolve("report.hl7"));
    assertEquals("whole", Files.readString(awaitOut("byrename", "report.hl7")));
    assertEquals(Set.of("report.hl7"), out("byrename"));
  }

  @Test
  void anAnswerIsHandedInByTheCommand() throws Exception {
    Path file = Files.writeString(folder.resolve("by hand.hl7"), "by hand");
    Tool.run(
            Tool.NAVETTE,
            "out",
            "--config",
            servers.worker().config().toString(),
            "bycommand",
            file.toString())
        .succeeded();
    assertEquals("by hand", Files.readString(awaitOut("bycommand", "by hand.hl7")));
    assertTrue(Files.exists(file), "the file itself stays");
  }

  @Test
  void anAnswerThatTheCommandHandsInWithinAScriptIsTiedToItsFile() throws Exception {
    servers.deposit("incommand", "a", "a");
    awaitOut("incommand", "a");
    await().untilAsserted(Books.of(servers, "incommand").answered("")::balance);
    var lines = servers.workerLog("incommand");
    var received = lines.stream().filter(l -> l.event().equals("received")).findAny().get();
    var answered = lines.stream().filter(l -> l.event().equals("answered")).findAny().get();
    assertEquals(received.id(), answered.id());
  }

  private static void answer(String flux, String text) throws Exception {
    Path out = servers.flux(flux).workerOut();
    Path hidden = Files.writeString(out.resolve(".new"), text);
    Files.move(hidden, out.resolve("a.hl7"));
    TwoServers.awaitThat("taken", () -> !Files.exists(out.resolve("a.hl7")));
  }

  @Test
  void aTakenNameGetsANumber() throws Exception {
    answer("suffix", "one");
    awaitOut("suffix", "a.hl7");
    answer("suffix", "two");
    assertEquals("two", Files.readString(awaitOut("suffix", "a.2.hl7")));
    assertEquals("one", Files.readString(servers.flux("suffix").out().resolve("a.hl7")));
  }

  @Test
  void aTakenNameIsOverwrittenWhereTheFluxSaysSo() throws Exception {
    answer("overwrite", "one");
    Path out = awaitOut("overwrite", "a.hl7");
    answer("overwrite", "two");
    TwoServers.awaitThat("overwritten", () -> Files.readString(out).equals("two"));
    assertEquals(Set.of("a.hl7"), out("overwrite"));
  }

  @Test
  void aTakenNameMakesAnAnswerWaitWhereTheFluxSaysSoAndOthersPass() throws Exception {
    answer("hold", "one");
    Path out = awaitOut("hold", "a.hl7");
    answer("hold", "two");
    servers.deposit("hold", "b", "b");
    awaitOut("hold", "ack-b");
    assertEquals("one", Files.readString(out));
    assertEquals(Set.of("a.hl7", "ack-b"), out("hold"));
    Files.delete(out);
    assertEquals("two", Files.readString(awaitOut("hold", "a.hl7")));
  }

  @Test
  void answersWaitWhileOutIsNotThere() throws Exception {
    Flux flux = servers.flux("away");
    Path elsewhere = Files.move(flux.out(), flux.out().resolveSibling("elsewhere"));
    servers.deposit("away", "a", "a");
    TwoServers.awaitThat(
        "said",
        () ->
            servers.ingestLog("away").stream().anyMatch(line -> line.event().equals("suspended")));
    Files.move(elsewhere, flux.out());
    Path answer = awaitOut("away", "ack-a");
    assertArrayEquals("a".getBytes(StandardCharsets.UTF_8), Files.readAllBytes(answer));
    await().untilAsserted(Books.of(servers, "away")::balance);
  }
}
