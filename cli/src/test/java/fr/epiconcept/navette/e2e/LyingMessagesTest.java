package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Messages.Outgoing;
import fr.epiconcept.navette.broker.message.Parcel;
import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.log.LogLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Messages that are not what they say, from somebody who may send: an administrator to the worker,
 * a worker to ingest. Each is set aside with a reason, none stops what is true.
 */
@ExtendWith(TellsOnFailure.class)
class LyingMessagesTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final String DEPOSITS = "flux.labo";
  private static final String RETURNS = "flux.labo.return";

  /** Bytes of the hash behind a body. */
  private static final int HASH = 32;

  /** Travels in many pieces. */
  private static final int LARGE = 500_000;

  /** In characters, two bytes each on their way: the broker's journal bears 490 KiB a message. */
  private static final int LONGEST_THAT_FITS = 250_000;

  /** More than the journal bears, in one frame, then more than a frame: 1 MiB. */
  private static final int[] TOO_LONG = {400_000, 20_000_000};

  @TempDir static Path folder;
  private static TwoServers servers;
  private static FileIds ids;

  /** Makes a lie of what was true. */
  private interface Lie {
    void into(Message message) throws JMSException;
  }

  @BeforeAll
  static void start() throws Exception {
    servers = TwoServers.in(folder).with(Flux.named("labo"));
    servers.startBoth();
    ids = new FileIds(InstantSource.system());
  }

  /** What was true is whole, and nothing has come to stand where nobody put it. */
  @AfterAll
  static void stop() throws Exception {
    try {
      servers.assertNeverRestarted();
      servers.awaitIdle();
      Books.of(servers, "labo").balance();
      assertTrue(Files.notExists(Path.of("/escaped")));
      try (Stream<Path> all = Files.walk(folder)) {
        assertEquals(List.of(), all.filter(each -> each.toString().contains("escaped")).toList());
      }
    } finally {
      servers.close();
    }
  }

  private static void passes(String name) throws IOException {
    servers.deposit("labo", name, name);
    Path answer = servers.flux("labo").out().resolve("ack-" + name);
    TwoServers.awaitThat("labo passes", () -> Files.exists(answer));
  }

  private static void send(String account, String password, String queue, Parcel parcel, Lie lie)
      throws Exception {
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(servers.queues().url());
        Connection connection = factory.createConnection(account, password);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(session.createQueue(queue))) {
      if (parcel instanceof Parcel.Payload payload) {
        Path file = Files.write(folder.resolve("payload"), new byte[(int) payload.size()]);
        try (Outgoing outgoing = Messages.of(session, payload, file, FileIdentity.of(file))) {
          lie.into(outgoing.message());
          producer.send(outgoing.message());
        }
      } else {
        Message message = Messages.of(session, parcel);
        lie.into(message);
        producer.send(message);
      }
    }
  }

  private static void toWorker(Parcel parcel, Lie lie) throws Exception {
    send(TwoServers.ADMIN, TwoServers.ADMIN_PASSWORD, DEPOSITS, parcel, lie);
  }

  private static void toIngest(Parcel parcel, Lie lie) throws Exception {
    String password = Files.readString(folder.resolve("etc-front/password")).strip();
    send(TwoServers.WORKER, password, RETURNS, parcel, lie);
  }

  private static Deposit deposit() {
    return new Deposit(
        LABO, ids.next(), FileName.of("lie.hl7"), 5, Instant.now(), 1, Optional.empty());
  }

  private static Acknowledgement answer() {
    return new Acknowledgement(
        LABO,
        ids.next(),
        FileName.of("lie.txt"),
        5,
        Instant.now(),
        Optional.empty(),
        TwoServers.WORKER);
  }

  private static Outcome outcome(FileId id, String by) {
    return new Outcome(
        LABO,
        id,
        1,
        Outcome.Result.PROCESSED,
        Optional.of(0),
        Duration.ofMillis(5),
        1,
        "a lie",
        by);
  }

  private static void awaitTold(List<LogLine> before, Log log, String event, String reason) {
    TwoServers.awaitThat(
        event + " is told: " + reason,
        () ->
            log.lines().stream()
                .skip(before.size())
                .anyMatch(
                    line ->
                        line.event().equals(event)
                            && line.fields().getOrDefault("reason", "").contains(reason)));
  }

  private interface Log {
    List<LogLine> lines() throws IOException;
  }

  private static void refusedByWorker(String reason, Lie lie) throws Exception {
    List<LogLine> before = servers.workerLog("labo");
    toWorker(deposit(), lie);
    awaitTold(before, () -> servers.workerLog("labo"), "refused-message", reason);
  }

  private static void refusedByIngest(Parcel parcel, String reason, Lie lie) throws Exception {
    List<LogLine> before = servers.ingestLog("labo");
    toIngest(parcel, lie);
    awaitTold(before, () -> servers.ingestLog("labo"), "refused-message", reason);
  }

  private static Lie text(String property, String value) {
    return message -> message.setStringProperty(property, value);
  }

  @Test
  void aDepositWithAPathForANameIsSetAside() throws Exception {
    refusedByWorker("navette_name", text("navette_name", "../../escaped"));
    refusedByWorker("navette_name", text("navette_name", "/escaped"));
    refusedByWorker("navette_name", text("navette_name", "%2e%2e%2fescaped"));
    refusedByWorker("navette_name", text("navette_name", ".."));
    refusedByWorker("navette_name", text("navette_name", ""));
    refusedByWorker("navette_name", text("navette_name", "n".repeat(100_000)));
    passes("after the names");
  }

  @Test
  void aDepositOfAnotherFluxKindOrShapeIsSetAside() throws Exception {
    refusedByWorker("no deposit of this flux", text("navette_flux", "radio"));
    refusedByWorker("navette_flux", text("navette_flux", "../escaped"));
    refusedByWorker("navette_id", text("navette_id", "../escaped"));
    refusedByWorker("navette_kind", text("navette_kind", "order"));
    refusedByWorker("navette_size", message -> message.setLongProperty("navette_size", -1));
    refusedByWorker("navette_round", message -> message.setIntProperty("navette_round", -7));
    refusedByWorker("navette_modified", text("navette_modified", "yesterday"));
    refusedByWorker("navette_", Message::clearProperties);
    passes("after the shapes");
  }

  /**
   * It is tried again, since a link may have torn it; then it is a failure of a file nobody knows.
   */
  @Test
  void aDepositOfAnotherSizeIsNeverSeenInStorage() throws Exception {
    List<LogLine> before = servers.workerLog("labo");
    toWorker(deposit(), message -> message.setLongProperty("navette_size", 4));
    awaitTold(before, () -> servers.workerLog("labo"), "failed", "corrupt: ");
    passes("after the size");
    wasNotRun("lie.hl7");
  }

  /** Another body than the one that was made: bytes, and a hash that is not theirs. */
  private static Lie wrongHash(int size) {
    byte[] body = new byte[size + HASH];
    return message -> {
      message.setLongProperty("navette_size", size);
      BytesMessage bytes = (BytesMessage) message;
      bytes.clearBody();
      if (size <= Messages.SMALL) {
        bytes.writeBytes(body);
      } else {
        bytes.setObjectProperty("JMS_AMQ_InputStream", new ByteArrayInputStream(body));
      }
    };
  }

  @Test
  void aDepositWhoseHashIsNotThatOfItsBytesIsNeverSeenInStorage() throws Exception {
    List<LogLine> before = servers.workerLog("labo");
    toWorker(deposit(), wrongHash(LARGE));
    awaitTold(
        before, () -> servers.workerLog("labo"), "failed", "corrupt: its bytes have the hash");
    passes("after the hash");
    wasNotRun("lie.hl7");
  }

  private static void wasNotRun(String name) throws IOException {
    assertTrue(
        Journal.of(servers.flux("labo")).starts().stream()
            .noneMatch(start -> start.name().equals(name)),
        "its script ran");
  }

  /**
   * What the broker bears its readers refuse; what it does not bear it refuses itself, and lives.
   */
  @Test
  void propertiesAsLongAsCanBeAreSetAsideAndLongerOnesNeverComeIn() throws Exception {
    refusedByWorker("navette_name has", text("navette_name", "n".repeat(LONGEST_THAT_FITS)));
    refusedByIngest(
        answer(), "navette_name has", text("navette_name", "n".repeat(LONGEST_THAT_FITS)));
    refusedByIngest(
        outcome(ids.next(), TwoServers.WORKER),
        "navette_reason has",
        text("navette_reason", "n".repeat(LONGEST_THAT_FITS)));
    for (int length : TOO_LONG) {
      Lie tooLong = text("navette_name", "n".repeat(length));
      assertThrows(JMSException.class, () -> toWorker(deposit(), tooLong));
      assertThrows(JMSException.class, () -> toIngest(answer(), tooLong));
    }
    passes("after the longest");
  }

  /**
   * Another version is no lie that can be told from the truth: it waits, said once, until both
   * servers speak one. Whoever removes it lets the flux go on.
   */
  @Test
  void aDepositOfAnotherVersionWaitsAndIsToldUntilSomebodyTakesItAway() throws Exception {
    List<LogLine> before = servers.workerLog("labo");
    toWorker(deposit(), version(99));
    awaitTold(before, () -> servers.workerLog("labo"), "suspended", "speaks version 99");
    servers.deposit("labo", "behind the version", "behind the version");
    assertEquals(1, servers.queues().remove(DEPOSITS, "navette_version = 99"));
    passes("after the version");
    wasNotRun("lie.hl7");
    refusedByWorker("navette_version", version(-1));
    refusedByWorker("navette_version", text("navette_version", "1"));
  }

  @Test
  void anAnswerOfAnotherVersionWaitsAndIsPassedByOthers() throws Exception {
    List<LogLine> before = servers.ingestLog("labo");
    toIngest(answer(), version(99));
    awaitTold(before, () -> servers.ingestLog("labo"), "suspended", "speaks version 99");
    passes("while the version waits");
    assertTrue(Files.notExists(servers.flux("labo").out().resolve("lie.txt")));
    assertEquals(1, servers.queues().remove(RETURNS, "navette_version = 99"));
    refusedByIngest(answer(), "navette_version", version(-1));
  }

  private static Lie version(int number) {
    return message -> message.setIntProperty("navette_version", number);
  }

  @Test
  void aWordOfAWorkerInAnothersNameIsSetAside() throws Exception {
    refusedByIngest(outcome(ids.next(), "another"), "it names account another", message -> {});
    refusedByIngest(
        new Receipt(LABO, ids.next(), Receipt.Of.DEPOSIT, 1, "another"),
        "it names account another",
        message -> {});
    refusedByIngest(answer(), "it names account another", text("navette_worker", "another"));
    passes("after the names of others");
  }

  @Test
  void anAnswerWithAPathForANameIsSetAside() throws Exception {
    refusedByIngest(answer(), "navette_name", text("navette_name", "../../escaped"));
    refusedByIngest(answer(), "navette_name", text("navette_name", "/escaped"));
    refusedByIngest(answer(), "navette_name", text("navette_name", "."));
    refusedByIngest(deposit(), "a deposit on a return queue", message -> {});
    refusedByIngest(answer(), "navette_of", text("navette_of", "../escaped"));
    refusedByIngest(answer(), "navette_", Message::clearProperties);
    passes("after the answers");
  }

  /** Nobody knows such a file: a word about it changes nothing, and its worker is told so. */
  @Test
  void aWordAboutAFileThatNeverWasChangesNothing() throws Exception {
    toIngest(outcome(ids.next(), TwoServers.WORKER), message -> {});
    toIngest(
        new Receipt(LABO, ids.next(), Receipt.Of.DEPOSIT, 1, TwoServers.WORKER), message -> {});
    passes("after the unknown");
    TwoServers.awaitThat("all is settled", () -> servers.queues().ids(RETURNS).isEmpty());
  }

  /** A worker that is wrong for ever would otherwise have its answer read every five seconds. */
  @Test
  void anAnswerThatStaysCorruptIsSetAside() throws Exception {
    // Side by side: each is asked for three times.
    List<LogLine> before = servers.ingestLog("labo");
    toIngest(answer(), wrongHash(5));
    toIngest(answer(), wrongHash(LARGE));
    refusedByIngest(answer(), "corrupt", message -> message.setLongProperty("navette_size", 4));
    TwoServers.awaitThat(
        "all three are told",
        () ->
            servers.ingestLog("labo").stream()
                    .skip(before.size())
                    .filter(line -> line.event().equals("refused-message"))
                    .filter(line -> line.fields().get("reason").contains("is corrupt"))
                    .count()
                == 3);
    passes("after the corrupt answer");
    TwoServers.awaitThat("all is settled", () -> servers.queues().ids(RETURNS).isEmpty());
    assertTrue(Files.notExists(servers.flux("labo").out().resolve("lie.txt")));
  }
}
