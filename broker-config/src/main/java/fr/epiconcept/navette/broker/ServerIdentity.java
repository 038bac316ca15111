package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.flux.config.DaemonConfig.ServerTls;
import fr.epiconcept.navette.flux.file.DurableFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collection;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's certificate and key: read once here, so that a fault is told by name before Artemis
 * wraps it in three others.
 */
final class ServerIdentity {
  private static final Logger LOG = LoggerFactory.getLogger(ServerIdentity.class);
  private static final Duration SOON = Duration.ofDays(21);
  private static final Pattern PKCS8 =
      Pattern.compile(
          "-----BEGIN PRIVATE KEY-----\\s+([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final byte[] PROBE = "navette".getBytes(StandardCharsets.US_ASCII);

  private ServerIdentity() {}

  /**
   * Checks both files and writes the small file by which Artemis finds them (paths only).
   *
   * @return that file
   */
  static Path prepare(ServerTls tls, Path folder, InstantSource clock) throws BrokerRefused {
    X509Certificate certificate = certificate(tls.certificate());
    checkTime(certificate, tls.certificate(), clock.instant());
    PrivateKey key = key(tls.key(), certificate);
    checkPair(certificate, key, tls);
    return pemConfig(tls, folder);
  }

  private static X509Certificate certificate(Path file) throws BrokerRefused {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> chain =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (chain.isEmpty()) {
        throw refused("certificate", file, "no PEM certificate in it", null);
      }
      return (X509Certificate) chain.iterator().next();
    } catch (IOException | GeneralSecurityException e) {
      throw refused("certificate", file, reason(e), e);
    }
  }

  private static PrivateKey key(Path file, X509Certificate certificate) throws BrokerRefused {
    try {
      Matcher pem = PKCS8.matcher(Files.readString(file, StandardCharsets.US_ASCII));
      if (!pem.find()) {
        throw refused(
            "key",
            file,
            "no unencrypted PKCS #8 key (BEGIN PRIVATE KEY) in it; openssl pkcs8 -topk8 -nocrypt"
                + " converts others",
            null);
      }
      byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
      return KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw refused("key", file, reason(e), e);
    }
  }

  private static void checkPair(X509Certificate certificate, PrivateKey key, ServerTls tls)
      throws BrokerRefused {
    String algorithm =
        key.getAlgorithm().startsWith("Ed")
            ? key.getAlgorithm()
            : "SHA256with" + (key.getAlgorithm().equals("EC") ? "ECDSA" : key.getAlgorithm());
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(PROBE);
      if (signature.verify(signed)) {
        return;
      }
    } catch (GeneralSecurityException e) {
      throw refused("key", tls.key(), reason(e), e);
    }
    throw refused("key", tls.key(), "it is not the key of " + tls.certificate(), null);
  }

  private static void checkTime(X509Certificate certificate, Path file, Instant now) {
    Instant end = certificate.getNotAfter().toInstant();
    if (end.isBefore(now)) {
      LOG.error("the certificate {} ended on {}: workers will refuse it; renew it", file, end);
    } else if (end.isBefore(now.plus(SOON))) {
      LOG.warn("the certificate {} ends on {}: renew it", file, end);
    }
  }

  private static Path pemConfig(ServerTls tls, Path folder) throws BrokerRefused {
    Path file = folder.resolve("tls.pemcfg");
    try {
      Properties properties = new Properties();
      properties.setProperty("source.key", tls.key().toAbsolutePath().toString());
      properties.setProperty("source.cert", tls.certificate().toAbsolutePath().toString());
      StringWriter text = new StringWriter();
      properties.store(text, "Written by navette at each start");
      DurableFile.replace(file, text.toString(), "rw-------");
      return file;
    } catch (IOException e) {
      throw new BrokerRefused("cannot write " + file + ": " + reason(e), e);
    }
  }

  private static BrokerRefused refused(String what, Path file, String why, Throwable cause) {
    return new BrokerRefused(
        "cannot use the server's "
            + what
            + " "
            + file
            + ": "
            + why
            + "; see ingest.broker.tls in navette.yml",
        cause);
  }

  private static String reason(Exception e) {
    if (e instanceof java.nio.file.AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof java.nio.file.NoSuchFileException) {
      return "no such file";
    }
    return BrokerXml.oneLine(e);
  }
}
