package fr.epiconcept.navette.broker.link;

import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import java.util.Map;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMConnectorFactory;

/** Makes connections to one broker. Thread-safe. */
@FunctionalInterface
public interface BrokerConnections extends AutoCloseable {
  /** Bytes of a large file that go at once where no network is between. */
  int IN_VM_CHUNK = 4 << 20;

  /**
   * A connection that is not started. It never reconnects: a dead link is dead for all its sessions
   * at once.
   *
   * <p>Returns or fails within about 20 s.
   *
   * @throws JMSException whose message is one line that says what to do
   */
  Connection open(Tuning tuning) throws JMSException;

  /** Gives up the threads. Connections that are still open die. */
  @Override
  default void close() {}

  /** Connections of a worker over the network; the password is read again for each. */
  static BrokerConnections to(BrokerAccess access) {
    return new NetworkConnections(access);
  }

  /**
   * Connections to a broker of this process.
   *
   * @param serverId its number among those of this JVM
   */
  static BrokerConnections inVm(int serverId, String user, String token) {
    Factories factories =
        new Factories(
            new TransportConfiguration(
                InVMConnectorFactory.class.getName(), Map.of("serverId", serverId)),
            IN_VM_CHUNK);
    return new BrokerConnections() {
      @Override
      public Connection open(Tuning tuning) throws JMSException {
        return factories.of(tuning).createConnection(user, token);
      }

      @Override
      public void close() {
        factories.close();
      }
    };
  }
}
