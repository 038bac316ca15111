package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.flux.FluxName;
import java.util.List;
import java.util.Set;
import org.apache.activemq.artemis.core.postoffice.impl.LocalQueueBinding;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Queues of accounts that were removed: nobody will read them, and those of receipts only grow. */
final class LeftBehind {
  private static final Logger LOG = LoggerFactory.getLogger(LeftBehind.class);

  private final ActiveMQServer server;

  LeftBehind(ActiveMQServer server) {
    this.server = server;
  }

  /**
   * Removes them, with whatever they hold. Nobody may be connected yet.
   *
   * @param accounts all that there are; none at all is taken for a file that is out of reach, and
   *     nothing is removed
   */
  void remove(Set<String> accounts) {
    if (accounts.isEmpty()) {
      return;
    }
    for (Queue queue : ofWorkers()) {
      String account = account(queue);
      // What somebody else named so is not ours.
      if (FluxName.parse(account).isPresent() && !accounts.contains(account)) {
        remove(queue, account);
      }
    }
  }

  private List<Queue> ofWorkers() {
    return server
        .getPostOffice()
        .getAllBindings()
        .filter(LocalQueueBinding.class::isInstance)
        .map(binding -> ((LocalQueueBinding) binding).getQueue())
        .filter(queue -> queue.getName().toString().startsWith(Addresses.ALL_WORKERS))
        .toList();
  }

  private static String account(Queue queue) {
    String name = queue.getName().toString().substring(Addresses.ALL_WORKERS.length());
    for (String end : List.of(Addresses.ASK, Addresses.FETCH, Addresses.BEGIN)) {
      if (name.endsWith(end)) {
        return name.substring(0, name.length() - end.length());
      }
    }
    return name;
  }

  private void remove(Queue queue, String account) {
    try {
      long receipts = queue.getMessageCount();
      // With its address, which would stay for ever too.
      server.destroyQueue(queue.getName(), null, false, false, true);
      if (!queue.getName().toString().equals(Addresses.worker(account))) {
        return;
      }
      LOG.warn(
          "account {} is gone: its queue {} is removed, and the {} receipts in it",
          account,
          queue.getName(),
          receipts);
    } catch (Exception e) {
      LOG.warn(
          "account {} is gone, but its queue cannot be removed: {}; tried at the next start",
          account,
          BrokerXml.oneLine(e));
    }
  }
}
