package fr.epiconcept.navette.broker.link;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.Site;
import fr.epiconcept.navette.flux.FluxName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import javax.jms.CompletionListener;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Session;
import javax.jms.TextMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What both daemons take for granted of the client, with the settings that {@link Factories} makes.
 */
class ConnectionsTest {
  private static final String DEPOSITS = Addresses.deposits(Site.LABO);
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

  /** Completions in the order in which they came. */
  private static final class Completions implements CompletionListener {
    final List<String> words = new CopyOnWriteArrayList<>();

    @Override
    public void onCompletion(Message message) {
      words.add("done");
    }

    @Override
    public void onException(Message message, Exception e) {
      words.add(e.toString());
    }
  }

  private static TextMessage withId(Session session, String id) throws JMSException {
    TextMessage message = session.createTextMessage(id);
    message.setStringProperty("_AMQ_DUPL_ID", id);
    return message;
  }

  @Test
  void completionsSayDoneForADuplicateTooAndTheBrokerKeepsOne() throws Exception {
    Completions completions = new Completions();
    try (Connection inside = broker.inVm().open(Tuning.sending());
        Session session = inside.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      MessageProducer producer = session.createProducer(session.createQueue(DEPOSITS));
      for (String id : List.of("a", "b", "a", "c")) {
        producer.send(withId(session, id), completions);
      }
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> assertEquals(List.of("done", "done", "done", "done"), completions.words));
    }
    restartBroker();
    try (Connection inside = broker.inVm().open(Tuning.sending());
        Session session = inside.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      session.createProducer(session.createQueue(DEPOSITS)).send(withId(session, "b"), completions);
      await().atMost(LIMIT).until(() -> completions.words.size() == 5);
    }
    try (Connection worker = site.worker(broker).open(Tuning.receiving(0))) {
      assertEquals("a", Site.take(worker, DEPOSITS).getBody(String.class));
      assertEquals("b", Site.take(worker, DEPOSITS).getBody(String.class));
      assertEquals("c", Site.take(worker, DEPOSITS).getBody(String.class));
      assertNull(Site.take(worker, DEPOSITS));
    }
  }

  private void restartBroker() throws Exception {
    broker.close();
    broker = site.start();
  }

  @Test
  void listenersThatBlockStarveNobody() throws Exception {
    int many = 40;
    List<FluxName> fluxes = IntStream.range(0, many).mapToObj(i -> new FluxName("f" + i)).toList();
    site.accounts().add("busy", Set.copyOf(fluxes), "secret".toCharArray());
    fluxes.forEach(broker::declare);
    Semaphore inside = new Semaphore(0);
    CountDownLatch letGo = new CountDownLatch(1);
    try (BrokerConnections source =
            BrokerConnections.to(site.access(broker.listening(), "busy", "secret"));
        Connection worker = source.open(Tuning.receiving(0))) {
      for (FluxName flux : fluxes) {
        Site.sendFromWithin(broker, Addresses.deposits(flux), "x");
        Session session = worker.createSession(true, Session.SESSION_TRANSACTED);
        session
            .createConsumer(session.createQueue(Addresses.deposits(flux)))
            .setMessageListener(
                message -> {
                  inside.release();
                  try {
                    letGo.await();
                    session.commit();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  } catch (JMSException e) {
                    throw new IllegalStateException(e);
                  }
                });
      }
      worker.start();
      try {
        assertTrue(inside.tryAcquire(many, 20, TimeUnit.SECONDS), inside::toString);
        assertEquals(List.of("done"), completionOfOneSend(source, fluxes.get(0)));
      } finally {
        letGo.countDown();
      }
    }
  }

  private static List<String> completionOfOneSend(BrokerConnections source, FluxName flux)
      throws JMSException {
    Completions completions = new Completions();
    try (Connection sender = source.open(Tuning.sending());
        Session session = sender.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      session
          .createProducer(session.createQueue(Addresses.returns(flux)))
          .send(session.createTextMessage("receipt"), completions);
      await().atMost(LIMIT).until(() -> !completions.words.isEmpty());
    }
    return completions.words;
  }

  @Test
  void aWorkerTakesNoMoreThanItProcesses() throws Exception {
    for (String text : List.of("one", "two", "three")) {
      Site.sendFromWithin(broker, DEPOSITS, text);
    }
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    try (BrokerConnections source = site.worker(broker);
        Connection slow = source.open(Tuning.receiving(0));
        Connection other = source.open(Tuning.receiving(0))) {
      Session session = slow.createSession(true, Session.SESSION_TRANSACTED);
      session
          .createConsumer(session.createQueue(DEPOSITS))
          .setMessageListener(
              message -> {
                inside.countDown();
                try {
                  letGo.await();
                  session.commit();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                } catch (JMSException e) {
                  throw new IllegalStateException(e);
                }
              });
      slow.start();
      inside.await();
      assertEquals("two", Site.take(other, DEPOSITS).getBody(String.class));
      assertEquals("three", Site.take(other, DEPOSITS).getBody(String.class));
      letGo.countDown();
    }
  }

  @Test
  void whatAVanishedWorkerHeldIsGivenToAnotherAtOnce() throws Exception {
    Site.sendFromWithin(broker, DEPOSITS, "held");
    try (Cable cable = new Cable(broker.listening().port());
        BrokerConnections far =
            BrokerConnections.to(site.access(cable.endpoint(), "w1", "secret one"));
        BrokerConnections near = site.worker(broker);
        Connection vanished = far.open(Tuning.receiving(0));
        Connection other = near.open(Tuning.receiving(0))) {
      vanished.start();
      Session session = vanished.createSession(true, Session.SESSION_TRANSACTED);
      MessageConsumer consumer = session.createConsumer(session.createQueue(DEPOSITS));
      assertNotNull(consumer.receive(5000));
      cable.cut();
      other.start();
      try (Session second = other.createSession(true, Session.SESSION_TRANSACTED);
          MessageConsumer taker = second.createConsumer(second.createQueue(DEPOSITS))) {
        Message again = taker.receive(3000);
        assertNotNull(again, "a confirmation window makes the broker wait for 15 s");
        assertTrue(again.getJMSRedelivered());
      }
    }
  }

  @Test
  void aSendWithoutCompletionReturnsNotBeforeTheBrokerHasAnswered() throws Exception {
    try (Cable cable = new Cable(broker.listening().port());
        BrokerConnections source =
            BrokerConnections.to(site.access(cable.endpoint(), "w1", "secret one"));
        Connection worker = source.open(Tuning.receiving(0));
        Session session = worker.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      MessageProducer producer =
          session.createProducer(session.createQueue(Addresses.returns(Site.LABO)));
      TextMessage receipt = session.createTextMessage("receipt");
      producer.send(receipt);
      cable.mute();
      CompletableFuture<String> sending =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  producer.send(receipt);
                  return "sent";
                } catch (JMSException e) {
                  return "failed";
                }
              });
      assertThrows(TimeoutException.class, () -> sending.get(1, TimeUnit.SECONDS));
      cable.cut();
      assertEquals("failed", sending.get(15, TimeUnit.SECONDS));
    }
  }
}
