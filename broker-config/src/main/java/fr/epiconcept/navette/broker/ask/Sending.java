package fr.epiconcept.navette.broker.ask;

import fr.epiconcept.navette.broker.ask.Letter.Answers;
import fr.epiconcept.navette.broker.link.Fleeting;
import java.io.IOException;
import javax.jms.Connection;
import javax.jms.JMSException;

/** Sends letters over one connection. Thread-safe. */
final class Sending {
  private final Fleeting over;

  Sending(Connection connection) throws JMSException {
    over = new Fleeting(connection);
  }

  void question(String queue, String number, byte[] body) throws IOException {
    send(queue, session -> Letters.question(session, number, body));
  }

  void answer(String queue, Answers answer) throws IOException {
    send(queue, session -> Letters.answer(session, answer));
  }

  private void send(String queue, Fleeting.Making letter) throws IOException {
    try {
      over.send(queue, letter);
    } catch (JMSException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
