package fr.epiconcept.navette.broker.link;

import java.util.HashMap;
import java.util.Map;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.apache.activemq.artemis.api.jms.JMSFactoryType;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** The client's settings, in one place; one factory for each tuning, since each has threads. */
final class Factories {
  static final int CALL_TIMEOUT_MILLIS = 10_000;

  // A silent broker is found within twice this; a silent client by the broker within this and 2 s.
  private static final int TTL_MILLIS = 15_000;
  private static final int PING_MILLIS = 5_000;

  private static final int CONFIRMATION_WINDOW = 1 << 20;

  private final TransportConfiguration transport;

  /** Bytes of a chunk of a streamed file. */
  private final int chunk;

  private final Map<Tuning, ActiveMQConnectionFactory> made = new HashMap<>();

  /**
   * The settings for one transport.
   *
   * @param chunk how many bytes of a streamed file go at once: with more it is faster. Artemis
   *     takes it also as the size from which a message is streamed, and bears no other one above
   *     490 KiB; ours are streamed from 64 KiB
   */
  Factories(TransportConfiguration transport, int chunk) {
    this.transport = transport;
    this.chunk = chunk;
  }

  synchronized ActiveMQConnectionFactory of(Tuning tuning) {
    return made.computeIfAbsent(tuning, this::make);
  }

  private ActiveMQConnectionFactory make(Tuning tuning) {
    ActiveMQConnectionFactory factory =
        ActiveMQJMSClient.createConnectionFactoryWithoutHA(JMSFactoryType.CF, transport);
    // We reconnect ourselves: the client's own way leaves sessions of unknown state behind.
    factory.setReconnectAttempts(0);
    factory.setInitialConnectAttempts(1);
    factory.setUseTopologyForLoadBalancing(false);
    factory.setCallTimeout(CALL_TIMEOUT_MILLIS);
    factory.setConnectionTTL(TTL_MILLIS);
    factory.setClientFailureCheckPeriod(PING_MILLIS);
    // A listener keeps its thread while a script runs, and completions come on the same pool: any
    // limit, and the client's default has one, lets the listeners of one flux stop all others.
    factory.setUseGlobalPools(false);
    factory.setThreadPoolMaxSize(-1);
    // Without a confirmation window a completion fires before the message is durable, so such
    // sends must wait.
    factory.setConfirmationWindowSize(tuning.completions() ? CONFIRMATION_WINDOW : -1);
    factory.setBlockOnDurableSend(!tuning.completions());
    factory.setBlockOnAcknowledge(false);
    factory.setConsumerWindowSize(tuning.consumerWindowBytes());
    factory.setMinLargeMessageSize(chunk);
    factory.setCompressLargeMessage(false);
    factory.setCacheLargeMessagesClient(false);
    return factory;
  }

  synchronized void close() {
    made.values().forEach(ActiveMQConnectionFactory::close);
    made.clear();
  }
}
