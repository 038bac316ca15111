package fr.epiconcept.navette.broker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.link.BrokerConnections;
import fr.epiconcept.navette.broker.link.Feed;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.flux.config.SeveralWorkers.Mode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import org.apache.activemq.artemis.api.core.ActiveMQNotConnectedException;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two workers read one queue over real sockets: who of them gets what. */
class GivingTest {
  private static final String QUEUE = "flux.labo";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path root;
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private Site site;
  private EmbeddedBroker broker;
  private int sent;

  @BeforeEach
  void start() throws Exception {
    site = new Site(root).withWorker();
    site.accounts().add("w2", Set.of(Site.LABO, Site.RADIO), "secret two".toCharArray());
    broker = site.start();
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : toClose) {
      each.close();
    }
    broker.close();
  }

  private void send(int many) throws Exception {
    for (int i = 0; i < many; i++) {
      Site.sendFromWithin(broker, QUEUE, "file " + sent++);
    }
  }

  private static List<String> files(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "file " + i).toList();
  }

  /** Receives ahead as a worker does, and settles the first so many. */
  private final class Reader implements Feed.Taker {
    private final Queue<String> came = new ConcurrentLinkedQueue<>();
    private final Connection connection;
    private final Feed feed;
    private final int settles;

    Reader(String account, String password, int settles) throws JMSException {
      this.settles = settles;
      BrokerConnections source =
          BrokerConnections.to(site.access(broker.listening(), account, password));
      toClose.add(source);
      connection = source.open(Tuning.receiving(0));
      feed = Feed.open(connection, QUEUE, 1 << 20);
      feed.to(this);
      connection.start();
    }

    @Override
    public void take(Message message) {
      try {
        if (came.size() < settles) {
          feed.settle(message);
          feed.commit();
        }
        came.add(message.getBody(String.class));
      } catch (JMSException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void cannotTake(JMSException cause) {
      throw new IllegalStateException(cause);
    }

    void dies() {
      ((ActiveMQConnection) connection)
          .getSessionFactory()
          .getConnection()
          .fail(new ActiveMQNotConnectedException("killed by the test"));
    }

    List<String> got() {
      return List.copyOf(came);
    }
  }

  private Reader one(int settles) throws JMSException {
    return new Reader("w1", "secret one", settles);
  }

  private Reader other(int settles) throws JMSException {
    return new Reader("w2", "secret two", settles);
  }

  @Test
  void oneGetsAllAndTheOtherTakesItsPlaceInOrderAtOnce() throws Exception {
    broker.give(Site.LABO, Mode.ONE_ACTIVE);
    Reader active = one(10);
    send(1);
    await().atMost(PATIENCE).until(() -> active.got().size() == 1);
    Reader ready = other(0);
    send(59);
    await().atMost(PATIENCE).until(() -> active.got().size() == 60);
    assertEquals(files(0, 60), active.got());
    assertEquals(List.of(), ready.got(), "it is ready, and has nothing");
    assertEquals(
        List.of(new Taker("w1", true), new Taker("w2", false)), broker.takersOf(Site.LABO));

    long killed = System.nanoTime();
    active.dies();
    await().atMost(PATIENCE).until(() -> ready.got().size() == 50);
    assertEquals(files(10, 60), ready.got());
    assertEquals(List.of(new Taker("w2", true)), broker.takersOf(Site.LABO));
    Duration took = Duration.ofNanos(System.nanoTime() - killed);
    assertTrue(took.toSeconds() < 5, "a connection that closes is seen at once: " + took);
  }

  @Test
  void oneThatComesWhileAnotherIsActiveIsReady() throws Exception {
    broker.give(Site.LABO, Mode.ONE_ACTIVE);
    Reader first = one(1000);
    send(5);
    await().atMost(PATIENCE).until(() -> first.got().size() == 5);
    Reader second = other(1000);
    send(5);
    await().atMost(PATIENCE).until(() -> first.got().size() == 10);
    assertEquals(List.of(), second.got());
    assertEquals(2, broker.takers(Site.LABO));
  }

  @Test
  void sharingBothGetSomeAndNoneTwice() throws Exception {
    broker.give(Site.LABO, Mode.SHARING);
    Reader one = one(1000);
    Reader other = other(1000);
    send(40);
    await().atMost(PATIENCE).until(() -> one.got().size() + other.got().size() == 40);
    assertTrue(one.got().size() > 5, one.got()::toString);
    assertTrue(other.got().size() > 5, other.got()::toString);
    assertEquals(
        Set.copyOf(files(0, 40)),
        Set.copyOf(Stream.concat(one.got().stream(), other.got().stream()).toList()));
  }

  @Test
  void aChangeIsTakenUpWithoutLosingReadersOrMessages() throws Exception {
    broker.give(Site.LABO, Mode.SHARING);
    Reader one = one(1000);
    Reader other = other(1000);
    send(20);
    await().atMost(PATIENCE).until(() -> one.got().size() + other.got().size() == 20);
    broker.give(Site.LABO, Mode.ONE_ACTIVE);
    int before = one.got().size();
    send(20);
    await().atMost(PATIENCE).until(() -> one.got().size() + other.got().size() == 40);
    int since = one.got().size() - before;
    assertTrue(since == 0 || since == 20, () -> since + " of 20 went to the one");
    broker.give(Site.LABO, Mode.SHARING);
    int then = one.got().size();
    send(20);
    await().atMost(PATIENCE).until(() -> one.got().size() + other.got().size() == 60);
    int again = one.got().size() - then;
    assertTrue(again > 0 && again < 20, () -> again + " of 20 went to the one");
    assertEquals(2, broker.takers(Site.LABO));
  }

  @Test
  void whoMayTakeIsKnownAndFollowsTheAccounts() throws Exception {
    assertEquals(Set.of("w1", "w2"), broker.mayTake(Site.LABO));
    assertEquals(Set.of("w2"), broker.mayTake(Site.RADIO));
    site.accounts().add("w3", Set.of(Site.RADIO), "secret 3".toCharArray());
    await().atMost(PATIENCE).until(() -> broker.mayTake(Site.RADIO).size() == 2);
    site.accounts().remove("w3");
    await().atMost(PATIENCE).until(() -> broker.mayTake(Site.RADIO).size() == 1);
  }
}
