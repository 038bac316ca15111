package fr.epiconcept.navette.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What there is to know of a certificate on disk.
 *
 * @param file where it stands
 * @param subject whose it is, as {@code CN=files1.example.org}
 * @param names the hosts and addresses that it is for; none for an authority
 * @param from the first instant at which it is valid
 * @param until the last one
 */
public record CertificateFacts(
    Path file, String subject, List<String> names, Instant from, Instant until) {
  public CertificateFacts {
    names = List.copyOf(names);
  }

  /**
   * Reads all certificates of a PEM file, in its order: a server's own is the first.
   *
   * @throws IOException if the file cannot be read or holds none; the message names it
   */
  public static List<CertificateFacts> read(Path file) throws IOException {
    List<CertificateFacts> all = new ArrayList<>();
    for (X509Certificate certificate : Pem.certificates(file)) {
      all.add(of(file, certificate));
    }
    return all;
  }

  static CertificateFacts of(Path file, X509Certificate certificate) throws IOException {
    return new CertificateFacts(
        file,
        certificate.getSubjectX500Principal().getName(),
        names(file, certificate),
        certificate.getNotBefore().toInstant(),
        certificate.getNotAfter().toInstant());
  }

  private static List<String> names(Path file, X509Certificate certificate) throws IOException {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .map(name -> name.get(1))
              .filter(String.class::isInstance)
              .map(String.class::cast)
              .toList();
    } catch (CertificateParsingException e) {
      throw new IOException(file + ": " + BrokerXml.oneLine(e), e);
    }
  }

  /** Whole days until it ends: 0 on its last day, negative once it has ended. */
  public long daysLeft(Instant now) {
    return Math.floorDiv(Duration.between(now, until).toSeconds(), Duration.ofDays(1).toSeconds());
  }
}
