package fr.epiconcept.navette.broker;

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
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

// Each case has a site of its own; two wait for 10 s until the client gives up.
@Execution(ExecutionMode.CONCURRENT)
class CertificatesTest {
  private static final Tuning ONE = Tuning.receiving(0);

  @TempDir Path root;

  private Connection open(Site site, Endpoint endpoint, Path ca) throws JMSException {
    return BrokerConnections.to(site.access(endpoint, "w1", "secret one", Optional.of(ca)))
        .open(ONE);
  }

  private static String whyNot(org.junit.jupiter.api.function.Executable open) {
    return assertThrows(JMSException.class, open).getMessage();
  }

  @Test
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
