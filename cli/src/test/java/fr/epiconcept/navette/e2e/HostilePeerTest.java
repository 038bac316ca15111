package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Session;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** P7 and P5 against somebody on the broker's port who means no good. Files pass all the while. */
@ExtendWith(TellsOnFailure.class)
class HostilePeerTest {
  private static final Logger LOG = LoggerFactory.getLogger(HostilePeerTest.class);

  private static final String STRANGER = "stranger";
  private static final String SECRET = "s3cret-Of-Another";

  /** How the core protocol says hello; what follows are frames, each behind its length. */
  private static final byte[] HELLO = "ARTEMIS".getBytes(StandardCharsets.US_ASCII);

  /** The first bytes of a ClientHello: a record of 512 bytes, of which 11 come. */
  private static final byte[] HALF_HELLO = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};

  @TempDir static Path folder;
  private static TwoServers servers;

  @BeforeAll
  static void start() throws Exception {
    servers = TwoServers.in(folder).tls().with(Flux.named("labo"), Flux.named("radio"));
    new Accounts(folder.resolve("etc-files/accounts"))
        .add(STRANGER, Set.of(new FluxName("radio")), SECRET.toCharArray());
    servers.startBoth();
    passes("the first one");
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      servers.assertNeverRestarted();
      servers.awaitIdle();
      Books.of(servers, "labo").balance();
    } finally {
      servers.close();
    }
  }

  /** A file goes in and its answer comes out. */
  private static void passes(String name) throws IOException {
    servers.deposit("labo", name, name);
    Path answer = servers.flux("labo").out().resolve("ack-" + name);
    TwoServers.awaitThat("labo passes", () -> Files.exists(answer));
  }

  private static Socket plain() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), servers.queues().port());
  }

  /** TLS is up; nobody has logged in. */
  private static SSLSocket secured() throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (var ca = Files.newInputStream(servers.queues().ca().orElseThrow())) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(ca));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain(), "127.0.0.1", 0, true);
    socket.startHandshake();
    return socket;
  }

  /** Or as much as is heard: the broker may hang up between two words, which is looked at later. */
  private static void sayWhatIsHeard(Socket socket, byte[]... words) {
    try {
      say(socket, words);
    } catch (IOException cutOff) {
      LOG.debug("cut off while it spoke", cutOff);
    }
  }

  private static void say(Socket socket, byte[]... words) throws IOException {
    OutputStream out = socket.getOutputStream();
    for (byte[] each : words) {
      out.write(each);
    }
    out.flush();
  }

  /** Whether the broker has hung up; whatever it still said is thrown away. */
  private static boolean isCutOff(Socket socket) {
    try {
      socket.setSoTimeout(10);
      return socket.getInputStream().read(new byte[4096]) < 0;
    } catch (SocketTimeoutException silent) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  @Test
  void hundredsWhoSayNothingKeepNobodyOutAndAreCutOff() throws Exception {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        open.add(plain());
        Socket half = plain();
        say(half, HALF_HELLO);
        open.add(half);
      }
      for (int i = 0; i < 20; i++) {
        open.add(secured());
      }

      passes("while hundreds are silent");
      TwoServers.awaitThat(
          "all are cut off",
          () -> {
            open.removeIf(HostilePeerTest::isCutOff);
            return open.isEmpty();
          });
      assertTrue(servers.ingest().isAlive());
    } finally {
      for (Socket each : open) {
        each.close();
      }
    }
  }

  @Test
  void whoAnnouncesTwoGigabytesIsCutOffBeforeTheyFillTheMemory() throws Exception {
    long sent = 0;
    byte[] zeros = new byte[1 << 20];
    try (SSLSocket socket = secured()) {
      say(socket, HELLO, ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array());
      while (sent < 256L << 20) {
        say(socket, zeros);
        sent += zeros.length;
      }
    } catch (IOException cutOff) {
      assertTrue(sent <= 16L << 20, "cut off after " + sent + " bytes");
    }
    assertTrue(sent < 256L << 20, "all was read");
    passes("after two gigabytes");
    assertTrue(servers.ingest().said().contains("announced 2147483647 bytes at once"));
  }

  @Test
  void whoSpeaksAnotherProtocolIsCutOff() throws Exception {
    byte[] noise = new byte[4096];
    new Random(7).nextBytes(noise);
    List<Socket> open = List.of(plain(), plain(), secured(), secured());
    sayWhatIsHeard(open.get(0), noise);
    // As a true worker that was not told of TLS.
    sayWhatIsHeard(open.get(1), HELLO, ByteBuffer.allocate(4).putInt(noise.length).array(), noise);
    sayWhatIsHeard(open.get(2), noise);
    // Hello, and a frame of a length that may be, with nonsense in it.
    sayWhatIsHeard(open.get(3), HELLO, ByteBuffer.allocate(4).putInt(noise.length).array(), noise);
    for (Socket each : open) {
      TwoServers.awaitThat(open.indexOf(each) + " is cut off", () -> isCutOff(each));
      each.close();
    }
    passes("after the noise");
  }

  @Test
  void whoHasNoAccountGetsNoSessionAndItIsSaid() throws Exception {
    try (ActiveMQConnectionFactory factory =
        new ActiveMQConnectionFactory(servers.queues().url())) {
      assertThrows(JMSException.class, () -> factory.createConnection().close());
      assertThrows(JMSException.class, () -> factory.createConnection("nobody", SECRET).close());
    }
    TwoServers.awaitThat(
        "it is said", () -> servers.ingest().said().contains("login of account 'nobody' from"));
    passes("after nobody");
  }

  /** One thing that an account might try. */
  private interface Attempt {
    void by(Session session) throws JMSException;
  }

  private static void refused(String said, Attempt attempt) throws Exception {
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(servers.queues().url());
        Connection connection = factory.createConnection(STRANGER, SECRET)) {
      connection.start();
      try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
        assertThrows(JMSException.class, () -> attempt.by(session), said);
      }
    }
    String line = "account '" + STRANGER + "' may not " + said;
    TwoServers.awaitThat("it is said: " + line, () -> servers.ingest().said().contains(line));
  }

  private static Attempt consume(String queue) {
    return session -> session.createConsumer(session.createQueue(queue)).receive(1000);
  }

  private static Attempt browse(String queue) {
    return session ->
        session.createBrowser(session.createQueue(queue)).getEnumeration().hasMoreElements();
  }

  private static Attempt send(String queue) {
    return session ->
        session.createProducer(session.createQueue(queue)).send(session.createTextMessage("x"));
  }

  @Test
  void anAccountOfAnotherFluxIsRefusedAtEveryDoorAndEachIsSaid() throws Exception {
    refused("consume at 'flux.labo'", consume("flux.labo"));
    refused("consume at 'flux.labo.return'", consume("flux.labo.return"));
    refused("consume at 'flux.labo.dead'", consume("flux.labo.dead"));
    refused("consume at 'worker.front1'", consume("worker.front1"));
    refused("browse at 'flux.labo'", browse("flux.labo"));
    refused("browse at 'flux.labo.return'", browse("flux.labo.return"));
    refused("browse at 'flux.labo.dead'", browse("flux.labo.dead"));
    refused("send at 'flux.labo'", send("flux.labo"));
    refused("send at 'flux.labo.return'", send("flux.labo.return"));
    refused("send at 'flux.labo.dead'", send("flux.labo.dead"));
    refused("send at 'worker.front1'", send("worker.front1"));
    refused("manage at 'activemq.management'", send("activemq.management"));
    // Of its own flux too, what only ingest may do.
    refused("send at 'flux.radio'", send("flux.radio"));
    refused("consume at 'flux.radio.return'", consume("flux.radio.return"));
    passes("after all doors");
    assertEquals(
        List.of(),
        servers.queues().ids("flux.labo.dead"),
        "nothing was put where it does not belong");
  }
}
