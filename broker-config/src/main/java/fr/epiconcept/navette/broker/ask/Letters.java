package fr.epiconcept.navette.broker.ask;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import fr.epiconcept.navette.broker.ask.Letter.Answers;
import fr.epiconcept.navette.broker.ask.Letter.Asks;
import fr.epiconcept.navette.broker.ask.Letter.End;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.live.Question;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.jms.BytesMessage;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.Session;

/** Letters as messages: see "Questions" in docs/message-contract.md. */
final class Letters {
  private static final String VERSION = "navette_version";
  private static final String KIND = "navette_kind";
  private static final String NUMBER = "navette_question";
  private static final String PART = "navette_part";
  private static final String END = "navette_end";
  private static final String REASON = "navette_reason";
  private static final String STREAMED = "_AMQ_LARGE_SIZE";

  private static final String QUESTION = "question";
  private static final String ANSWER = "answer";
  private static final String WHOLE = "whole";
  private static final String BROKEN = "broken";

  private static final int LONGEST_REASON = 500;
  private static final Pattern NUMBERS = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private Letters() {}

  /** The letter is none: one line, without anything from its body. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }

  /**
   * As bytes.
   *
   * @throws IOException if it is longer than any that is read
   */
  static byte[] question(Question question) throws IOException {
    byte[] body = LiveJson.mapper().writeValueAsBytes(question);
    if (body.length > Bounds.LONGEST_QUESTION) {
      throw new IOException("a question of " + body.length + " bytes");
    }
    return body;
  }

  static Message question(Session session, String number, byte[] body) throws JMSException {
    return message(session, QUESTION, number, body);
  }

  static Message answer(Session session, Answers answer) throws JMSException {
    Message message = message(session, ANSWER, answer.number(), answer.lines().getBytes(UTF_8));
    message.setIntProperty(PART, answer.part());
    if (answer.end().isPresent()) {
      End end = answer.end().get();
      message.setStringProperty(END, end.whole() ? WHOLE : BROKEN);
      message.setStringProperty(REASON, oneLine(end.reason()));
    }
    return message;
  }

  private static Message message(Session session, String kind, String number, byte[] body)
      throws JMSException {
    BytesMessage message = session.createBytesMessage();
    message.setIntProperty(VERSION, Contract.VERSION);
    message.setStringProperty(KIND, kind);
    message.setStringProperty(NUMBER, number);
    message.writeBytes(body);
    return message;
  }

  /** What it says; a body that is too long is not looked at. */
  static Letter read(Message message) throws Unreadable, JMSException {
    try {
      // First: a message of that size is on disk, and stays there unread.
      if (message.propertyExists(STREAMED)) {
        throw new Unreadable("longer than any question or answer");
      }
      if (message.getIntProperty(VERSION) != Contract.VERSION) {
        throw new Unreadable("of another version");
      }
      String number = text(message, NUMBER);
      if (!NUMBERS.matcher(number).matches()) {
        throw new Unreadable("its " + NUMBER + " is none");
      }
      String kind = text(message, KIND);
      if (kind.equals(QUESTION)) {
        return new Asks(number, asked(body(message, Bounds.LONGEST_QUESTION)));
      }
      if (kind.equals(ANSWER)) {
        String lines = new String(body(message, Bounds.LONGEST_PART), UTF_8);
        return new Answers(number, message.getIntProperty(PART), lines, end(message));
      }
      throw new Unreadable("of an unknown kind");
    } catch (NumberFormatException e) {
      throw new Unreadable("a number is missing in it");
    }
  }

  private static String text(Message message, String property) throws JMSException {
    String text = message.getStringProperty(property);
    return text == null ? "" : text;
  }

  private static byte[] body(Message message, int longest) throws Unreadable, JMSException {
    if (!(message instanceof BytesMessage bytes)) {
      throw new Unreadable("no bytes in it");
    }
    long length = bytes.getBodyLength();
    if (length > longest) {
      throw new Unreadable("longer than any question or answer");
    }
    byte[] body = new byte[(int) length];
    bytes.readBytes(body);
    return body;
  }

  private static Question asked(byte[] body) throws Unreadable {
    try {
      Question question = LiveJson.mapper().readValue(body, Question.class);
      if (question == null || question.verb() == null) {
        throw new Unreadable("it asks nothing");
      }
      return question;
    } catch (JsonProcessingException e) {
      throw new Unreadable("no question in it");
    } catch (IOException | RuntimeException e) {
      // A null among its values, say.
      throw new Unreadable("no question in it: " + e.getClass().getSimpleName());
    }
  }

  private static Optional<End> end(Message message) throws JMSException {
    String end = text(message, END);
    if (end.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new End(end.equals(WHOLE), oneLine(text(message, REASON))));
  }

  /** Words from another machine, fit for a terminal. */
  static String oneLine(String words) {
    String clean = UNPRINTABLE.matcher(words).replaceAll("?");
    return clean.length() > LONGEST_REASON ? clean.substring(0, LONGEST_REASON) + "..." : clean;
  }
}
