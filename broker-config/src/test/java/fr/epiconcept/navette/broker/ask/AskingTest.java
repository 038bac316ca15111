package fr.epiconcept.navette.broker.ask;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.Site;
import fr.epiconcept.navette.broker.link.Backoff;
import fr.epiconcept.navette.broker.link.BrokerConnections;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends over a real broker: ingest in its process, workers over the network. */
class AskingTest {
  private static final Bounds QUICK =
      new Bounds(
          10_000,
          8 << 20,
          24 << 20,
          Duration.ofSeconds(2),
          Duration.ofMillis(300),
          Duration.ofSeconds(30));

  @TempDir Path root;
  private final Desk ingestDesk = new Desk();
  private final Desk workerDesk = new Desk();
  private final BlockingQueue<Question> heard = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final List<Object> items = new ArrayList<>();
  private Site site;
  private EmbeddedBroker broker;
  private Asking ingest;

  @BeforeEach
  void startIngest() throws Exception {
    site = new Site(root).withWorker();
    site.accounts().add("w2", Set.of(Site.LABO, Site.RADIO), "secret two".toCharArray());
    broker = site.start();
    ingest =
        new Asking(
            Place.ofIngest(site.accounts(), broker::listens), ingestDesk, Verbs.OF_A_WORKER, QUICK);
    link("ingest", broker.inVm(), ingest);
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = toClose.size() - 1; i >= 0; i--) {
      toClose.get(i).close();
    }
    ingest.close();
    broker.close();
  }

  private BrokerLink link(String name, BrokerConnections connections, Asking asking) {
    BrokerLink link =
        new BrokerLink(name, connections, Tuning.receiving(256 << 10), asking, Backoff.standard());
    link.start();
    toClose.add(link);
    await().atMost(Duration.ofSeconds(20)).until(() -> link.state().up());
    return link;
  }

  private BrokerConnections connections(String account) {
    String password = account.equals("w1") ? "secret one" : "secret two";
    BrokerConnections connections =
        BrokerConnections.to(site.access(broker.listening(), account, password));
    toClose.add(connections);
    return connections;
  }

  private Asking worker(String account) {
    Asking asking =
        new Asking(
            Place.ofWorker(account, "files1", () -> Set.of(Site.LABO, Site.RADIO)),
            workerDesk,
            Verbs.OF_INGEST,
            QUICK);
    link(account, connections(account), asking);
    await().atMost(Duration.ofSeconds(20)).until(() -> broker.listens(account));
    return asking;
  }

  private void ask(Asking who, String whom, Question question) throws Exception {
    who.ask(whom, question, items::add);
  }

  private String silence(Asking who, String whom, Question question) {
    return assertThrows(Silence.class, () -> ask(who, whom, question)).getMessage();
  }

  // --- whole answers ---

  @Test
  void eachAsksTheOtherAndGetsTheItemsInOrder() throws Exception {
    workerDesk.on(
        "fluxes",
        (question, asker, reply) -> {
          assertEquals(new Asker("files1", false), asker);
          reply.item(Map.of("flux", "labo"));
          reply.item(Map.of("flux", "radio"));
        });
    ingestDesk.on(
        "status", (question, asker, reply) -> reply.item(Map.of("asked", asker.toString())));
    Asking worker = worker("w1");

    ask(ingest, "w1", Question.of("fluxes"));
    ask(worker, "files1", Question.of("status"));

    assertEquals(
        "[{\"flux\":\"labo\"}, {\"flux\":\"radio\"}, {\"asked\":\"account w1\"}]",
        items.toString());
  }

  @Test
  void anAnswerOfTenThousandItemsComesWholeAndALongerOneSaysSo() throws Exception {
    String name = "x".repeat(500);
    workerDesk.on(
        "pending",
        (question, asker, reply) -> {
          int many = Integer.parseInt(question.get("many").orElseThrow());
          for (int i = 0; i < many; i++) {
            reply.item(Map.of("n", i, "name", name));
          }
        });
    worker("w1");

    ask(ingest, "w1", Question.of("pending").with("many", "10000"));
    assertEquals(10_000, items.size());
    assertTrue(items.get(9_999).toString().startsWith("{"));

    items.clear();
    String why = silence(ingest, "w1", Question.of("pending").with("many", "10001"));
    assertEquals("there are more than these 10000; ask there for the rest", why);
    assertEquals(10_000, items.size(), "what may be told is told");
  }

  @Test
  void aSlowAnswerIsWaitedForAsLongAsItsDaemonLives() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    workerDesk.on(
        "show",
        (question, asker, reply) -> {
          // Longer than the silence that is borne.
          assertFalse(never.await(3, TimeUnit.SECONDS));
          reply.item("at last");
        });
    worker("w1");

    ask(ingest, "w1", Question.of("show"));

    assertEquals("[\"at last\"]", items.toString());
  }

  // --- who may ask what ---

  @Test
  void aWorkerIsToldNothingOfAFluxThatItHasNot() throws Exception {
    ingestDesk.on(
        "pending",
        (question, asker, reply) -> {
          heard.add(question);
          reply.item(Map.of("flux", "labo"));
          reply.item(Map.of("flux", "radio"));
          reply.item(Map.of("event", Map.of("flux", "radio", "name", "secret")));
        });
    Asking worker = worker("w1");

    Question another = Question.of("pending").with("flux", "radio");
    assertTrue(assertThrows(Silence.class, () -> ask(worker, "files1", another)).isRefusal());
    String why = silence(worker, "files1", another);
    assertEquals("it may not ask about flux radio", why);
    assertTrue(heard.isEmpty(), "the desk has not heard it");

    ask(worker, "files1", Question.of("pending").with("fluxes", "labo,radio"));
    assertEquals("[{\"flux\":\"labo\"}]", items.toString());
    assertEquals("labo", heard.remove().get("fluxes").orElseThrow());
  }

  @Test
  void whatActsIsDoneForTheAskersOwnFluxesOnlyAndNeverAtAFileServersWord() throws Exception {
    Desk.Clerk rescan =
        (question, asker, reply) -> {
          heard.add(question);
          if (question.get("flux").isEmpty()) {
            throw new Refusal("all of them?");
          }
        };
    ingestDesk.on("rescan", rescan);
    workerDesk.on("rescan", rescan).on("hold", rescan);
    Asking worker = worker("w1");

    ask(worker, "files1", Question.of("rescan"));
    assertEquals("labo", heard.remove().get("flux").orElseThrow());
    assertTrue(heard.isEmpty());

    String refused = "'rescan' is not asked from another machine";
    assertEquals(refused, silence(ingest, "w1", Question.of("rescan").with("flux", "labo")));
    assertTrue(heard.isEmpty());
  }

  @Test
  void anotherAccountsAnswerIsNotTaken() throws Exception {
    CountDownLatch forged = new CountDownLatch(1);
    BlockingQueue<String> numbers = new LinkedBlockingQueue<>();
    // w1 reads its questions by hand, and tells their number to w2.
    Connection honest = connections("w1").open(Tuning.receiving(0));
    toClose.add(honest);
    Session reading = honest.createSession(false, Session.AUTO_ACKNOWLEDGE);
    reading
        .createConsumer(reading.createQueue(Addresses.workerAsk("w1")))
        .setMessageListener(message -> numbers.add(text(message, "navette_question")));
    honest.start();
    Connection liar = connections("w2").open(Tuning.receiving(0));
    toClose.add(liar);
    await().until(() -> broker.listens("w1"));

    Thread w2 =
        new Thread(
            () -> {
              try {
                answer(liar, numbers.take(), "\"forged\"\n");
                forged.countDown();
              } catch (JMSException | InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    w2.start();
    assertEquals("no answer for 2 s", silence(ingest, "w1", Question.of("status")));
    assertTrue(forged.await(10, TimeUnit.SECONDS));
    assertTrue(items.isEmpty());
    w2.join();

    // And what w1 itself says in that way is an answer.
    Thread w1 =
        new Thread(
            () -> {
              try {
                answer(honest, numbers.take(), "\"true\"\n");
              } catch (JMSException | InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    w1.start();
    ask(ingest, "w1", Question.of("status"));
    assertEquals("[\"true\"]", items.toString());
    w1.join();
  }

  private static String text(Message message, String property) {
    try {
      return message.getStringProperty(property);
    } catch (JMSException e) {
      throw new AssertionError(e);
    }
  }

  private static void answer(Connection from, String number, String lines) throws JMSException {
    try (Session session = from.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      BytesMessage message = session.createBytesMessage();
      message.setIntProperty("navette_version", 1);
      message.setStringProperty("navette_kind", "answer");
      message.setStringProperty("navette_question", number);
      message.setIntProperty("navette_part", 0);
      message.setStringProperty("navette_end", "whole");
      message.writeBytes(lines.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      MessageProducer producer = session.createProducer(session.createQueue(Addresses.INGEST_ASK));
      producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
      producer.send(message);
    }
  }

  @Test
  void aWorkerReadsAndSendsNothingButItsOwn() throws Exception {
    try (Connection w1 = connections("w1").open(Tuning.receiving(0));
        Session session = w1.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      for (String foreign : List.of(Addresses.workerAsk("w2"), Addresses.INGEST_ASK)) {
        assertThrows(
            JMSException.class, () -> session.createConsumer(session.createQueue(foreign)));
      }
      for (String foreign : List.of(Addresses.workerAsk("w2"), Addresses.workerAsk("w1"))) {
        assertThrows(
            JMSException.class,
            () ->
                session.createProducer(session.createQueue(foreign)).send(session.createMessage()));
      }
    }
  }

  // --- who is away ---

  @Test
  void whoIsNotConnectedIsSaidToBeSilentAtOnce() {
    assertTrue(silence(ingest, "w1", Question.of("status")).startsWith("it is not connected"));
  }

  @Test
  void whoDoesNotAnswerIsSaidToBeSilentInTime() throws Exception {
    Connection mute = connections("w1").open(Tuning.receiving(0));
    toClose.add(mute);
    Session session = mute.createSession(false, Session.AUTO_ACKNOWLEDGE);
    session.createConsumer(session.createQueue(Addresses.workerAsk("w1")));
    mute.start();

    assertEquals("no answer for 2 s", silence(ingest, "w1", Question.of("status")));
  }

  @Test
  void aLinkThatDiesInTheMiddleEndsTheAnswerAtOnce() throws Exception {
    CountDownLatch half = new CountDownLatch(1);
    ingestDesk.on(
        "show",
        (question, asker, reply) -> {
          reply.item("first");
          half.countDown();
          assertFalse(new CountDownLatch(1).await(20, TimeUnit.SECONDS));
        });
    Asking asking =
        new Asking(
            Place.ofWorker("w1", "files1", Set::of), workerDesk, Verbs.OF_INGEST, Bounds.STANDARD);
    BrokerLink link = link("w1", connections("w1"), asking);
    Thread cutter =
        new Thread(
            () -> {
              try {
                half.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              link.fail(new JMSException("cut"));
            });
    cutter.start();

    Silence cut = assertThrows(Silence.class, () -> ask(asking, "files1", Question.of("show")));
    assertEquals("the link is down: cut", cut.getMessage());
    assertFalse(cut.isRefusal());
    cutter.join();

    // And over the next link it goes on.
    ingestDesk.on("status", (question, asker, reply) -> reply.item("well"));
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreException(Silence.class)
        .until(
            () -> {
              ask(asking, "files1", Question.of("status"));
              return items.toString().endsWith("\"well\"]");
            });
  }

  // --- hostile ones ---

  @Test
  void whatIsNoLetterIsDroppedAndTheNextQuestionIsAnswered() throws Exception {
    ingestDesk.on("status", (question, asker, reply) -> reply.item("well"));
    try (Connection w2 = connections("w2").open(Tuning.receiving(0));
        Session session = w2.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      MessageProducer producer = session.createProducer(session.createQueue(Addresses.INGEST_ASK));
      producer.send(session.createMessage());
      producer.send(session.createTextMessage("{\"verb\":null}"));
      BytesMessage huge = session.createBytesMessage();
      huge.writeBytes(new byte[3 << 20]);
      producer.send(huge);
      BytesMessage broken = session.createBytesMessage();
      broken.setIntProperty("navette_version", 1);
      broken.setStringProperty("navette_kind", "question");
      broken.setStringProperty("navette_question", "0".repeat(32));
      broken.writeBytes(
          "{\"verb\":\"status\",\"with\":{\"flux\":null}}"
              .getBytes(java.nio.charset.StandardCharsets.UTF_8));
      producer.send(broken);
    }
    Asking worker = worker("w1");

    ask(worker, "files1", Question.of("status"));

    assertEquals("[\"well\"]", items.toString());
  }

  @Test
  void whatNobodyReadsIsForgotten() throws Exception {
    Site.sendFromWithin(broker, Addresses.workerAsk("w1"), "nobody is there");
    try (Connection w1 = connections("w1").open(Tuning.receiving(0))) {
      assertNull(Site.take(w1, Addresses.workerAsk("w1")));
      Session session = w1.createSession(false, Session.AUTO_ACKNOWLEDGE);
      session.createConsumer(session.createQueue(Addresses.workerAsk("w1")));
      Site.sendFromWithin(broker, Addresses.workerAsk("w1"), "taken by nobody");
    }
    await().until(() -> !broker.listens("w1"));
    try (Connection w1 = connections("w1").open(Tuning.receiving(0))) {
      assertNull(Site.take(w1, Addresses.workerAsk("w1")));
    }
  }

  @Test
  void aWorkerThatListensAndReadsNothingFillsNoDiskAndBlocksNobody() throws Exception {
    try (Connection w1 = connections("w1").open(Tuning.receiving(0));
        Session reading = w1.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Connection inside = broker.inVm().open(Tuning.receiving(0));
        Session session = inside.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      reading.createConsumer(reading.createQueue(Addresses.workerAsk("w1")));
      MessageProducer producer =
          session.createProducer(session.createQueue(Addresses.workerAsk("w1")));
      producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
      BytesMessage part = session.createBytesMessage();
      part.writeBytes(new byte[Bounds.PART]);
      for (int i = 0; i < 1_500; i++) {
        producer.send(part);
      }
      long paged;
      try (Stream<Path> files = Files.walk(site.data().resolve("paging"))) {
        paged = files.map(Path::toFile).filter(File::isFile).mapToLong(File::length).sum();
      }
      assertTrue(paged < 48 << 20, paged + " bytes of the 94 MiB are kept");
    }
  }

  @Test
  void aFloodOfQuestionsDelaysNoDeposit() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    ingestDesk.on(
        "pending", (question, asker, reply) -> assertTrue(end.await(60, TimeUnit.SECONDS)));
    ingestDesk.on("status", (question, asker, reply) -> reply.item("well"));
    try (Connection w2 = connections("w2").open(Tuning.receiving(0));
        Connection receiver = connections("w1").open(Tuning.receiving(0));
        Session session = w2.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      MessageProducer producer = session.createProducer(session.createQueue(Addresses.INGEST_ASK));
      producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
      for (int i = 0; i < 5_000; i++) {
        producer.send(
            Letters.question(
                session, "%032x".formatted(i), Letters.question(Question.of("pending"))));
      }
      long before = System.nanoTime();
      Site.sendFromWithin(broker, Addresses.deposits(Site.LABO), "a deposit");
      assertEquals(
          "a deposit", Site.take(receiver, Addresses.deposits(Site.LABO)).getBody(String.class));
      assertTrue(System.nanoTime() - before < Duration.ofSeconds(5).toNanos());

      Asking honest = worker("w1");
      ask(honest, "files1", Question.of("status"));
      assertEquals("[\"well\"]", items.toString(), "another account is answered meanwhile");
      long threads =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals("ask-answer-w2"))
              .count();
      assertTrue(threads <= Bounds.OF_A_GUEST, threads + " at once");
    } finally {
      end.countDown();
    }
  }
}
