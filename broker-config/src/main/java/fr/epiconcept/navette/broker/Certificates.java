package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.flux.file.DurableFile;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes a private authority and a server's certificate, for sites that have no authority of their
 * own: {@code ca.crt}, {@code ca.key}, {@code server.crt} and {@code server.key}.
 */
public final class Certificates {
  /** How long both are valid unless said otherwise: two years. */
  public static final Duration VALIDITY = Duration.ofDays(730);

  private static final List<String> FILES = List.of("ca.crt", "ca.key", "server.crt", "server.key");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final SecureRandom RANDOM = new SecureRandom();

  private Certificates() {}

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
            folder.resolve(file).toString(), null, "it is not overwritten; move it away first");
      }
    }
    Files.createDirectories(folder);
    try {
      Issuer issuer = new Issuer(clock.instant(), validity);
      KeyPair caKey = newKey();
      X509Certificate ca = issuer.authority(caKey);
      KeyPair serverKey = newKey();
      X509Certificate server = issuer.server(serverKey, hosts, ca, caKey);
      DurableFile.replace(folder.resolve("ca.key"), pem(pkcs8(caKey)), "rw-------");
      DurableFile.replace(folder.resolve("ca.crt"), pem(ca), "rw-r--r--");
      DurableFile.replace(folder.resolve("server.key"), pem(pkcs8(serverKey)), "rw-r-----");
      DurableFile.replace(folder.resolve("server.crt"), pem(server, ca), "rw-r--r--");
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("cannot make certificates: " + BrokerXml.oneLine(e), e);
    }
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

  /** Signs for one span of time. */
  private record Issuer(Instant now, Duration validity) {
    // A server whose clock is a little behind must accept them too.
    private static final Duration SKEW = Duration.ofHours(1);

    X509Certificate authority(KeyPair key)
        throws GeneralSecurityException, OperatorCreationException, IOException {
      X500Name name = name("Navette private authority");
      JcaX509v3CertificateBuilder builder = builder(name, name, key);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key.getPublic()));
      return signed(builder, key);
    }

    X509Certificate server(KeyPair key, List<String> hosts, X509Certificate ca, KeyPair caKey)
        throws GeneralSecurityException, OperatorCreationException, IOException {
      JcaX509v3CertificateBuilder builder =
          builder(
              X500Name.getInstance(ca.getSubjectX500Principal().getEncoded()),
              name(hosts.get(0)),
              key);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(ca));
      builder.addExtension(Extension.subjectAlternativeName, false, names(hosts));
      return signed(builder, caKey);
    }

    private JcaX509v3CertificateBuilder builder(X500Name issuer, X500Name subject, KeyPair key) {
      return new JcaX509v3CertificateBuilder(
          issuer,
          new BigInteger(127, RANDOM).add(BigInteger.ONE),
          Date.from(now.minus(SKEW)),
          Date.from(now.plus(validity)),
          subject,
          key.getPublic());
    }

    private static X509Certificate signed(JcaX509v3CertificateBuilder builder, KeyPair by)
        throws GeneralSecurityException, OperatorCreationException {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
    }

    private static X500Name name(String common) {
      return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, common).build();
    }

    private static GeneralNames names(List<String> hosts) {
      return new GeneralNames(
          hosts.stream()
              .map(
                  host ->
                      new GeneralName(
                          ADDRESS.matcher(host).matches()
                              ? GeneralName.iPAddress
                              : GeneralName.dNSName,
                          host))
              .toArray(GeneralName[]::new));
    }
  }
}
