package fr.epiconcept.navette.ingest;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.turn.Turns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.jms.Connection;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.Queue;
import javax.jms.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hold of a file server, with a real broker. */
class QueueHoldTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir static Path shared;
  private static Home home;

  @TempDir Path root;
  private final Turns turns = new Turns();
  private volatile Instant now = NOON;
  private FluxName flux;
  private FluxFolders folders;
  private Connection connection;
  private Session session;
  private Queue queue;

  @BeforeAll
  static void start() throws Exception {
    home = Home.start(shared);
  }

  @AfterAll
  static void stop() {
    home.close();
  }

  @BeforeEach
  void lay() throws Exception {
    flux = home.newFlux();
    folders = new FluxFolders(root.resolve(flux.value()), flux);
    connection = home.worker("w1");
    session = connection.createSession(true, Session.SESSION_TRANSACTED);
    queue = session.createQueue(Addresses.deposits(flux));
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    turns.close();
    folders.close();
  }

  private QueueHold hold() {
    QueueHold.Parts parts = new QueueHold.Parts(holds(), home.broker::hold, () -> now);
    return new QueueHold(flux, parts, turns, folders.log);
  }

  private Holds holds() {
    return new Holds(root.resolve("state"), Side.INGEST);
  }

  private void send(String text) throws Exception {
    try (Connection inside = home.inside();
        Session own = inside.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      own.createProducer(own.createQueue(Addresses.deposits(flux)))
          .send(own.createTextMessage(text));
    }
  }

  private static String text(Message message) throws Exception {
    assertNotNull(message);
    return message.getBody(String.class);
  }

  @Test
  void nothingLeavesAHeldQueueAndAllOfItInOrderAfterwards() throws Exception {
    QueueHold hold = hold();
    hold.hold("root", "upgrade", Optional.empty());
    send("a");
    send("b");
    try (MessageConsumer consumer = session.createConsumer(queue)) {
      assertNull(consumer.receive(500));
      assertEquals(2, home.count(Addresses.deposits(flux)));
      assertTrue(hold.resume("root"));
      assertEquals("a", text(consumer.receive(SOON.toMillis())));
      assertEquals("b", text(consumer.receive(SOON.toMillis())));
      session.commit();
    }
    assertTrue(folders.told("held").get(0).contains("by=root why=upgrade"));
    assertTrue(folders.told("resumed").get(0).contains("by=root"));
  }

  @Test
  void whatAWorkerHadInHandIsSettledAsEverAndWhatItGivesBackComesFirst() throws Exception {
    send("a");
    send("b");
    QueueHold hold = hold();
    try (MessageConsumer consumer = session.createConsumer(queue)) {
      assertEquals("a", text(consumer.receive(SOON.toMillis())));
      hold.hold("root", "", Optional.empty());
      session.commit();
      assertEquals(1, home.count(Addresses.deposits(flux)));
      hold.resume("root");
      assertEquals("b", text(consumer.receive(SOON.toMillis())));
      hold.hold("root", "", Optional.empty());
      send("c");
      session.rollback();
      assertNull(consumer.receive(500));
      hold.resume("root");
      assertEquals("b", text(consumer.receive(SOON.toMillis())));
      assertEquals("c", text(consumer.receive(SOON.toMillis())));
      session.commit();
    }
  }

  @Test
  void isInForceAgainAfterARestart() throws Exception {
    hold().hold("root", "upgrade", Optional.empty());
    home.broker.hold(flux, false);
    hold().begin();
    send("a");
    try (MessageConsumer consumer = session.createConsumer(queue)) {
      assertNull(consumer.receive(500));
    }
    assertEquals("upgrade", holds().of(flux).orElseThrow().why());
  }

  @Test
  void endsByItselfWhenItsTimeHasComeAndSaysSo() throws Exception {
    hold().hold("root", "upgrade", Optional.of(NOON.plusSeconds(60)));
    send("a");
    try (MessageConsumer consumer = session.createConsumer(queue)) {
      assertNull(consumer.receive(500));
      now = NOON.plusSeconds(60);
      assertEquals("a", text(consumer.receive(SOON.toMillis())));
      session.commit();
    }
    assertFalse(holds().isOn(flux));
    assertTrue(folders.told("resumed").get(0).contains("its time is over"));
  }

  @Test
  void endsWhenSomebodyRemovesItsFile() throws Exception {
    hold().hold("root", "", Optional.empty());
    send("a");
    Files.delete(holds().file(flux));
    try (MessageConsumer consumer = session.createConsumer(queue)) {
      assertEquals("a", text(consumer.receive(SOON.toMillis())));
      session.commit();
    }
    await().atMost(SOON).until(() -> !folders.told("resumed").isEmpty());
  }
}
