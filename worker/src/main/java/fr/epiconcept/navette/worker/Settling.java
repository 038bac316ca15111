package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.link.Feed;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Messages.Outgoing;
import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Queue;
import javax.jms.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settles ends: outcomes, answers and the deposits' own messages, all in one transaction. */
final class Settling {
  private static final Logger LOG = LoggerFactory.getLogger(Settling.class);

  private final Feed feed;
  private final Shared parts;
  private final Session session;
  private final MessageProducer producer;

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
    session = feed.session();
    Queue returns = session.createQueue(Addresses.returns(parts.flux()));
    producer = session.createProducer(returns);
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
      producer.send(Messages.of(session, end.outcome(each.deposit(), parts.account())));
      for (Entry answer : answers.get(each)) {
        send(answer);
      }
      feed.settle(each.message());
    }
    for (Message message : refused) {
      feed.settle(message);
    }
    group.forEach(each -> parts.checkpoint().reached(Step.SETTLING, each.id()));
    feed.commit();
    for (InHand each : group) {
      parts.checkpoint().reached(Step.SETTLED, each.id());
      parts.receipts().ended(each.id());
      for (Entry answer : answers.get(each)) {
        answered(each, answer);
      }
    }
  }

  private void send(Entry answer) throws JMSException, IOException {
    FileIdentity looks = FileIdentity.of(answer.file());
    Acknowledgement parcel =
        new Acknowledgement(
                parts.flux(),
                answer.id(),
                answer.name(),
                looks.size(),
                looks.modified().toInstant(),
                answer.related(),
                parts.account())
            .from(answer.from());
    try (Outgoing outgoing = Messages.of(session, parcel, answer.file(), looks)) {
      producer.send(outgoing.message());
    }
  }

  private void answered(InHand deposit, Entry answer) {
    try {
      synchronized (parts.spool()) {
        parts.spool().become(answer, State.PUBLISHED);
      }
    } catch (IOException e) {
      // It is settled, whatever the spool says: sent again over the next link, it is known there.
      LOG.warn(
          "answer {} of {} is sent, and cannot be noted as sent", answer.id(), deposit.id(), e);
    }
    parts.log().info(deposit.id(), "answered", "answer", answer.id(), "name", answer.path());
  }
}
