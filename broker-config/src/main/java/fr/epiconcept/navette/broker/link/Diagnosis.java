package fr.epiconcept.navette.broker.link;

import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.jms.JMSException;
import javax.jms.JMSSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Finds out why a connection could not be made. Artemis's client says "cannot connect" to almost
 * everything, so this tries the door itself once more, a few seconds at most.
 */
final class Diagnosis {
  /** The error code of what will not pass by itself: somebody must change something. */
  static final String NEEDS_HANDS = "needs-hands";

  private static final int MILLIS = 3_000;
  // A plain Artemis waits silently after this greeting; a TLS server takes it for nonsense.
  private static final byte[] GREETING = "ARTEMIS".getBytes(StandardCharsets.US_ASCII);
  private static final int SILENCE_MILLIS = 500;

  private static final Pattern WRAPPED =
      Pattern.compile("^[\\w.$]+: \\[errorType=\\w+ message=(.*)]$");

  private Diagnosis() {}

  static JMSException of(JMSException failure, BrokerAccess access) {
    Finding finding = look(failure, access);
    String told = access.endpoint() + ": " + finding.words();
    String code = finding.needsHands() ? NEEDS_HANDS : null;
    JMSException exception =
        failure instanceof JMSSecurityException
            ? new JMSSecurityException(told, code)
            : new JMSException(told, code);
    exception.initCause(failure);
    return exception;
  }

  private static Finding look(JMSException failure, BrokerAccess access) {
    if (failure instanceof JMSSecurityException) {
      return Finding.hands(
          "the login of account '"
              + access.account()
              + "' was refused; compare the password in "
              + access.passwordFile()
              + " with the account on the file server (navette accounts)");
    }
    return atTheDoor(access).orElseGet(() -> Finding.passing(oneLine(failure)));
  }

  private static Optional<Finding> atTheDoor(BrokerAccess access) {
    Endpoint to = access.endpoint();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(to.host(), to.port()), MILLIS);
      socket.setSoTimeout(MILLIS);
      return (to.tls() ? handshake(socket, access) : greeting(socket)).map(Finding::hands);
    } catch (ConnectException e) {
      return Optional.of(
          Finding.passing("nothing listens there; is navette ingest running on that server?"));
    } catch (UnknownHostException e) {
      return Optional.of(
          Finding.hands("that host name is not known; see worker.brokers in navette.yml"));
    } catch (SocketTimeoutException e) {
      return Optional.of(Finding.passing("no answer; is a firewall between?"));
    } catch (IOException e) {
      return Optional.of(Finding.passing(oneLine(e)));
    }
  }

  private static Optional<String> greeting(Socket socket) throws IOException {
    socket.getOutputStream().write(GREETING);
    socket.setSoTimeout(SILENCE_MILLIS);
    try {
      InputStream in = socket.getInputStream();
      in.read();
      return Optional.of("the port there speaks TLS, but the address says tcp://; write tls://");
    } catch (SocketTimeoutException e) {
      // As a broker that waits for more: the port is right, the cause is another.
      return Optional.empty();
    }
  }

  private static Optional<String> handshake(Socket socket, BrokerAccess access) throws IOException {
    SSLContext context;
    try {
      context = SSLContext.getInstance("TLS");
      context.init(null, trust(access.ca()).getTrustManagers(), null);
    } catch (GeneralSecurityException | IOException e) {
      return Optional.of("cannot use the authorities in " + ca(access) + ": " + oneLine(e));
    }
    Endpoint to = access.endpoint();
    try (SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(socket, to.host(), to.port(), true)) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(parameters);
      tls.startHandshake();
      return Optional.empty();
    } catch (SSLHandshakeException e) {
      return Optional.of(handshakeFailed(oneLine(e), access));
    } catch (SSLException e) {
      return Optional.of("no TLS is spoken there; tls:// on both servers, or tcp:// on both");
    } catch (SocketTimeoutException e) {
      return Optional.of(
          "no TLS answer within 3 s; does the port there speak plain tcp:// (or something else)?");
    }
  }

  private static String handshakeFailed(String why, BrokerAccess access) {
    if (why.contains("subject alternative") || why.contains("No name matching")) {
      return "its certificate is for another host ("
          + why
          + "); use a name that stands in it, or make one with navette certs";
    }
    if (why.contains("validity check") || why.contains("expired")) {
      return "its certificate has ended or is not good yet ("
          + why
          + "): see navette certs show on the file server, and the clocks of both";
    }
    if (why.contains("PKIX")) {
      return "its certificate is not trusted ("
          + why
          + "); the authority that signed it must stand in "
          + ca(access);
    }
    return "the TLS handshake failed (" + why + ")";
  }

  private static String ca(BrokerAccess access) {
    return access.ca().map(Path::toString).orElse("the Java runtime's own list");
  }

  private static TrustManagerFactory trust(Optional<Path> ca)
      throws GeneralSecurityException, IOException {
    KeyStore store = null;
    if (ca.isPresent()) {
      store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      try (InputStream in = Files.newInputStream(ca.get())) {
        int number = 0;
        for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          store.setCertificateEntry("ca" + number++, each);
        }
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  /** The message without the wrapping that Artemis's exceptions put around each other. */
  static String oneLine(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return WRAPPED.matcher(message.replaceAll("\\s+", " ").strip()).replaceFirst("$1");
  }

  /** Why, and whether it may pass by itself. */
  private record Finding(String words, boolean needsHands) {
    static Finding hands(String words) {
      return new Finding(words, true);
    }

    static Finding passing(String words) {
      return new Finding(words, false);
    }
  }
}
