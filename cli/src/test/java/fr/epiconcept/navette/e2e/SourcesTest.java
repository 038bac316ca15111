package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What holds of every source, be it a folder of the file server or one of a partner's own server.
 */
@ExtendWith(TellsOnFailure.class)
class SourcesTest {
  @TempDir Path folder;

  enum Source {
    FOLDER,
    SFTP;

    /** A flux with that source; the server, which a folder does without, is the caller's to end. */
    Flux flux(String name, PartnerServer server) {
      return this == SFTP ? Flux.named(name).at(server) : Flux.named(name);
    }
  }

  @ParameterizedTest
  @EnumSource(Source.class)
  void eachFileComesOnceWhateverItsNameAndIsAnswered(Source source) throws Exception {
    try (PartnerServer partner = PartnerServer.in(folder);
        TwoServers servers = TwoServers.in(folder).with(source.flux("labo", partner))) {
      servers.startBoth();
      for (String name : List.of("plain.hl7", "é à (1).hl7", "-rf", "a;b'c\"d$e", "x\ty", "%41")) {
        servers.deposit("labo", name, "PID|" + name);
      }
      servers.deposit("labo", "empty", "");
      servers.deposit("labo", "big.bin", new byte[3 << 20]);
      Flux labo = servers.flux("labo");
      Files.writeString(labo.inbox().resolve("growing.tmp"), "not yet");
      Files.createDirectory(labo.inbox().resolve("folder"));
      Files.createSymbolicLink(labo.inbox().resolve("link.part"), Path.of("/etc/passwd"));

      TwoServers.awaitThat(
          "all are in the archive",
          () -> Content.files(labo.archive()).size() == servers.deposits().names(labo).size());
      Files.delete(labo.inbox().resolve("growing.tmp"));
      Files.delete(labo.inbox().resolve("link.part"));
      servers.awaitIdle();
      Books.of(servers, "labo").inAnyOrder().balance();
      assertTrue(Files.isDirectory(labo.inbox().resolve("folder")));
    }
  }

  @ParameterizedTest
  @EnumSource(Source.class)
  void nothingIsLostAndNothingComesTwiceThoughBothDaemonsAreKilled(Source source) throws Exception {
    try (PartnerServer partner = PartnerServer.in(folder);
        TwoServers servers = TwoServers.in(folder).with(source.flux("labo", partner))) {
      servers.startBoth();
      Flux labo = servers.flux("labo");
      int kills = 6;
      for (int kill = 0; kill < kills; kill++) {
        for (int i = 0; i < 15; i++) {
          servers.deposit("labo", "f" + kill + "-" + i, "of " + kill + " " + i);
        }
        int before = kill * 15;
        TwoServers.awaitThat("some have come", () -> Content.files(labo.archive()).size() > before);
        servers.ingest().end();
        if (kill % 2 == 0) {
          servers.worker().end();
          servers.worker().start();
        }
        servers.ingest().start();
      }

      servers.awaitIdle();
      Books.of(servers, "labo").inAnyOrder().startsUndecided(kills * 2).balance();
    }
  }

  @ParameterizedTest
  @EnumSource(Source.class)
  void aDepositWaitsForItsMarkerAndForItsPatterns(Source source) throws Exception {
    try (PartnerServer partner = PartnerServer.in(folder);
        TwoServers servers =
            TwoServers.in(folder)
                .with(
                    source
                        .flux("labo", partner)
                        .ingest("ready: {marker: \"{name}.ok\", match: ['*.hl7']}"))) {
      servers.startBoth();
      Flux labo = servers.flux("labo");
      Files.writeString(labo.inbox().resolve("stray.txt"), "nobody's");
      servers.deposit("labo", "marked.hl7", "1");
      Files.createFile(labo.inbox().resolve("marked.hl7.ok"));
      Files.writeString(labo.inbox().resolve("bare.hl7"), "2");

      TwoServers.awaitThat(
          "the marked one has come and is gone with its marker",
          () ->
              Content.files(labo.out()).size() == 1
                  && names(labo.inbox()).equals(List.of("bare.hl7", "stray.txt")));
      TwoServers.awaitThat("what waits is listed, and why", () -> pending().contains("bare.hl7"));
      String said = pending();
      assertTrue(said.contains("unmatched"), said);
      servers
          .deposits()
          .remember(labo, "bare.hl7", Content.sha256("2".getBytes(StandardCharsets.UTF_8)));
      Files.createFile(labo.inbox().resolve("bare.hl7.ok"));
      TwoServers.awaitThat("the other too", () -> names(labo.inbox()).equals(List.of("stray.txt")));
      Files.delete(labo.inbox().resolve("stray.txt"));
      servers.awaitIdle();
      Books.of(servers, "labo").balance();
    }
  }

  private String pending() throws Exception {
    return Tool.run(Tool.NAVETTE, "pending", "--config", folder.resolve("etc-files").toString())
        .said();
  }

  private static List<String> names(Path folder) throws Exception {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @EnumSource(Source.class)
  void answersWaitUntilTheirFolderTakesThemAndTakenNamesGetANumber(Source source) throws Exception {
    try (PartnerServer partner = PartnerServer.in(folder);
        TwoServers servers = TwoServers.in(folder).with(source.flux("labo", partner))) {
      servers.startBoth();
      Flux labo = servers.flux("labo");
      Files.writeString(labo.out().resolve("ack-a"), "an older one");
      servers.deposit("labo", "a", "1");
      servers.deposit("labo", "b", "2");

      TwoServers.awaitThat(
          "both answers stand there beside the older one",
          () -> names(labo.out()).equals(List.of("ack-a", "ack-a.2", "ack-b")));
      assertEquals("an older one", Files.readString(labo.out().resolve("ack-a")));
      assertEquals("1", Files.readString(labo.out().resolve("ack-a.2")));
    }
  }
}
