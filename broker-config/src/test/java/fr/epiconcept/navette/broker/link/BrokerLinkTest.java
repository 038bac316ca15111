package fr.epiconcept.navette.broker.link;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.Said;
import fr.epiconcept.navette.broker.Site;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerLinkTest {
  private static final Tuning ONE = Tuning.receiving(0);
  private static final Backoff SHORT =
      new Backoff(Duration.ofMillis(50), Duration.ofMillis(200), () -> 1);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path root;
  private Site site;
  private EmbeddedBroker broker;

  @BeforeEach
  void startBroker() throws Exception {
    site = new Site(root).withWorker();
    broker = site.start();
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  private BrokerLink link(BrokerConnections source, BrokerLink.User user) {
    BrokerLink link = new BrokerLink("files1", source, ONE, user, SHORT);
    link.start();
    return link;
  }

  /** Other classes, which run beside this one, have links of other names. */
  private static List<String> ofOurLink(Said said) {
    return said.lines().stream().filter(line -> line.startsWith("link to files1 ")).toList();
  }

  /** Takes down what happens to it. */
  private static class Recorder implements BrokerLink.User {
    final List<String> events = new CopyOnWriteArrayList<>();
    volatile Connection last;

    @Override
    public void linked(Connection connection) throws JMSException {
      events.add("linked");
      last = connection;
    }

    @Override
    public void unlinked(String why) {
      events.add("unlinked");
    }

    void awaits(String... expected) {
      await().atMost(LIMIT).untilAsserted(() -> assertEquals(List.of(expected), events));
    }
  }

  @Test
  void comesBackAfterABrokerRestartAndSaysSoOnce() throws Exception {
    Recorder user = new Recorder();
    int port = broker.listening().port();
    try (Said said = Said.by(BrokerLink.class);
        BrokerLink link = link(site.worker(broker), user)) {
      user.awaits("linked");
      broker.close();
      user.awaits("linked", "unlinked");
      await().atMost(LIMIT).until(() -> link.state().attempts() > 5);
      assertFalse(link.state().up());
      assertTrue(link.state().lastError().orElseThrow().contains("nothing listens there"));
      broker = EmbeddedBroker.start(site.plain(port), Site.fluxes());
      user.awaits("linked", "unlinked", "linked");
      await().atMost(LIMIT).until(() -> link.state().up());
      Site.sendFromWithin(broker, Addresses.deposits(Site.LABO), "after");
      assertEquals(
          "after", Site.take(user.last, Addresses.deposits(Site.LABO)).getBody(String.class));
      List<String> lines = ofOurLink(said);
      assertEquals(3, lines.size(), lines::toString);
      assertEquals("link to files1 is up", lines.get(0));
      assertTrue(
          lines.get(1).matches("link to files1 lost: AMQ\\d+: [^\\[]*; trying again"),
          lines::toString);
      assertTrue(lines.get(2).matches("link to files1 is back after \\d+ s"), lines::toString);
    }
    user.awaits("linked", "unlinked", "linked", "unlinked");
  }

  @Test
  void waitsForABrokerThatIsNotThereYet() throws Exception {
    Recorder user = new Recorder();
    BrokerConnections source = site.worker(broker);
    int port = broker.listening().port();
    broker.close();
    try (Said said = Said.by(BrokerLink.class);
        BrokerLink link = link(source, user)) {
      await().atMost(LIMIT).until(() -> link.state().attempts() > 2);
      broker = EmbeddedBroker.start(site.plain(port), Site.fluxes());
      user.awaits("linked");
      await().atMost(LIMIT).until(() -> ofOurLink(said).size() == 2);
      assertTrue(ofOurLink(said).get(0).startsWith("link to files1 not made: "));
      assertTrue(ofOurLink(said).get(1).startsWith("link to files1 is up after "));
    }
  }

  @Test
  void diesOnceWithAllItsSessionsWhenItIsCut() throws Exception {
    Recorder user = new Recorder();
    try (Cable cable = new Cable(broker.listening().port());
        BrokerConnections source =
            BrokerConnections.to(site.access(cable.endpoint(), "w1", "secret one"));
        BrokerLink link = link(source, user)) {
      user.awaits("linked");
      Connection first = user.last;
      cable.cut();
      user.awaits("linked", "unlinked", "linked");
      // Three who held a session of the dead link tell it late: the new one is not theirs to kill.
      for (int i = 0; i < 3; i++) {
        link.fail(first, new JMSException("late"));
      }
      await().atMost(LIMIT).until(() -> link.state().up());
      link.fail(user.last, new JMSException("a commit failed"));
      link.fail(user.last, new JMSException("and so did another"));
      user.awaits("linked", "unlinked", "linked", "unlinked", "linked");
      await().atMost(LIMIT).until(() -> link.state().up());
      assertEquals("a commit failed", link.state().lastError().orElseThrow());
    }
    user.awaits("linked", "unlinked", "linked", "unlinked", "linked", "unlinked");
  }

  @Test
  void tellsTheUserOnceWhoseSetUpFailsHalfWay() {
    Recorder user =
        new Recorder() {
          @Override
          public void linked(Connection connection) throws JMSException {
            super.linked(connection);
            if (events.size() < 5) {
              Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
              session.createConsumer(session.createQueue(Addresses.deposits(Site.RADIO)));
            }
          }
        };
    try (BrokerLink link = link(site.worker(broker), user)) {
      user.awaits("linked", "unlinked", "linked", "unlinked", "linked");
      await().atMost(LIMIT).until(() -> link.state().up());
    }
  }

  @Test
  void saysAtOnceWhatOnlyHandsCanMend() throws Exception {
    try (Said said = Said.by(BrokerLink.class);
        BrokerLink link =
            link(
                BrokerConnections.to(site.access(broker.listening(), "w1", "wrong")),
                new Recorder())) {
      await().atMost(LIMIT).until(() -> link.state().attempts() > 4);
      List<String> lines = ofOurLink(said);
      assertEquals(1, lines.size(), lines::toString);
      assertTrue(lines.get(0).contains("the login of account 'w1' was refused; compare"));
      assertFalse(lines.get(0).contains("wrong"));
      // The file is read at each attempt: no restart is needed.
      site.access(broker.listening(), "w1", "secret one");
      await().atMost(LIMIT).until(() -> link.state().up());
    }
  }

  @Test
  void closesInBoundedTimeWhileAListenerBlocks() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    Site.sendFromWithin(broker, Addresses.deposits(Site.LABO), "long");
    Recorder user =
        new Recorder() {
          @Override
          public void linked(Connection connection) throws JMSException {
            super.linked(connection);
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            session
                .createConsumer(session.createQueue(Addresses.deposits(Site.LABO)))
                .setMessageListener(
                    message -> {
                      inside.countDown();
                      awaitQuietly(letGo);
                    });
          }
        };
    BrokerLink link = link(site.worker(broker), user);
    inside.await();
    assertTimeout(Duration.ofSeconds(15), link::close);
    user.awaits("linked", "unlinked");
    letGo.countDown();
    link.close();
    assertEquals(2, user.events.size());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void outlivesAnErrorOfItsUser() {
    AtomicInteger linked = new AtomicInteger();
    AtomicInteger unlinked = new AtomicInteger();
    BrokerLink.User poor =
        new BrokerLink.User() {
          @Override
          public void linked(Connection connection) {
            if (linked.incrementAndGet() < 3) {
              throw new OutOfMemoryError("unable to create native thread");
            }
          }

          @Override
          public void unlinked(String why) {
            if (unlinked.incrementAndGet() < 3) {
              throw new OutOfMemoryError("unable to create native thread");
            }
          }
        };
    try (BrokerLink link = link(site.worker(broker), poor)) {
      await().atMost(LIMIT).until(() -> link.state().up());
      assertEquals(3, linked.get());
    }
  }

  @Test
  void aLinkThatWasNeverStartedCloses() {
    BrokerLink link =
        new BrokerLink("files1", site.worker(broker), ONE, new Recorder(), Backoff.standard());
    link.close();
    assertFalse(link.state().up());
  }
}
