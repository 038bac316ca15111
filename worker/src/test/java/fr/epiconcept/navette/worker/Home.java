package fr.epiconcept.navette.worker;

import static org.awaitility.Awaitility.await;

import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.EraKeeper;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.broker.message.Contract;
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
import fr.epiconcept.navette.flux.config.DaemonConfig.Broker;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import fr.epiconcept.navette.flux.file.FileIdentity;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.QueueBrowser;
import javax.jms.Session;

/**
 * The file server as far as a worker can tell: a real broker, deposits that leave, parcels that
 * come.
 */
final class Home implements AutoCloseable {
  static final String ACCOUNT = "w1";
  static final Duration PATIENCE = Duration.ofSeconds(40);

  private static final String LARGE = "x".repeat(500_000);

  private final Path root;
  private final EmbeddedBroker broker;
  private final Connection inside;
  private final Session session;
  private final MessageConsumer returns;
  private final FileIds ids = new FileIds(InstantSource.system());
  private final List<Parcel> came = new ArrayList<>();

  Home(Path root) throws Exception {
    this.root = Files.createDirectories(root);
    Path accounts = root.resolve("accounts");
    new Accounts(accounts).add(ACCOUNT, Set.of(Front.LABO), "secret".toCharArray());
    broker =
        EmbeddedBroker.start(
            new Broker(
                root.resolve("broker"),
                Optional.empty(),
                new Endpoint(false, "127.0.0.1", 0),
                Optional.empty(),
                accounts,
                1 << 20),
            List.of(Front.LABO));
    inside = broker.inVm().open(Tuning.receiving(0));
    inside.start();
    EraKeeper.open(inside, root.resolve("era"), false);
    session = inside.createSession(false, Session.AUTO_ACKNOWLEDGE);
    returns = session.createConsumer(session.createQueue(Addresses.returns(Front.LABO)));
  }

  /** How the worker reaches the broker. */
  BrokerAccess access() throws IOException {
    return access("secret");
  }

  BrokerAccess access(String password) throws IOException {
    Path file = root.resolve("password");
    Files.writeString(file, password + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return new BrokerAccess(broker.listening(), ACCOUNT, file, Optional.empty());
  }

  /** A connection as a worker has it for receiving. */
  Connection inside() {
    return inside;
  }

  EmbeddedBroker broker() {
    return broker;
  }

  // --- deposits ---

  Deposit deposit(String name, String content) {
    return deposit(ids.next(), name, content, 1);
  }

  static Deposit deposit(FileId id, String name, String content, int round) {
    return new Deposit(
        Front.LABO,
        id,
        FileName.of(name),
        content.length(),
        Instant.parse("2026-11-23T10:15:30Z"),
        round,
        Optional.empty());
  }

  /** The deposit as a message that can be read, without sending it. */
  synchronized Message message(Deposit deposit, String content) throws Exception {
    Path file = Files.createTempFile(root, "body", "");
    Files.writeString(file, content);
    try (Outgoing outgoing = Messages.of(session, deposit, file, FileIdentity.of(file))) {
      BytesMessage message = (BytesMessage) outgoing.message();
      message.reset();
      return message;
    }
  }

  /** Sends; {@code content} may be another than the deposit promises. */
  synchronized void send(Deposit deposit, String content) throws Exception {
    send(message(deposit, content));
  }

  synchronized void send(Message message) throws JMSException {
    try (Session own = inside.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      own.createProducer(own.createQueue(Addresses.deposits(Front.LABO))).send(message);
    }
  }

  Deposit sends(String name) throws Exception {
    Deposit deposit = deposit(name, "content of " + name);
    send(deposit, "content of " + name);
    return deposit;
  }

  Deposit sends(FileName name) throws Exception {
    Deposit deposit =
        new Deposit(Front.LABO, ids.next(), name, 1, Instant.EPOCH, 1, Optional.empty());
    send(deposit, "x");
    return deposit;
  }

  /** A deposit whose message comes in pieces. */
  Deposit sendsLarge(String name) throws Exception {
    Deposit deposit = deposit(name, LARGE);
    sendLarge(deposit);
    return deposit;
  }

  void sendLarge(Deposit deposit) throws Exception {
    Path file = Files.writeString(root.resolve("large-" + deposit.id()), LARGE);
    try (Session own = inside.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Outgoing outgoing = Messages.of(own, deposit, file, FileIdentity.of(file))) {
      own.createProducer(own.createQueue(Addresses.deposits(Front.LABO))).send(outgoing.message());
    }
  }

  /** The broker's disk has lost the end of it. */
  Deposit sendsAndLosesTheEnd(String name) throws Exception {
    Deposit deposit = sendsLarge(name);
    try (Stream<Path> all = Files.walk(root.resolve("broker"))) {
      Path body =
          all.filter(each -> each.getParent().endsWith("large"))
              .filter(Files::isRegularFile)
              .findAny()
              .orElseThrow();
      try (FileChannel kept = FileChannel.open(body, StandardOpenOption.WRITE)) {
        kept.truncate(300_000);
      }
    }
    return deposit;
  }

  Message empty() throws JMSException {
    return session.createMessage();
  }

  /** How many deposits the broker holds that no worker has. */
  synchronized int waiting() throws JMSException {
    try (Session own = inside.createSession(false, Session.AUTO_ACKNOWLEDGE);
        QueueBrowser browser = own.createBrowser(own.createQueue(Addresses.deposits(Front.LABO)))) {
      int many = 0;
      for (Enumeration<?> all = browser.getEnumeration(); all.hasMoreElements(); many++) {
        all.nextElement();
      }
      return many;
    }
  }

  /** Gives a receipt to the worker. */
  synchronized void receipt(FileId id, Receipt.Of of, int round) throws JMSException {
    try (Session own = inside.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      own.createProducer(own.createQueue(Addresses.worker(ACCOUNT)))
          .send(Messages.of(own, new Receipt(Front.LABO, id, of, round, "ingest")));
    }
  }

  // --- what comes home ---

  /** Everything that came so far. */
  synchronized List<Parcel> came() throws Exception {
    for (Message next = returns.receiveNoWait(); next != null; next = returns.receiveNoWait()) {
      came.add(Contract.read(next));
    }
    return List.copyOf(came);
  }

  List<Outcome> outcomes() throws Exception {
    return came().stream().filter(Outcome.class::isInstance).map(Outcome.class::cast).toList();
  }

  List<Receipt> receipts() throws Exception {
    return came().stream().filter(Receipt.class::isInstance).map(Receipt.class::cast).toList();
  }

  List<String> answers() throws Exception {
    return came().stream()
        .filter(Acknowledgement.class::isInstance)
        .map(parcel -> ((Acknowledgement) parcel).name().display())
        .toList();
  }

  List<FileId> answerIds() throws Exception {
    return came().stream().filter(Acknowledgement.class::isInstance).map(Parcel::id).toList();
  }

  void awaitParcels(Predicate<List<Parcel>> enough) {
    await().atMost(PATIENCE).until(this::came, enough);
  }

  List<Outcome> awaitOutcomes(int many) throws Exception {
    await().atMost(PATIENCE).until(() -> outcomes().size() >= many);
    return outcomes();
  }

  @Override
  public void close() throws JMSException {
    inside.close();
    broker.close();
  }
}
