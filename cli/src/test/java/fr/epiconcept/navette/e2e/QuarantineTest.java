package fr.epiconcept.navette.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is taken from an inbox, when, and what is set aside. */
@ExtendWith(TellsOnFailure.class)
class QuarantineTest {
  @TempDir static Path folder;
  private static TwoServers servers;

  @BeforeAll
  static void start() throws Exception {
    servers =
        TwoServers.in(folder)
            .with(
                Flux.named("checked")
                    .check(
                        "grep -q PID \"$1\" || { echo 'no patient'; echo 'bad' >&2; exit 1; }\n"),
                Flux.named("patient").check("[ -e \"" + folder + "/good\" ] || exit 75\n"),
                Flux.named("okfolder").ingest("ready: {marker: \".ok/{name}\"}"),
                Flux.named("oksuffix").ingest("ready: {marker: \"{name}.ok\"}"),
                Flux.named("hashed").ingest("ready: {hash: true}"),
                Flux.named("noempty").ingest("ready: {empty: quarantine}"),
                Flux.named("waits").ingest("ready: {empty: wait}"),
                Flux.named("picky").ingest("ready: {ignore: [\"*.bak\"], match: [\"*.hl7\"]}"));
    Files.createDirectory(servers.flux("okfolder").inbox().resolve(".ok"));
    servers.startBoth();
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      servers.assertNeverRestarted();
    } finally {
      servers.close();
    }
  }

  private static void awaitAnswer(String flux, String name) {
    Path answer = servers.flux(flux).out().resolve("ack-" + name);
    TwoServers.awaitThat(answer + " is there", () -> Files.exists(answer));
  }

  private static void staysSo(String what, Callable<Boolean> state) {
    await(what).during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(10)).until(state);
  }

  private static void settled(Books books) {
    await().atMost(TwoServers.PATIENCE).untilAsserted(books::nothingUnderWay);
  }

  @Test
  void aRefusedDepositStandsInQuarantineWithItsReason() throws Exception {
    servers.deposit("checked", "bad.hl7", "nothing in it");
    servers.deposit("checked", "good.hl7", "PID|1");
    awaitAnswer("checked", "good.hl7");
    Books books = Books.of(servers, "checked").quarantined(List.of("bad.hl7"));
    settled(books);
    books.balance();
    List<Path> there = Content.files(servers.flux("checked").quarantine());
    assertEquals(2, there.size(), there.toString());
    Path reason =
        there.stream().filter(file -> file.toString().endsWith("reason.txt")).findAny().get();
    String text = Files.readString(reason);
    assertTrue(text.contains("no patient") && text.contains("bad"), text);
    assertTrue(text.contains("the check answered 1"), text);
  }

  @Test
  void aCheckThatSaysNotYetIsAskedAgain() throws Exception {
    servers.deposit("patient", "a.hl7", "a");
    Flux flux = servers.flux("patient");
    TwoServers.awaitThat(
        "not yet",
        () ->
            servers.ingestLog("patient").stream()
                .anyMatch(line -> line.event().equals("check-not-yet")));
    assertEquals(List.of(), Content.files(flux.storage()));
    Files.createFile(folder.resolve("good"));
    awaitAnswer("patient", "a.hl7");
    assertEquals(List.of(), Content.files(flux.quarantine()));
  }

  @Test
  void aMarkerInItsFolderSaysWhenAndGoesOnceItIsPublished() throws Exception {
    Path inbox = servers.flux("okfolder").inbox();
    waitsForCompanion("okfolder", inbox.resolve(".ok/m.hl7"), "");
  }

  @Test
  void aMarkerBesideItSaysWhenAndGoesOnceItIsPublished() throws Exception {
    Path inbox = servers.flux("oksuffix").inbox();
    waitsForCompanion("oksuffix", inbox.resolve("m.hl7.ok"), "");
  }

  @Test
  void aHashBesideItMustAgree() throws Exception {
    Flux flux = servers.flux("hashed");
    Files.writeString(flux.inbox().resolve("m.hl7.sha256"), "0".repeat(64) + "  m.hl7\n");
    String sha256 = Content.sha256("m.hl7".getBytes(StandardCharsets.UTF_8));
    waitsForCompanion("hashed", flux.inbox().resolve("m.hl7.sha256"), sha256 + "  m.hl7\n");
  }

  private static void waitsForCompanion(String name, Path companion, String text)
      throws IOException, InterruptedException {
    Flux flux = servers.flux(name);
    servers.deposit(name, "m.hl7", "m.hl7");
    staysSo("it waits", () -> Files.exists(flux.inbox().resolve("m.hl7")));
    Files.writeString(companion, text);
    awaitAnswer(name, "m.hl7");
    TwoServers.awaitThat(companion + " is gone", () -> !Files.exists(companion));
    settled(Books.of(servers, name));
    assertEquals(1, Content.files(flux.archive()).size(), "no companion is a deposit");
  }

  @Test
  void anEmptyFileGoesWhereItsFluxWantsIt() throws Exception {
    servers.deposit("noempty", "empty", "");
    servers.deposit("noempty", "full", "full");
    Flux waits = servers.flux("waits");
    Files.createFile(waits.inbox().resolve("grows"));
    awaitAnswer("noempty", "full");
    Books books = Books.of(servers, "noempty").quarantined(List.of("empty"));
    settled(books);
    books.balance();
    staysSo("it waits", () -> Files.exists(waits.inbox().resolve("grows")));
    Files.writeString(waits.inbox().resolve("grows"), "now");
    awaitAnswer("waits", "grows");
    assertEquals("now", Files.readString(waits.out().resolve("ack-grows")));
  }

  @Test
  void whatThePatternsLeaveOutStays() throws Exception {
    Flux flux = servers.flux("picky");
    List<String> left =
        List.of("a.hl7.bak", "b.txt", ".hidden.hl7", "c.hl7.tmp", "d.hl7.part", "e.hl7.filepart");
    for (String name : left) {
      Files.writeString(flux.inbox().resolve(name), name);
    }
    servers.deposit("picky", "taken.hl7", "taken");
    awaitAnswer("picky", "taken.hl7");
    staysSo(
        "they stay",
        () -> left.stream().allMatch(name -> Files.exists(flux.inbox().resolve(name))));
    assertFalse(Files.exists(flux.inbox().resolve("taken.hl7")));
  }
}
