package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Messages.Outgoing;
import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool.State;
import java.io.IOException;
import java.util.List;
import javax.jms.JMSException;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends outcomes, each with its answers, in the transaction of a session; commits nothing. */
final class Telling {
  private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

  private final Session session;
  private final Settling.Shared parts;
  private final MessageProducer producer;

  Telling(Session session, Settling.Shared parts) throws JMSException {
    this.session = session;
    this.parts = parts;
    producer = session.createProducer(session.createQueue(Addresses.returns(parts.flux())));
  }

  void send(Outcome outcome, List<Entry> answers) throws JMSException, IOException {
    producer.send(Messages.of(session, outcome));
    for (Entry answer : answers) {
      send(answer);
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

  /** After the commit. */
  void sent(FileId deposit, List<Entry> answers) {
    parts.receipts().ended(deposit);
    for (Entry answer : answers) {
      answered(deposit, answer);
    }
  }

  private void answered(FileId deposit, Entry answer) {
    try {
      synchronized (parts.spool()) {
        parts.spool().become(answer, State.PUBLISHED);
      }
    } catch (IOException e) {
      // It is settled, whatever the spool says: sent again over the next link, it is known there.
      LOG.warn("answer {} of {} is sent, and cannot be noted as sent", answer.id(), deposit, e);
    }
    parts.log().info(deposit, "answered", "answer", answer.id(), "name", answer.path());
  }
}
