package fr.epiconcept.navette.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.log.LogLine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What can only go wrong, or be wanted, where the inbox is on a partner's own server. */
@ExtendWith(TellsOnFailure.class)
class SftpSourceTest {
  private static final int MANY = Integer.getInteger("navette.sftp.many", 400);

  @TempDir Path folder;

  private static byte[] noise(int bytes) {
    byte[] noise = new byte[bytes];
    new Random(bytes).nextBytes(noise);
    return noise;
  }

  private static Optional<LogLine> line(TwoServers servers, String event) throws Exception {
    return servers.ingestLog("labo").stream()
        .filter(line -> line.event().equals(event))
        .findFirst();
  }

  private static boolean says(TwoServers servers, String event, String text) throws Exception {
    return servers.ingestLog("labo").stream()
        .anyMatch(line -> line.event().equals(event) && line.toString().contains(text));
  }

  private static List<String> names(Path folder) throws Exception {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  private String navette(String... words) throws Exception {
    List<String> command =
        Stream.concat(
                Stream.of(Tool.NAVETTE),
                Stream.concat(
                    Stream.of(words),
                    Stream.of("--config", folder.resolve("etc-files").toString())))
            .toList();
    return Tool.run(command.toArray(String[]::new)).said();
  }

  @Test
  void aLinkThatIsCutInTheMiddleGoesOnWhereItWas() throws Exception {
    try (PartnerServer partner = PartnerServer.in(folder);
        TwoServers servers = TwoServers.in(folder).with(Flux.named("labo").at(partner))) {
      servers.startBoth();
      partner.relay().delay(Duration.ofMillis(20));
      servers.deposit("labo", "big.bin", noise(24 << 20));
      Path parts = servers.flux("labo").spool().resolve("sftp/parts");
      for (int cut = 1; cut <= 3; cut++) {
        long least = cut * (4L << 20);
        TwoServers.awaitThat("some of it is here", () -> sizes(parts) > least);
        partner.relay().cutForWorkerOnly();
      }
      partner.relay().delay(Duration.ZERO);

      servers.awaitIdle();
      Books.of(servers, "labo").balance();
      long resumedAt =
          Long.parseLong(line(servers, "brought").orElseThrow().field("resumed-at").orElseThrow());
      assertTrue(resumedAt > 12L << 20, "resumed at " + resumedAt);
    }
  }

  private static long sizes(Path folder) throws Exception {
    long sum = 0;
    for (Path file : Content.files(folder)) {
      sum += Files.exists(file) ? Files.size(file) : 0;
    }
    return sum;
  }

  @Test
  void anAnswerThatIsCutInTheMiddleGoesOnToo() throws Exception {
    Flux labo =
        Flux.named("labo")
            .script("head -c 24000000 /dev/zero > \"$NAVETTE_OUT/ack-$NAVETTE_NAME\"");
    try (PartnerServer partner = PartnerServer.in(folder);
        TwoServers servers = TwoServers.in(folder).with(labo.at(partner))) {
      servers.startBoth();
      servers.deposit("labo", "a", "1");
      TwoServers.awaitThat("it has been brought", () -> line(servers, "brought").isPresent());
      partner.relay().delay(Duration.ofMillis(20));
      for (int cut = 1; cut <= 2; cut++) {
        long least = cut * (4L << 20);
        TwoServers.awaitThat("some of the answer is there", () -> sizes(labo.out()) > least);
        assertTrue(names(labo.out()).get(0).startsWith(".navette-"), names(labo.out()).toString());
        partner.relay().cutForWorkerOnly();
      }
      partner.relay().delay(Duration.ZERO);
      TwoServers.awaitThat(
          "the answer is whole, under its name", () -> names(labo.out()).equals(List.of("ack-a")));
      assertEquals(24_000_000, Files.size(labo.out().resolve("ack-a")));
      servers.awaitIdle();
    }
  }

  @Test
  void aServerWithAnotherKeyIsGivenNothingAndAskedForNothing() throws Exception {
    try (PartnerServer partner = PartnerServer.in(folder)) {
      partner.knows("other-host");
      try (TwoServers servers = TwoServers.in(folder).with(Flux.named("labo").at(partner))) {
        servers.startBoth();
        servers.deposit("labo", "a", "1");
        TwoServers.awaitThat(
            "the log says what it is",
            () -> says(servers, "suspended", "shows another ssh-ed25519"));
        assertTrue(navette("status").contains("shows another ssh-ed25519 key"), navette("status"));
        assertEquals(List.of("a"), names(servers.flux("labo").inbox()));

        Files.writeString(partner.knownHosts(), "");
        TwoServers.awaitThat(
            "an unknown one too",
            () -> says(servers, "suspended", "has no ssh-ed25519 key of it (it shows SHA256:"));
        partner.knows("host");
        servers.awaitIdle();
        Books.of(servers, "labo").balance();
        assertTrue(says(servers, "goes-on", "known_hosts"));
        assertFalse(
            Files.readString(folder.resolve("ingest.err")).contains("Exception"),
            "no stack trace for what the log of the flux says");
      }
    }
  }

  @Test
  void aLoginThatIsRefusedIsSaidInOneLine() throws Exception {
    try (PartnerServer partner = PartnerServer.in(folder)) {
      Path key = partner.key();
      Files.copy(key.resolveSibling("other-host"), key, StandardCopyOption.REPLACE_EXISTING);
      try (TwoServers servers = TwoServers.in(folder).with(Flux.named("labo").at(partner))) {
        servers.startBoth();
        TwoServers.awaitThat(
            "the log says it", () -> says(servers, "suspended", "in with the key " + key));
        Files.setPosixFilePermissions(
            key, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        TwoServers.awaitThat(
            "a key that others can read is not used",
            () -> says(servers, "suspended", key + " is open to everybody"));
        assertTrue(navette("check").contains("key-file: " + key + " is open"), navette("check"));
      }
    }
  }

  @Test
  void aFullDiskOfThePartnersLosesNoAnswer() throws Exception {
    Flux labo =
        Flux.named("labo").script("head -c 3000000 /dev/zero > \"$NAVETTE_OUT/ack-$NAVETTE_NAME\"");
    try (PartnerServer partner = PartnerServer.in(folder).disk("8m");
        TwoServers servers = TwoServers.in(folder).with(labo.at(partner))) {
      Path ballast = partner.folder("ballast");
      Files.write(ballast, new byte[5 << 20]);
      servers.startBoth();
      servers.deposit("labo", "a", "1");
      servers.deposit("labo", "b", "2");
      TwoServers.awaitThat(
          "the log says why nothing more is put there",
          () -> says(servers, "suspended", "is its disk full"));
      TwoServers.awaitThat("it is listed", () -> navette("pending").contains("is its disk full"));
      assertTrue(names(labo.out()).stream().noneMatch("ack-b"::equals), "none that is not whole");

      Files.delete(ballast);
      TwoServers.awaitThat(
          "both are there", () -> names(labo.out()).equals(List.of("ack-a", "ack-b")));
      servers.awaitIdle();
      assertEquals(3_000_000, Files.size(labo.out().resolve("ack-b")));
    }
  }

  @Test
  void aFileThatIsReplacedAfterItWasBroughtIsAnotherDeposit() throws Exception {
    Path mayGo = folder.resolve("may-go");
    Flux labo = Flux.named("labo").check("test -e '" + mayGo + "' || exit 75\n").ingest();
    try (PartnerServer partner = PartnerServer.in(folder);
        TwoServers servers = TwoServers.in(folder).with(labo.at(partner))) {
      servers.startBoth();
      Path there = labo.inbox().resolve("a");
      Files.writeString(there, "first");
      TwoServers.awaitThat("it is brought", () -> line(servers, "claimed").isPresent());
      await("the broker has not got it, so it stays there")
          .during(Duration.ofSeconds(3))
          .until(() -> Files.readString(there).equals("first"));
      Files.writeString(labo.inbox().resolve(".a"), "the second one");
      Files.move(labo.inbox().resolve(".a"), there, StandardCopyOption.ATOMIC_MOVE);
      Files.createFile(mayGo);

      TwoServers.awaitThat("both have come", () -> Content.files(labo.archive()).size() == 2);
      List<String> texts = new java.util.ArrayList<>();
      for (Path file : Content.files(labo.archive())) {
        texts.add(Files.readString(file));
      }
      assertEquals(List.of("first", "the second one"), texts.stream().sorted().toList());
      TwoServers.awaitThat("nothing is left", () -> names(labo.inbox()).isEmpty());
      assertTrue(line(servers, "replaced-at-source").isPresent());
    }
  }

  @Test
  void whatIsKeptThereComesOnceAndAgainOnlyWhenItHasChanged() throws Exception {
    try (PartnerServer partner = PartnerServer.in(folder).with("taken: keep");
        TwoServers servers = TwoServers.in(folder).with(Flux.named("labo").at(partner))) {
      Flux labo = servers.flux("labo");
      servers.startBoth();
      Files.writeString(labo.inbox().resolve("a"), "1");
      TwoServers.awaitThat("it comes", () -> Content.files(labo.archive()).size() == 1);
      servers.ingest().end();
      servers.ingest().start();
      Files.writeString(labo.inbox().resolve("b"), "2");
      TwoServers.awaitThat("another comes", () -> Content.files(labo.archive()).size() == 2);
      Files.writeString(labo.inbox().resolve("a"), "1, changed");
      TwoServers.awaitThat("the changed one", () -> Content.files(labo.archive()).size() == 3);
      assertEquals(List.of("a", "b"), names(labo.inbox()));
      Files.delete(labo.inbox().resolve("a"));
      Path notes = labo.spool().resolve("sftp/notes");
      TwoServers.awaitThat("no note of what is gone", () -> Content.files(notes).size() == 1);
      assertEquals(3, Content.files(labo.archive()).size());
    }
  }

  @Test
  void whatIsTakenMovesWhereThePartnerWantsIt() throws Exception {
    try (PartnerServer partner = PartnerServer.in(folder)) {
      Path sent = Files.createDirectories(partner.folder("sent"));
      partner.give(sent);
      String path = partner.url("sent").replaceFirst("sftp://[^/]*", "");
      partner.with("move-to: " + path);
      try (TwoServers servers = TwoServers.in(folder).with(Flux.named("labo").at(partner))) {
        Flux labo = servers.flux("labo");
        Files.writeString(sent.resolve("a.txt"), "an older one");
        servers.startBoth();
        servers.deposit("labo", "a.txt", "1");
        servers.deposit("labo", "b.txt", "2");
        servers.awaitIdle();
        assertEquals(List.of("a.2.txt", "a.txt", "b.txt"), names(sent));
        assertEquals("1", Files.readString(sent.resolve("a.2.txt")));
        assertEquals(List.of(), names(labo.inbox()));
      }
    }
  }

  @Test
  void aNameThatIsTakenIsReplacedOrWaitedForAsTheFluxSays() throws Exception {
    try (PartnerServer partner = PartnerServer.in(folder)) {
      Flux over =
          Flux.named("over")
              .at(partner)
              .ingest("out: {path: \"" + partner.url("over/out") + "\", if-exists: overwrite}");
      Flux held =
          Flux.named("held")
              .at(partner)
              .ingest("out: {path: \"" + partner.url("held/out") + "\", if-exists: hold}");
      try (TwoServers servers = TwoServers.in(folder).with(over, held)) {
        Files.writeString(over.out().resolve("ack-a"), "older");
        Files.writeString(held.out().resolve("ack-a"), "older");
        partner.give(over.out().resolve("ack-a"));
        servers.startBoth();
        servers.deposit("over", "a", "newer");
        servers.deposit("held", "a", "newer");
        servers.deposit("held", "b", "not held");
        TwoServers.awaitThat(
            "replaced", () -> Files.readString(over.out().resolve("ack-a")).equals("newer"));
        TwoServers.awaitThat(
            "listed as held", () -> navette("pending").contains("if-exists: hold, and there is"));
        TwoServers.awaitThat(
            "what is held holds up no other", () -> Files.exists(held.out().resolve("ack-b")));
        assertEquals("older", Files.readString(held.out().resolve("ack-a")));
        Files.delete(held.out().resolve("ack-a"));
        navette("rescan", "held");
        TwoServers.awaitThat("its name is free", () -> Files.exists(held.out().resolve("ack-a")));
        servers.awaitIdle();
      }
    }
  }

  @Test
  void anAnswerThatIsReplacedWhileItIsSentGoesToo() throws Exception {
    Flux labo =
        Flux.named("labo")
            .script("head -c \"$(cat \"$NAVETTE_FILE\")\" /dev/zero > \"$NAVETTE_OUT/ack\"");
    try (PartnerServer partner = PartnerServer.in(folder)) {
      labo.at(partner)
          .ingest("out: {path: \"" + partner.url("labo/out") + "\", if-exists: overwrite}");
      try (TwoServers servers = TwoServers.in(folder).with(labo)) {
        servers.startBoth();
        servers.deposit("labo", "a", "24000000");
        TwoServers.awaitThat("it is brought", () -> line(servers, "brought").isPresent());
        partner.relay().delay(Duration.ofMillis(20));
        TwoServers.awaitThat(
            "some of the first answer is there", () -> sizes(labo.out()) > 4L << 20);
        servers.deposit("labo", "b", "5");
        TwoServers.awaitThat(
            "the second has come home meanwhile",
            () ->
                servers.ingestLog("labo").stream()
                        .filter(line -> line.event().equals("acknowledged"))
                        .count()
                    == 2);
        partner.relay().delay(Duration.ZERO);
        TwoServers.awaitThat(
            "the newer one is there in the end",
            () ->
                names(labo.out()).equals(List.of("ack"))
                    && Files.size(labo.out().resolve("ack")) == 5);
        servers.awaitIdle();
      }
    }
  }

  @Test
  void aServerThatHangsHoldsUpItsOwnFluxOnly() throws Exception {
    try (PartnerServer hanging = PartnerServer.in(Files.createDirectory(folder.resolve("one")));
        PartnerServer other = PartnerServer.in(Files.createDirectory(folder.resolve("two")));
        TwoServers servers =
            TwoServers.in(folder)
                .with(Flux.named("labo").at(hanging), Flux.named("radio").at(other))) {
      servers.startBoth();
      hanging.relay().silence();
      servers.deposit("labo", "a", "1");
      servers.deposit("radio", "b", "2");
      TwoServers.awaitThat(
          "the other goes on", () -> names(servers.flux("radio").out()).equals(List.of("ack-b")));
      TwoServers.awaitThat("the hanging one is told", () -> line(servers, "suspended").isPresent());
      hanging.relay().speakAgain();
      servers.awaitIdle();
      Books.of(servers, "labo").balance();
      Books.of(servers, "radio").balance();
    }
  }

  @Test
  void aServerThatGoesAndComesBackIsFoundAgain() throws Exception {
    try (PartnerServer partner = PartnerServer.in(folder);
        TwoServers servers = TwoServers.in(folder).with(Flux.named("labo").at(partner))) {
      servers.startBoth();
      servers.deposit("labo", "a", "1");
      servers.awaitIdle();
      partner.stop();
      servers.deposit("labo", "b", "2");
      TwoServers.awaitThat("it is told", () -> line(servers, "suspended").isPresent());
      partner.start("host");
      servers.awaitIdle();
      Books.of(servers, "labo").balance();
    }
  }

  @Test
  void manyFilesComeInTheOrderOfTheirNames() throws Exception {
    try (PartnerServer partner = PartnerServer.in(folder);
        TwoServers servers =
            TwoServers.in(folder)
                .with(Flux.named("labo").at(partner).ingest("order: name").script(Flux.ANSWERS))) {
      for (int i = 0; i < MANY; i++) {
        byte[] text = ("of " + i).getBytes(StandardCharsets.UTF_8);
        servers
            .deposits()
            .put(
                servers.flux("labo"),
                servers.flux("labo").inbox(),
                String.format("f%06d", i),
                text);
      }
      servers.startBoth();
      servers.awaitIdle();
      Books.of(servers, "labo").balance();
    }
  }

  @Test
  void aPasswordFromAFileLogsInToo() throws Exception {
    try (PartnerServer partner = PartnerServer.withPassword(folder);
        TwoServers servers = TwoServers.in(folder).with(Flux.named("labo").at(partner))) {
      servers.startBoth();
      servers.deposit("labo", "a", "1");
      servers.awaitIdle();
      Books.of(servers, "labo").balance();
    }
  }
}
