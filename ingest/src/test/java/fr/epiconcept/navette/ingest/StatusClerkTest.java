package fr.epiconcept.navette.ingest;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.broker.Certificates;
import fr.epiconcept.navette.broker.DiskGuard;
import fr.epiconcept.navette.broker.link.Backoff;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.DaemonConfig.Broker;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import fr.epiconcept.navette.flux.config.DaemonConfig.ServerTls;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.view.DaemonStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.BrokerStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.LinkStatus;
import fr.epiconcept.navette.flux.view.FluxStatus;
import fr.epiconcept.navette.flux.view.More;
import fr.epiconcept.navette.flux.view.StatusItem;
import fr.epiconcept.navette.flux.view.Unseen;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.jms.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file server's daemon says of itself, of its fluxes and of what waits there. */
class StatusClerkTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final FluxName RADIO = new FluxName("radio");
  private static final Asker HERE = new Asker("root", true);
  private static final InstantSource CLOCK = InstantSource.system();

  @TempDir static Path root;
  private static FluxFolders labo;
  private static FluxFolders radio;
  private static Path noFolder;
  private static IngestDaemon daemon;

  /** One daemon for all: labo runs, and is held; radio cannot start. */
  @BeforeAll
  static void start() throws Exception {
    Accounts accounts = new Accounts(root.resolve("accounts"));
    accounts.add("front1", Set.of(LABO), "secret".toCharArray());
    accounts.add("front2", Set.of(RADIO), "secret".toCharArray());
    accounts.addAdmin("operator", "secret".toCharArray());
    DaemonConfig.IngestDaemon settings =
        new DaemonConfig.IngestDaemon(
            root.resolve("spool"),
            root.resolve("state"),
            new Broker(
                root.resolve("broker"),
                Optional.empty(),
                new Endpoint(false, "127.0.0.1", 0),
                Optional.empty(),
                root.resolve("accounts"),
                1));
    labo = new FluxFolders(root.resolve("labo"), LABO);
    radio = new FluxFolders(root.resolve("radio"), RADIO);
    noFolder = Files.createDirectories(root.resolve("state/flux")).resolve("radio");
    Files.writeString(noFolder, "a file where the folder should be");
    new Holds(root.resolve("state"), Side.INGEST)
        .put(LABO, "alice", "inventory", CLOCK.instant(), Optional.empty());
    daemon =
        IngestDaemon.start(
            settings,
            List.of(config(LABO, labo), config(RADIO, radio)),
            AlertRules.NONE,
            Checkpoint.NONE);
    await().until(daemon::isProgressing);
  }

  @AfterAll
  static void stop() {
    daemon.close();
    labo.close();
    radio.close();
  }

  private static FluxConfig config(FluxName name, FluxFolders folders) {
    return new FluxConfig(
        name,
        root.resolve(name + ".yml"),
        Optional.of(folders.section(Optional.empty(), Duration.ofMinutes(1))),
        Optional.empty());
  }

  private static List<Object> ask(String verb, Asker asker, String... with) throws Exception {
    Question question = Question.of(verb);
    for (int i = 0; i < with.length; i += 2) {
      question = question.with(with[i], with[i + 1]);
    }
    List<Object> items = new ArrayList<>();
    daemon.desk().answer(question, asker, items::add);
    return items;
  }

  private static <T> List<T> only(Class<T> type, List<Object> items) {
    return items.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static List<StatusItem> status(Asker asker, String... with) throws Exception {
    return only(StatusItem.class, ask("status", asker, with));
  }

  private static List<String> fluxes(List<StatusItem> items) {
    return items.stream()
        .flatMap(item -> item.flux().stream())
        .map(flux -> flux.flux().value())
        .toList();
  }

  @Test
  void theDaemonComesFirstThenEachFluxThenThoseThatAreDownWithTheReason() throws Exception {
    List<StatusItem> items = status(HERE);
    assertEquals(List.of("labo", "radio"), fluxes(items));
    FluxStatus runs = items.get(1).flux().orElseThrow();
    assertTrue(runs.running());
    assertEquals(Optional.of(0), runs.takers());
    assertEquals("inventory", runs.held().orElseThrow().why());
    FluxStatus down = items.get(2).flux().orElseThrow();
    assertFalse(down.running());
    assertTrue(down.down().orElse("").contains(noFolder.toString()), down::toString);
    DaemonStatus itself = items.get(0).daemon().orElseThrow();
    assertEquals(Optional.empty(), itself.stalled());
    assertEquals(
        List.of("front1 false [labo]", "front2 false [radio]"),
        itself.links().stream()
            .map(link -> link.to() + " " + link.up() + " " + link.fluxes())
            .toList());
    assertEquals(Optional.of("it is not linked"), itself.links().get(0).why());
    assertEquals(List.of("radio"), fluxes(status(HERE, "flux", "radio")));
  }

  @Test
  void anotherMachineIsToldOfItsOwnFluxesAndOfItsOwnLink() throws Exception {
    List<StatusItem> items = status(new Asker("front1", false), "fluxes", "labo");
    assertEquals(List.of("labo"), fluxes(items));
    assertEquals(
        List.of("front1"),
        items.get(0).daemon().orElseThrow().links().stream().map(LinkStatus::to).toList());
  }

  @Test
  void whatWaitsIsListedToTheLimitAndCountedBeyondItAndAFluxThatIsDownIsNamed() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      Files.writeString(labo.inbox.resolve(name), "1");
    }
    // Its worker is away, and it is held: all three end in the queue and stay there.
    await()
        .until(
            () -> status(HERE, "flux", "labo").get(1).flux().orElseThrow().waiting().queue() == 3);
    List<Object> items = ask("pending", HERE, "limit", "2");
    List<Waiting> files = only(Waiting.class, items);
    assertEquals(2, files.size(), items::toString);
    assertEquals(Place.HELD, files.get(0).place());
    assertEquals("the flux is held: inventory (alice)", files.get(0).why());
    List<More> more = only(More.class, items);
    assertEquals(1, more.size(), items::toString);
    assertEquals(1, more.get(0).more());
    assertEquals(Place.HELD, more.get(0).place());
    List<Unseen> unseen = only(Unseen.class, items);
    assertEquals(1, unseen.size(), items::toString);
    assertTrue(unseen.get(0).all());
    assertEquals(RADIO, unseen.get(0).flux());
    assertTrue(unseen.get(0).unseen().contains(noFolder.toString()), items::toString);
    assertEquals(List.of(), only(Unseen.class, ask("pending", HERE, "flux", "labo")));
    assertEquals(List.of(), only(Waiting.class, ask("pending", HERE, "flux", "radio")));
  }

  @Test
  void theBrokerTellsItsDiskItsCertificateAndWhyNothingGoesOn() throws Exception {
    Path tls = root.resolve("tls");
    Instant made = CLOCK.instant().minus(Duration.ofDays(10));
    Certificates.create(tls, List.of("files1"), () -> made, Duration.ofDays(30));
    Path crt = tls.resolve("server.crt");
    try (Home home = Home.start(root.resolve("home"));
        Turns turns = new Turns()) {
      BrokerLink link =
          new BrokerLink(
              "broker", home.broker.inVm(), Tuning.sending(), new Nobody(), Backoff.standard());
      Health health = new Health(home.broker, link, turns);
      assertEquals(
          Optional.of("no link to the broker in the same process: it is just being made"),
          health.stalled());
      link.start();
      await().until(() -> health.stalled().isEmpty());

      DiskGuard roomy = new DiskGuard(root, 1);
      BrokerStatus well = broker(home, health, roomy, crt);
      assertTrue(well.active() && well.hasRoom() && !well.journalDamaged());
      assertEquals(1, well.minFreeBytes());
      assertEquals(Optional.of(19L), well.certificate().orElseThrow().daysLeft());
      DiskGuard tooShort = new DiskGuard(root, Long.MAX_VALUE / 2);
      tooShort.hasRoomFor(1);
      BrokerStatus full = broker(home, health, tooShort, root.resolve("no.crt"));
      assertFalse(full.hasRoom());
      assertTrue(full.certificate().orElseThrow().fault().isPresent());
      assertEquals(Optional.empty(), full.certificate().orElseThrow().daysLeft());

      home.broker.close();
      assertEquals(Optional.of("the broker has stopped"), health.stalled());
      assertFalse(broker(home, health, roomy, crt).active());
      link.close();
    }
  }

  private static BrokerStatus broker(Home home, Health health, DiskGuard guard, Path certificate) {
    Broker settings =
        new Broker(
            certificate.getParent(),
            Optional.empty(),
            new Endpoint(true, "files1", 61616),
            Optional.of(new ServerTls(certificate, certificate)),
            certificate.resolveSibling("accounts"),
            1);
    DaemonReport report =
        new DaemonReport(settings, home.broker, guard, health, CLOCK, CLOCK.instant());
    return report.now().broker().orElseThrow();
  }

  /** Has no use for the link. */
  private static final class Nobody implements BrokerLink.User {
    @Override
    public void linked(Connection connection) {}

    @Override
    public void unlinked(String why) {}
  }
}
