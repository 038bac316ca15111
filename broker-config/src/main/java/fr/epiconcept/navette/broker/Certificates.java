package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.flux.file.DurableFile;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeSet;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;

/**
 * Makes a private authority and a server's certificate, for sites that have no authority of their
 * own: {@code ca.crt}, {@code ca.key}, {@code server.crt} and {@code server.key}.
 */
public final class Certificates {
  /** How long a server's certificate is valid unless said otherwise: two years. */
  public static final Duration VALIDITY = Duration.ofDays(730);

  /** An authority lives longer: its certificate stands on every processing server. Ten years. */
  public static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);

  private static final List<String> FILES = List.of("ca.crt", "ca.key", "server.crt", "server.key");
  private static final String CA_KEY_MODE = "rw-------";
  // The group may read: the daemon's, where root makes the files.
  private static final String KEY_MODE = "rw-r-----";
  private static final String CERTIFICATE_MODE = "rw-r--r--";
  private static final SecureRandom RANDOM = new SecureRandom();

  private Certificates() {}

  /**
   * Whether {@link #create} has done its work there already, for the same names: the authority's
   * key may have been taken to a safer place since.
   *
   * @throws IOException if the files cannot be used, or do not belong together
   */
  public static boolean areMade(Path folder, List<String> hosts, InstantSource clock)
      throws IOException {
    for (String file : FILES) {
      if (!file.equals("ca.key") && !Files.exists(folder.resolve(file))) {
        return false;
      }
    }
    Path file = folder.resolve("server.crt");
    X509Certificate server = Pem.certificates(file).get(0);
    X509Certificate ca = Pem.certificates(folder.resolve("ca.crt")).get(0);
    Pem.key(folder.resolve("server.key"), server);
    try {
      server.verify(ca.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " is not of the authority in ca.crt", e);
    }
    CertificateFacts facts = CertificateFacts.of(file, server);
    return facts.until().isAfter(clock.instant())
        && new TreeSet<>(facts.names()).equals(new TreeSet<>(hosts));
  }

  /** {@link #create(Path, List, InstantSource, Duration)} for {@link #VALIDITY}. */
  public static void create(Path folder, List<String> hosts, InstantSource clock)
      throws IOException {
    create(folder, hosts, clock, VALIDITY);
  }

  /**
   * Makes the four PEM files.
   *
   * @param folder is made if it is not there
   * @param hosts names and addresses by which workers connect, at least one
   * @throws FileAlreadyExistsException if one of them is there already; nothing is changed then
   */
  public static void create(Path folder, List<String> hosts, InstantSource clock, Duration validity)
      throws IOException {
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("a certificate needs at least one host name or address");
    }
    for (String file : FILES) {
      if (Files.exists(folder.resolve(file))) {
        throw new FileAlreadyExistsException(
            folder.resolve(file).toString(),
            null,
            "it is not overwritten: 'certs renew' gives other names or more time; or move it away");
      }
    }
    Files.createDirectories(folder);
    try {
      Instant now = clock.instant();
      KeyPair caKey = newKey();
      X509Certificate ca = new Issuer(now, AUTHORITY_VALIDITY).authority(caKey);
      KeyPair serverKey = newKey();
      X509Certificate server =
          new Issuer(now, validity).server(serverKey.getPublic(), hosts, ca, caKey.getPrivate());
      write(folder.resolve("ca.key"), pem(pkcs8(caKey)), CA_KEY_MODE);
      write(folder.resolve("ca.crt"), pem(ca), CERTIFICATE_MODE);
      write(folder.resolve("server.key"), pem(pkcs8(serverKey)), KEY_MODE);
      write(folder.resolve("server.crt"), pem(server, ca), CERTIFICATE_MODE);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("cannot make certificates: " + BrokerXml.oneLine(e), e);
    }
  }

  /**
   * Makes another certificate of the same authority for the server. A broker that runs takes it up
   * by itself.
   *
   * <p>With the key that is there, one file is replaced, by one rename. With a new key two are:
   * after a crash between both they do not belong together, and this is to be called again.
   *
   * @param folder with {@code ca.crt}, {@code server.crt} and {@code server.key}
   * @param caKey the authority's key, wherever it is kept
   * @param hosts as in {@link #create}; none: those of the certificate that is there
   * @param newKey whether the server gets another key too
   * @return the new certificate
   * @throws IOException if one of the files cannot be used, or the authority has ended; nothing is
   *     changed then
   */
  public static CertificateFacts renew(
      Path folder, Path caKey, List<String> hosts, boolean newKey, InstantSource clock)
      throws IOException {
    Path file = folder.resolve("server.crt");
    Path keyFile = folder.resolve("server.key");
    Instant now = clock.instant();
    X509Certificate ca = Pem.certificates(folder.resolve("ca.crt")).get(0);
    if (!ca.getNotAfter().toInstant().isAfter(now)) {
      throw new IOException(
          folder.resolve("ca.crt")
              + " ended on "
              + ca.getNotAfter().toInstant()
              + ": it can renew nothing; make another authority with certs create");
    }
    PrivateKey authority = Pem.key(caKey, ca);
    X509Certificate old = Pem.certificates(file).get(0);
    try {
      PublicKey key = old.getPublicKey();
      String newKeyPem = null;
      if (newKey) {
        KeyPair pair = newKey();
        key = pair.getPublic();
        newKeyPem = pem(pkcs8(pair));
      } else {
        Pem.key(keyFile, old);
      }
      List<String> names = hosts.isEmpty() ? CertificateFacts.of(file, old).names() : hosts;
      if (names.isEmpty()) {
        throw new IOException(file + " names no host: say by which names workers connect");
      }
      X509Certificate renewed = new Issuer(now, VALIDITY).server(key, names, ca, authority);
      String text = pem(renewed, ca);
      if (newKeyPem != null) {
        write(keyFile, newKeyPem, KEY_MODE);
      }
      write(file, text, CERTIFICATE_MODE);
      return CertificateFacts.of(file, renewed);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("cannot make a certificate: " + BrokerXml.oneLine(e), e);
    }
  }

  private static void write(Path file, String text, String mode) throws IOException {
    DurableFile.replaceForSameOwner(file, text, mode);
  }

  private static KeyPair newKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  private static Object pkcs8(KeyPair pair) throws IOException {
    return new JcaPKCS8Generator(pair.getPrivate(), null);
  }

  private static String pem(Object... parts) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (Object part : parts) {
        writer.writeObject(part);
      }
    }
    return text.toString();
  }
}
