package fr.epiconcept.navette.broker;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerConsumerPlugin;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerMessagePlugin;

/**
 * Who was given the last message of each queue: of an exclusive one that is who gets the next too,
 * and the broker tells nobody.
 */
final class LastServed implements ActiveMQServerMessagePlugin, ActiveMQServerConsumerPlugin {
  private final Map<SimpleString, ServerConsumer> last = new ConcurrentHashMap<>();

  @Override
  public void afterDeliver(ServerConsumer consumer, MessageReference reference) {
    SimpleString queue = consumer.getQueue().getName();
    if (last.get(queue) != consumer && !consumer.isBrowseOnly()) {
      last.put(queue, consumer);
    }
  }

  @Override
  public void afterCloseConsumer(ServerConsumer consumer, boolean failed) {
    last.remove(consumer.getQueue().getName(), consumer);
  }

  /** Whether it was that one. */
  boolean is(ServerConsumer consumer) {
    return last.get(consumer.getQueue().getName()) == consumer;
  }
}
