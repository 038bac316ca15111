package fr.epiconcept.navette.broker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import fr.epiconcept.navette.broker.link.BrokerConnections;
import fr.epiconcept.navette.broker.link.Feed;
import fr.epiconcept.navette.broker.link.Tuning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.jms.Connection;
import javax.jms.InvalidClientIDException;
import javax.jms.JMSException;
import javax.jms.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection that only its worker knows to be dead. Here it is one that nobody closes. */
class GhostsTest {
  private static final String QUEUE = "flux.labo";

  @TempDir Path root;
  private final List<BrokerConnections> sources = new ArrayList<>();
  private Site site;
  private EmbeddedBroker broker;

  @BeforeEach
  void start() throws Exception {
    site = new Site(root).withWorker();
    site.accounts().add("w2", Set.of(Site.LABO), "secret two".toCharArray());
    broker = site.start();
    for (int i = 0; i < 6; i++) {
      Site.sendFromWithin(broker, QUEUE, "file " + i);
    }
  }

  @AfterEach
  void stop() {
    sources.forEach(BrokerConnections::close);
    broker.close();
  }

  private Connection connect(String account, String password) throws JMSException {
    BrokerConnections source =
        BrokerConnections.to(site.access(broker.listening(), account, password));
    sources.add(source);
    return source.open(Tuning.receiving(0));
  }

  /** Receives ahead, and settles nothing. */
  private static final class Reader implements Feed.Taker {
    private final Queue<String> came = new ConcurrentLinkedQueue<>();

    static Reader on(Connection connection) throws JMSException {
      Reader reader = new Reader();
      Feed.open(connection, QUEUE, 1 << 20).to(reader);
      connection.start();
      return reader;
    }

    @Override
    public void take(Message message) {
      try {
        came.add(message.getBody(String.class));
      } catch (JMSException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void cannotTake(JMSException cause) {
      throw new IllegalStateException(cause);
    }

    void awaitAllInOrder() {
      await().atMost(Duration.ofSeconds(20)).until(() -> came.size() == 6);
      assertEquals(
          List.of("file 0", "file 1", "file 2", "file 3", "file 4", "file 5"), List.copyOf(came));
    }
  }

  @Test
  void whatTheGhostHoldsComesFirstToTheWorkerThatComesBack() throws Exception {
    try (Connection ghost = connect("w1", "secret one")) {
      ghost.setClientID("w1/here");
      Reader.on(ghost).awaitAllInOrder();

      try (Connection back = connect("w1", "secret one")) {
        assertThrows(InvalidClientIDException.class, () -> back.setClientID("w1/here"));
        back.setClientID("w1/here");
        Reader.on(back).awaitAllInOrder();
      }
    }
  }

  @Test
  void nobodyTakesThePlaceOfAnotherAccount() throws Exception {
    try (Connection one = connect("w1", "secret one");
        Connection other = connect("w2", "secret two")) {
      one.setClientID("w1/here");
      Reader.on(one).awaitAllInOrder();
      assertThrows(InvalidClientIDException.class, () -> other.setClientID("w1/here"));
      assertThrows(InvalidClientIDException.class, () -> other.setClientID("w1/here"));
      assertEquals(1, broker.takers(Site.LABO));
    }
  }
}
