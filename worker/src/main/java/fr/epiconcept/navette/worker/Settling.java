package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.link.Feed;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.jms.JMSException;
import javax.jms.Message;

/** Settles ends: outcomes, answers and the deposits' own messages, all in one transaction. */
final class Settling {
  private final Feed feed;
  private final Shared parts;
  private final Telling telling;

  /** What it is told with, the same over all links. */
  record Shared(
      FluxName flux,
      String account,
      Processing processing,
      Spool spool,
      Receipts receipts,
      FluxLog log,
      Checkpoint checkpoint) {}

  /** Whoever wants to know. */
  interface Told {
    /** The end of a deposit is settled. */
    void settled(Finished end);
  }

  Settling(Feed feed, Shared parts) throws JMSException {
    this.feed = feed;
    this.parts = parts;
    telling = new Telling(feed.session(), parts);
  }

  /**
   * Settles deposits that have their ends, and messages that are none.
   *
   * @throws JMSException if it cannot be done over this link any more
   */
  void settle(List<InHand> group, List<Message> refused) throws JMSException, IOException {
    Map<InHand, List<Entry>> answers = new LinkedHashMap<>();
    for (InHand each : group) {
      answers.put(each, parts.processing().collect(each));
      parts.checkpoint().reached(Step.ANSWERED, each.id());
    }
    for (InHand each : group) {
      Finished end = each.end().orElseThrow();
      telling.send(end.outcome(each.deposit(), parts.account()), answers.get(each));
      feed.settle(each.message());
    }
    for (Message message : refused) {
      feed.settle(message);
    }
    group.forEach(each -> parts.checkpoint().reached(Step.SETTLING, each.id()));
    feed.commit();
    for (InHand each : group) {
      parts.checkpoint().reached(Step.SETTLED, each.id());
      telling.sent(each.id(), answers.get(each));
    }
  }
}
