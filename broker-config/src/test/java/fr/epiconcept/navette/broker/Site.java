package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.broker.link.BrokerConnections;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig.Broker;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import fr.epiconcept.navette.flux.config.DaemonConfig.ServerTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.Session;

/** A file server in a temporary folder, and workers that know its passwords. */
public final class Site {
  public static final FluxName LABO = new FluxName("labo");
  public static final FluxName RADIO = new FluxName("radio");

  private static final long MIN_FREE = 1 << 20;

  final Path root;

  public Site(Path root) {
    this.root = root;
  }

  public Path data() {
    return root.resolve("broker");
  }

  public Path accountsFolder() {
    return root.resolve("accounts");
  }

  public Accounts accounts() {
    return new Accounts(accountsFolder());
  }

  /** With an account {@code w1} that serves {@code labo}. */
  public Site withWorker() throws IOException {
    accounts().add("w1", Set.of(LABO), "secret one".toCharArray());
    return this;
  }

  public Site withCertificates(String... hosts) throws IOException {
    Certificates.create(certs(), List.of(hosts), InstantSource.system());
    return this;
  }

  public Path certs() {
    return root.resolve("certs");
  }

  public Broker plain(int port) {
    return settings(new Endpoint(false, "127.0.0.1", port), Optional.empty(), Optional.empty());
  }

  public Broker tls(int port) {
    ServerTls tls = new ServerTls(certs().resolve("server.crt"), certs().resolve("server.key"));
    return settings(new Endpoint(true, "127.0.0.1", port), Optional.of(tls), Optional.empty());
  }

  public Broker settings(Endpoint listen, Optional<ServerTls> tls, Optional<Path> xml) {
    return new Broker(data(), xml, listen, tls, accountsFolder(), MIN_FREE);
  }

  public EmbeddedBroker start() throws BrokerRefused {
    return EmbeddedBroker.start(plain(0), fluxes());
  }

  public static Collection<FluxName> fluxes() {
    return List.of(LABO, RADIO);
  }

  public BrokerAccess access(Endpoint endpoint, String account, String password) {
    return access(endpoint, account, password, Optional.empty());
  }

  public BrokerAccess access(
      Endpoint endpoint, String account, String password, Optional<Path> ca) {
    try {
      Path file = root.resolve("password-of-" + account.replace('/', '_'));
      Files.writeString(file, password + "\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      return new BrokerAccess(endpoint, account, file, ca);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public BrokerConnections worker(EmbeddedBroker broker) {
    return BrokerConnections.to(access(broker.listening(), "w1", "secret one"));
  }

  public static void copyFolder(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        Path target = to.resolve(from.relativize(each));
        if (Files.isDirectory(each)) {
          Files.createDirectories(target);
        } else {
          Files.copy(each, target);
        }
      }
    }
  }

  public static void deleteFolder(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  public static void send(Connection connection, String queue, String text) throws JMSException {
    try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      session.createProducer(session.createQueue(queue)).send(session.createTextMessage(text));
    }
  }

  public static void sendFromWithin(EmbeddedBroker broker, String queue, String text)
      throws JMSException {
    try (Connection inside = broker.inVm().open(Tuning.receiving(0))) {
      send(inside, queue, text);
    }
  }

  /** The next message, or null within a short time. */
  public static Message take(Connection connection, String queue) throws JMSException {
    connection.start();
    try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
      return consumer.receive(1000);
    }
  }
}
