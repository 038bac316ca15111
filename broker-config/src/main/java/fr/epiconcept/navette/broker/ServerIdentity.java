package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.flux.config.DaemonConfig.ServerTls;
import fr.epiconcept.navette.flux.file.DurableFile;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's certificate and key: read once here, so that a fault is told by name before Artemis
 * wraps it in three others.
 */
final class ServerIdentity {
  private static final Logger LOG = LoggerFactory.getLogger(ServerIdentity.class);
  private static final Duration SOON = Duration.ofDays(21);

  private ServerIdentity() {}

  /**
   * Checks both files and writes the small file by which Artemis finds them (paths only).
   *
   * @return that file
   */
  static Path prepare(ServerTls tls, Path folder, InstantSource clock) throws BrokerRefused {
    X509Certificate certificate;
    try {
      certificate = Pem.certificates(tls.certificate()).get(0);
    } catch (IOException e) {
      throw refused("certificate", tls.certificate(), e);
    }
    checkTime(certificate, tls.certificate(), clock.instant());
    try {
      Pem.key(tls.key(), certificate);
    } catch (IOException e) {
      throw refused("key", tls.key(), e);
    }
    return pemConfig(tls, folder);
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
      throw new BrokerRefused("cannot write " + reason(file, e), e);
    }
  }

  private static BrokerRefused refused(String what, Path file, IOException why) {
    return new BrokerRefused(
        "cannot use the server's "
            + what
            + " "
            + reason(file, why)
            + "; see ingest.broker.tls in navette.yml",
        why);
  }

  private static String reason(Path file, IOException e) {
    if (e instanceof AccessDeniedException) {
      return file + ": permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return file + ": no such file";
    }
    // Ours name the file themselves
    String told = BrokerXml.oneLine(e);
    return told.startsWith(file.toString()) ? told : file + ": " + told;
  }
}
