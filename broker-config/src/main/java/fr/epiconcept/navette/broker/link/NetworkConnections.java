package fr.epiconcept.navette.broker.link;

import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.SecretFile;
import fr.epiconcept.navette.flux.config.SecretRefused;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnectorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;

/**
 * A worker's connections: TLS with a checked host name, a login, and errors that say what to do.
 */
final class NetworkConnections implements BrokerConnections {
  private static final int CONNECT_MILLIS = 10_000;

  // With what is around it a chunk must stay below the largest frame that the broker reads: 1 MiB.
  private static final int CHUNK = 900 << 10;

  private final BrokerAccess access;
  private final Factories factories;

  NetworkConnections(BrokerAccess access) {
    this.access = access;
    this.factories = new Factories(transport(access), CHUNK);
  }

  @Override
  public Connection open(Tuning tuning) throws JMSException {
    String password = password(access.passwordFile());
    try {
      return factories.of(tuning).createConnection(access.account(), password);
    } catch (JMSException e) {
      throw Diagnosis.of(e, access);
    }
  }

  @Override
  public void close() {
    factories.close();
  }

  private static TransportConfiguration transport(BrokerAccess access) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put(TransportConstants.HOST_PROP_NAME, access.endpoint().host());
    parameters.put(TransportConstants.PORT_PROP_NAME, access.endpoint().port());
    parameters.put(TransportConstants.NETTY_CONNECT_TIMEOUT, CONNECT_MILLIS);
    if (access.endpoint().tls()) {
      parameters.put(TransportConstants.SSL_ENABLED_PROP_NAME, true);
      parameters.put(TransportConstants.VERIFY_HOST_PROP_NAME, true);
      // Else -Djavax.net.ssl.trustStore of the whole JVM would win over our file.
      parameters.put(TransportConstants.FORCE_SSL_PARAMETERS, true);
      access
          .ca()
          .ifPresent(
              ca -> {
                parameters.put(TransportConstants.TRUSTSTORE_TYPE_PROP_NAME, "PEM");
                parameters.put(TransportConstants.TRUSTSTORE_PATH_PROP_NAME, ca.toString());
              });
    }
    return new TransportConfiguration(NettyConnectorFactory.class.getName(), parameters);
  }

  /** Read at each login, so that a new password needs no restart. */
  private static String password(Path file) throws JMSException {
    try {
      return new String(SecretFile.read(file));
    } catch (SecretRefused e) {
      JMSException failure = new JMSException(e.getMessage(), Diagnosis.NEEDS_HANDS);
      failure.initCause(e);
      throw failure;
    }
  }
}
