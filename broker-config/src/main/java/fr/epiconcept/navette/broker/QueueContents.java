package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.flux.FileId;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.utils.collections.LinkedListIterator;

/** Reads what a queue holds, paged messages and those that are out with a consumer included. */
final class QueueContents {
  private final Queue queue;

  QueueContents(Queue queue) {
    this.queue = queue;
  }

  /** The files that its messages are about. What is moved meanwhile may be missed. */
  Set<FileId> ids() throws IOException {
    Set<FileId> ids = new HashSet<>();
    // What was sent last stands aside for a moment, where no iterator sees it.
    queue.flushExecutor();
    try (LinkedListIterator<MessageReference> waiting = queue.browserIterator()) {
      while (waiting.hasNext()) {
        id(waiting.next()).ifPresent(ids::add);
      }
    }
    for (List<MessageReference> out : queue.getDeliveringMessages().values()) {
      out.forEach(each -> id(each).ifPresent(ids::add));
    }
    return ids;
  }

  private static Optional<FileId> id(MessageReference each) {
    Object id = each.getMessage().getObjectProperty(Contract.P_ID);
    return id == null ? Optional.empty() : FileId.parse(id.toString());
  }
}
