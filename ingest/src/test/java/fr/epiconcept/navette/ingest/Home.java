package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.link.BrokerConnections;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel;
import fr.epiconcept.navette.broker.message.Parcel.Payload;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig.Broker;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import fr.epiconcept.navette.flux.config.SeveralWorkers;
import fr.epiconcept.navette.flux.file.FileIdentity;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.Session;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;

/**
 * A broker on loopback for all tests of a class: each takes a flux of its own, so none meets what
 * another left. The accounts {@code w1} and {@code w2} serve all of them.
 */
final class Home implements AutoCloseable {
  /** A flux that the accounts may use and that has no queues until a test declares it. */
  static final FluxName LATE = new FluxName("late");

  /** What a flux's parts are told that only one account may take from. */
  static final Several ONE_WORKER = new Several(SeveralWorkers.Mode.ONE_ACTIVE, () -> false);

  private static final int FLUXES = 40;

  final EmbeddedBroker broker;
  private final Path root;
  private final Map<String, BrokerConnections> workers = new HashMap<>();
  private int taken;

  private Home(Path root, EmbeddedBroker broker) {
    this.root = root;
    this.broker = broker;
  }

  static Home start(Path root) throws Exception {
    Set<FluxName> fluxes = new LinkedHashSet<>();
    for (int i = 0; i < FLUXES; i++) {
      fluxes.add(flux(i));
    }
    Set<FluxName> theirs = new LinkedHashSet<>(fluxes);
    theirs.add(LATE);
    Path accounts = Files.createDirectories(root.resolve("accounts"));
    new Accounts(accounts).add("w1", theirs, "secret".toCharArray());
    new Accounts(accounts).add("w2", theirs, "secret".toCharArray());
    Broker settings =
        new Broker(
            root.resolve("broker"),
            Optional.empty(),
            new Endpoint(false, "127.0.0.1", 0),
            Optional.empty(),
            accounts,
            1 << 20);
    return new Home(root, EmbeddedBroker.start(settings, fluxes));
  }

  private static FluxName flux(int number) {
    return new FluxName("f" + number);
  }

  /** A flux that no other test has. */
  FluxName newFlux() {
    return flux(taken++);
  }

  /** A connection such as ingest's own, started. */
  Connection inside() throws JMSException {
    Connection connection = broker.inVm().open(Tuning.sending());
    connection.start();
    return connection;
  }

  /** A worker's connection, started. */
  Connection worker(String account) throws Exception {
    BrokerConnections connections = workers.get(account);
    if (connections == null) {
      Path password = root.resolve("password-" + account);
      Files.writeString(password, "secret\n");
      Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
      connections =
          BrokerConnections.to(
              new BrokerAccess(broker.listening(), account, password, Optional.empty()));
      workers.put(account, connections);
    }
    Connection connection = connections.open(Tuning.receiving(0));
    connection.start();
    return connection;
  }

  /** Sends a parcel without payload, as that account, to the returns of a flux. */
  void say(String account, FluxName flux, Parcel parcel) throws Exception {
    say(account, flux, session -> Messages.of(session, parcel));
  }

  interface Making {
    Message by(Session session) throws Exception;
  }

  void say(String account, FluxName flux, Making making) throws Exception {
    try (Connection connection = worker(account);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      session.createProducer(session.createQueue(Addresses.returns(flux))).send(making.by(session));
    }
  }

  /** Sends a parcel with its bytes, as that account, to the returns of a flux. */
  void sayFile(String account, FluxName flux, Payload parcel, Path file, FileIdentity looks)
      throws Exception {
    try (Connection connection = worker(account);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Messages.Outgoing outgoing = Messages.of(session, parcel, file, looks)) {
      session.createProducer(session.createQueue(Addresses.returns(flux))).send(outgoing.message());
    }
  }

  /** The broker's disk loses the end of a large message, the only one there is. */
  void losesTheEndOfALargeMessage() throws IOException {
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
  }

  /** How many messages a queue has, those that are out with a consumer included. */
  long count(String queue) throws Exception {
    try (Connection connection = inside();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      return ((ActiveMQSession) session)
          .getCoreSession()
          .queueQuery(SimpleString.of(queue))
          .getMessageCount();
    }
  }

  /** One more account; its queue is there once it has logged in. */
  void addAccount(String account, FluxName flux) throws Exception {
    new Accounts(root.resolve("accounts")).add(account, Set.of(flux), "secret".toCharArray());
  }

  /** As if the broker had been wiped since: neither account nor queue is there any more. */
  void removeAccount(String account) throws Exception {
    new Accounts(root.resolve("accounts")).remove(account);
    try (Connection connection = inside();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      ((ActiveMQSession) session)
          .getCoreSession()
          .deleteQueue(SimpleString.of(Addresses.worker(account)));
    }
  }

  /** Takes all that stands in a queue and is not out with a consumer. */
  List<Message> drain(String queue) throws JMSException {
    List<Message> all = new ArrayList<>();
    try (Connection connection = inside();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
      for (Message message = consumer.receive(300);
          message != null;
          message = consumer.receive(300)) {
        all.add(message);
      }
    }
    return all;
  }

  /** What is said in those messages. */
  static List<Parcel> parcels(List<Message> messages) throws Exception {
    List<Parcel> parcels = new ArrayList<>();
    for (Message message : messages) {
      parcels.add(Contract.read(message));
    }
    return parcels;
  }

  @Override
  public void close() {
    workers.values().forEach(BrokerConnections::close);
    broker.close();
  }
}
