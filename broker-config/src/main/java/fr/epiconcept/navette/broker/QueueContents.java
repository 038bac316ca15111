package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.flux.FileId;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.server.LargeServerMessage;
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

  /**
   * Removes messages of which the disk has lost the end: what a full disk took only in part stands
   * in the journal like a whole one.
   *
   * @return whose they were
   */
  Set<FileId> removeTorn() throws IOException {
    Map<Long, FileId> torn = new HashMap<>();
    queue.flushExecutor();
    try (LinkedListIterator<MessageReference> waiting = queue.browserIterator()) {
      while (waiting.hasNext()) {
        MessageReference each = waiting.next();
        if (isTorn(each.getMessage())) {
          id(each).ifPresent(id -> torn.put(each.getMessageID(), id));
        }
      }
    }
    for (long message : torn.keySet()) {
      try {
        queue.deleteReference(message);
      } catch (Exception e) {
        throw new IOException("a torn message cannot be removed from " + queue.getName(), e);
      }
    }
    return new HashSet<>(torn.values());
  }

  int removeAll() throws IOException {
    try {
      queue.flushExecutor();
      return queue.deleteAllReferences();
    } catch (Exception e) {
      throw new IOException("queue " + queue.getName() + " cannot be emptied", e);
    }
  }

  private static boolean isTorn(Message message) throws IOException {
    if (!(message instanceof LargeServerMessage large)
        || !(message.getObjectProperty(Message.HDR_LARGE_BODY_SIZE.toString())
            instanceof Long wanted)) {
      return false;
    }
    try {
      return large.getLargeBody().getBodySize() < wanted;
    } catch (ActiveMQException e) {
      throw new IOException("the size of a large message cannot be read", e);
    }
  }

  private static Optional<FileId> id(MessageReference each) {
    Object id = each.getMessage().getObjectProperty(Contract.P_ID);
    return id == null ? Optional.empty() : FileId.parse(id.toString());
  }
}
