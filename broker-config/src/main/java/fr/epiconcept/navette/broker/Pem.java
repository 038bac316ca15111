package fr.epiconcept.navette.broker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys as they stand in PEM files. What is no good is told with the file. */
final class Pem {
  private static final Pattern PKCS8 =
      Pattern.compile(
          "-----BEGIN PRIVATE KEY-----\\s+([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final byte[] PROBE = "navette".getBytes(StandardCharsets.US_ASCII);

  private Pem() {}

  /** All certificates of the file, in its order; at least one. */
  static List<X509Certificate> certificates(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> chain =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (chain.isEmpty()) {
        throw new IOException(file + ": no PEM certificate in it");
      }
      return chain;
    } catch (GeneralSecurityException e) {
      throw new IOException(file + ": " + BrokerXml.oneLine(e), e);
    }
  }

  /** The key of {@code certificate}; another one is refused. */
  static PrivateKey key(Path file, X509Certificate certificate) throws IOException {
    Matcher pem = PKCS8.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    if (!pem.find()) {
      throw new IOException(
          file
              + ": no unencrypted PKCS #8 key (BEGIN PRIVATE KEY) in it; openssl pkcs8 -topk8"
              + " -nocrypt converts others");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
      PrivateKey key =
          KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(der));
      if (!isPair(key, certificate)) {
        throw new IOException(
            file
                + ": it is not the key of the certificate for "
                + certificate.getSubjectX500Principal());
      }
      return key;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(file + ": " + BrokerXml.oneLine(e), e);
    }
  }

  private static boolean isPair(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(signature(key));
    signature.initSign(key);
    signature.update(PROBE);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(PROBE);
    return signature.verify(signed);
  }

  /** The name of the algorithm by which such a key signs. */
  static String signature(Key key) {
    String algorithm = key.getAlgorithm();
    if (algorithm.startsWith("Ed")) {
      return algorithm;
    }
    return "SHA256with" + (algorithm.equals("EC") ? "ECDSA" : algorithm);
  }
}
