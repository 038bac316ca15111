package fr.epiconcept.navette.broker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.link.BrokerConnections;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

// Each case has a site of its own; two wait for 10 s until the client gives up.
@Execution(ExecutionMode.CONCURRENT)
class CertificatesTest {
  private static final Tuning ONE = Tuning.receiving(0);

  // Artemis's reader of PEM keys fails now and then when two brokers of one JVM start at once.
  private static final String KEY_READER = "key reader";

  @TempDir Path root;

  private Connection open(Site site, Endpoint endpoint, Path ca) throws JMSException {
    return BrokerConnections.to(site.access(endpoint, "w1", "secret one", Optional.of(ca)))
        .open(ONE);
  }

  private static String whyNot(org.junit.jupiter.api.function.Executable open) {
    return assertThrows(JMSException.class, open).getMessage();
  }

  @Test
  @ResourceLock(KEY_READER)
  void secureALinkAndRefuseEveryOther() throws Exception {
    Site site =
        new Site(root.resolve("site")).withWorker().withCertificates("files1.example", "127.0.0.1");
    Site stranger = new Site(root.resolve("stranger")).withCertificates("127.0.0.1");
    Path ca = site.certs().resolve("ca.crt");
    try (EmbeddedBroker broker = EmbeddedBroker.start(site.tls(0), Site.fluxes())) {
      Endpoint there = broker.listening();
      Site.sendFromWithin(broker, Addresses.deposits(Site.LABO), "over TLS");
      try (Connection worker = open(site, there, ca)) {
        assertNotNull(Site.take(worker, Addresses.deposits(Site.LABO)));
      }
      String untrusted = whyNot(() -> open(site, there, stranger.certs().resolve("ca.crt")));
      assertTrue(untrusted.contains("certificate is not trusted"), untrusted);
      String otherName =
          whyNot(() -> open(site, new Endpoint(true, "localhost", there.port()), ca));
      assertTrue(otherName.contains("certificate is for another host"), otherName);
      String plain =
          assertTimeout(
              Duration.ofSeconds(20),
              () -> whyNot(() -> open(site, new Endpoint(false, "127.0.0.1", there.port()), ca)));
      assertTrue(plain.contains("speaks TLS"), plain);
    }
  }

  private static List<X509Certificate> shown(int port) throws Exception {
    List<X509Certificate> seen = new ArrayList<>();
    X509TrustManager all =
        new X509ExtendedTrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            seen.addAll(List.of(chain));
          }

          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {all}, null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.startHandshake();
    } catch (ConnectException duringTheChange) {
      return List.of();
    }
    return seen;
  }

  @Test
  @ResourceLock(KEY_READER)
  void areRenewedUnderABrokerThatRuns() throws Exception {
    Site site = new Site(root).withWorker().withCertificates("files1.example", "127.0.0.1");
    Path ca = site.certs().resolve("ca.crt");
    Path caKey = Files.move(site.certs().resolve("ca.key"), root.resolve("kept-elsewhere.key"));
    int port = freePort();
    try (EmbeddedBroker broker = EmbeddedBroker.start(site.tls(port), Site.fluxes());
        Connection old = open(site, broker.listening(), ca)) {
      List<X509Certificate> before = shown(port);
      for (boolean newKey : new boolean[] {false, true}) {
        CertificateFacts renewed =
            Certificates.renew(site.certs(), caKey, List.of(), newKey, InstantSource.system());
        assertEquals(List.of("files1.example", "127.0.0.1"), renewed.names());
        X509Certificate now = Pem.certificates(site.certs().resolve("server.crt")).get(0);
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> shown(port).stream().anyMatch(now::equals));
        assertFalse(before.contains(now));
        assertEquals(!newKey, now.getPublicKey().equals(before.get(0).getPublicKey()));
        open(site, broker.listening(), ca).close();
      }
      Site.take(old, Addresses.deposits(Site.LABO));
      // What is no good is not taken up, and nothing is lost by it.
      List<X509Certificate> good = shown(port);
      try (Said said = Said.by(CertificateTakenUp.class)) {
        Files.writeString(site.certs().resolve("server.crt"), "half a file");
        await().atMost(Duration.ofSeconds(20)).until(() -> !said.lines().isEmpty());
        assertTrue(said.lines().get(0).contains("server.crt"), said.lines()::toString);
      }
      assertEquals(good, shown(port));
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void oneThatHasEndedIsToldAsThatAndNotAsOneOfAnotherAuthority() throws Exception {
    Site site = new Site(root.resolve("ended")).withWorker();
    Certificates.create(
        site.certs(),
        List.of("127.0.0.1"),
        InstantSource.offset(InstantSource.system(), Duration.ofDays(-1000)));
    try (EmbeddedBroker broker = EmbeddedBroker.start(site.tls(0), Site.fluxes())) {
      String ended = whyNot(() -> open(site, broker.listening(), site.certs().resolve("ca.crt")));

      assertTrue(ended.contains("its certificate has ended or is not good yet"), ended);
    }
  }

  @Test
  void areNotRenewedByAnotherAuthorityOrAnEndedOne() throws Exception {
    Site site = new Site(root.resolve("site")).withCertificates("files1.example");
    Site stranger = new Site(root.resolve("stranger")).withCertificates("files1.example");
    String before = Files.readString(site.certs().resolve("server.crt"));
    Path wrong = stranger.certs().resolve("ca.key");
    assertTrue(renewal(site, wrong, InstantSource.system()).startsWith(wrong + ": it is not"));
    Instant late = Instant.now().plus(Certificates.AUTHORITY_VALIDITY).plusSeconds(60);
    String ended = renewal(site, site.certs().resolve("ca.key"), InstantSource.fixed(late));
    assertTrue(ended.contains("ca.crt ended on"), ended);
    assertEquals(before, Files.readString(site.certs().resolve("server.crt")));
  }

  private static String renewal(Site site, Path caKey, InstantSource clock) {
    return assertThrows(
            IOException.class,
            () -> Certificates.renew(site.certs(), caKey, List.of(), false, clock))
        .getMessage();
  }

  @Test
  void countDaysAndNeverOutliveTheirAuthority() throws Exception {
    Site site = new Site(root).withCertificates("files1.example", "10.0.0.5");
    Instant now = Instant.now();
    CertificateFacts facts = CertificateFacts.read(site.certs().resolve("server.crt")).get(0);
    assertEquals("CN=files1.example", facts.subject());
    assertEquals(List.of("files1.example", "10.0.0.5"), facts.names());
    assertEquals(729, facts.daysLeft(facts.until().minus(Duration.ofDays(730)).plusSeconds(1)));
    assertEquals(0, facts.daysLeft(facts.until().minusSeconds(1)));
    assertEquals(-1, facts.daysLeft(facts.until().plusSeconds(1)));
    InstantSource late = InstantSource.fixed(now.plus(Duration.ofDays(3649)));
    CertificateFacts renewed =
        Certificates.renew(
            site.certs(), site.certs().resolve("ca.key"), List.of("files2"), false, late);
    assertEquals(List.of("files2"), renewed.names());
    assertEquals(
        CertificateFacts.read(site.certs().resolve("ca.crt")).get(0).until(), renewed.until());
  }

  @Test
  void tellTlsOnAPlainPort() throws Exception {
    Site site = new Site(root).withWorker().withCertificates("127.0.0.1");
    try (EmbeddedBroker broker = site.start()) {
      Endpoint tls = new Endpoint(true, "127.0.0.1", broker.listening().port());
      String why =
          assertTimeout(
              Duration.ofSeconds(25),
              () -> whyNot(() -> open(site, tls, site.certs().resolve("ca.crt"))));
      assertTrue(why.contains("TLS"), why);
    }
    Endpoint nobody = new Endpoint(true, "127.0.0.1", 1);
    assertTrue(
        whyNot(() -> open(site, nobody, site.certs().resolve("ca.crt")))
            .contains("nothing listens"));
  }

  @Test
  void areRefusedAtTheStartWhenUnusable() throws Exception {
    Site site = new Site(root).withCertificates("127.0.0.1");
    Path key = site.certs().resolve("server.key");
    String good = Files.readString(key);
    Files.writeString(key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    assertTrue(refusal(site).startsWith("cannot use the server's key " + key));
    Files.writeString(key, "nothing");
    assertTrue(refusal(site).contains("no unencrypted PKCS #8 key"), refusal(site));
    Files.writeString(key, Files.readString(site.certs().resolve("ca.key")));
    assertTrue(refusal(site).contains("it is not the key of"), refusal(site));
    Files.writeString(key, good);
    Files.delete(site.certs().resolve("server.crt"));
    assertTrue(refusal(site).contains("server.crt: no such file"), refusal(site));
  }

  private static String refusal(Site site) {
    return assertThrows(BrokerRefused.class, () -> EmbeddedBroker.start(site.tls(0), Site.fluxes()))
        .getMessage();
  }

  @Test
  void haveSafeModesAndAreNeverOverwritten() throws Exception {
    Certificates.create(root, List.of("a.example", "10.1.2.3", "::1"), InstantSource.system());
    assertEquals("rw-------", mode("ca.key"));
    assertEquals("rw-r-----", mode("server.key"));
    String before = Files.readString(root.resolve("server.crt"));
    Files.delete(root.resolve("ca.key"));
    assertThrows(
        FileAlreadyExistsException.class,
        () -> Certificates.create(root, List.of("b.example"), InstantSource.system()));
    assertEquals(before, Files.readString(root.resolve("server.crt")));
    assertFalse(Files.exists(root.resolve("ca.key")));
  }

  private String mode(String file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(file)));
  }

  @Test
  void passwordFilesThatEverybodyReadsAreRefused() throws Exception {
    Site site = new Site(root).withWorker();
    BrokerAccess access = site.access(new Endpoint(false, "127.0.0.1", 1), "w1", "secret one");
    Files.setPosixFilePermissions(
        access.passwordFile(), PosixFilePermissions.fromString("rw-r--r--"));
    String why = whyNot(() -> BrokerConnections.to(access).open(ONE));
    assertTrue(why.contains("is open to everybody on this machine"), why);
    assertFalse(why.contains("secret one"));
    assertDoesNotThrow(() -> BrokerConnections.to(access).close());
  }
}
