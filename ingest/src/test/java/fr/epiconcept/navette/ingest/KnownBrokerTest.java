package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig.Broker;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.jms.Connection;
import javax.jms.Message;
import javax.jms.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownBrokerTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final String[] IDS = {
    "01M84Z0JV38N63DNTHRZ7PR7PT", "01M84Z0JV38N63DNTHRZ7PR7PV", "01M84Z0JV38N63DNTHRZ7PR7PW"
  };

  @TempDir Path root;
  private boolean fresh;

  private EmbeddedBroker start() throws Exception {
    Broker settings =
        new Broker(
            root.resolve("broker"),
            Optional.empty(),
            new Endpoint(false, "127.0.0.1", 0),
            Optional.empty(),
            Files.createDirectories(root.resolve("accounts")),
            1 << 20);
    KnownBroker known = new KnownBroker(root.resolve("era"));
    return EmbeddedBroker.start(
        settings, List.of(LABO), started -> fresh = known.settle(started, List.of(LABO)).fresh());
  }

  private static void send(EmbeddedBroker broker, String queue, String id) throws Exception {
    try (Connection inside = broker.inVm().open(Tuning.receiving(0));
        Session session = inside.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      Message message = session.createMessage();
      message.setStringProperty(Contract.P_ID, id);
      session.createProducer(session.createQueue(queue)).send(message);
    }
  }

  private static int held(EmbeddedBroker broker, String queue) throws Exception {
    return broker.holding(queue).size();
  }

  @Test
  void oneThatIsNotTrustedKeepsNoDepositsThatWouldGoBeforeOlderOnes() throws Exception {
    try (EmbeddedBroker broker = start()) {
      assertTrue(fresh);
      send(broker, Addresses.deposits(LABO), IDS[0]);
      send(broker, Addresses.returns(LABO), IDS[1]);
      send(broker, Addresses.dead(LABO), IDS[2]);
    }
    try (EmbeddedBroker broker = start()) {
      assertFalse(fresh);
      assertEquals(1, held(broker, Addresses.deposits(LABO)), "the broker we knew");
    }
    Files.delete(root.resolve("era"));
    try (EmbeddedBroker broker = start()) {
      assertTrue(fresh);
      assertEquals(0, held(broker, Addresses.deposits(LABO)));
      assertEquals(1, held(broker, Addresses.returns(LABO)), "what came home is taken");
      assertEquals(1, held(broker, Addresses.dead(LABO)), "a whole letter stays");
    }
    try (EmbeddedBroker broker = start()) {
      assertFalse(fresh);
      assertEquals(0, held(broker, Addresses.deposits(LABO)), "for good");
    }
  }
}
