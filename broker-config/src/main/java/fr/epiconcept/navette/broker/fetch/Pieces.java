package fr.epiconcept.navette.broker.fetch;

import fr.epiconcept.navette.broker.fetch.Piece.Bytes;
import fr.epiconcept.navette.broker.fetch.Piece.None;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.broker.message.Malformed;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.util.regex.Pattern;
import javax.jms.BytesMessage;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.Session;

/** Wants and pieces as messages: see "Large files" in docs/message-contract.md. */
final class Pieces {
  private static final String VERSION = "navette_version";
  private static final String KIND = "navette_kind";
  private static final String NUMBER = "navette_want";
  private static final String FLUX = "navette_flux";
  private static final String FROM = "navette_from";
  private static final String LENGTH = "navette_length";
  private static final String GONE = "navette_gone";
  private static final String REASON = "navette_reason";
  private static final String STREAMED = "_AMQ_LARGE_SIZE";

  private static final String WANT = "want";
  private static final String PIECE = "piece";
  private static final String NONE = "no-piece";

  private static final int LONGEST_REASON = 500;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private Pieces() {}

  static Message message(Session session, Want want) throws JMSException {
    Message message = session.createMessage();
    begin(message, WANT, want.number());
    message.setStringProperty(FLUX, want.flux().value());
    message.setStringProperty(Contract.P_ID, want.id().value());
    message.setLongProperty(FROM, want.from());
    message.setIntProperty(LENGTH, want.length());
    return message;
  }

  static Message message(Session session, Piece piece) throws JMSException {
    if (piece instanceof Bytes bytes) {
      BytesMessage message = session.createBytesMessage();
      begin(message, PIECE, bytes.number());
      message.writeBytes(bytes.bytes());
      return message;
    }
    None none = (None) piece;
    Message message = session.createMessage();
    begin(message, NONE, none.number());
    message.setBooleanProperty(GONE, none.gone());
    message.setStringProperty(REASON, oneLine(none.reason()));
    return message;
  }

  private static void begin(Message message, String kind, long number) throws JMSException {
    message.setIntProperty(VERSION, Contract.VERSION);
    message.setStringProperty(KIND, kind);
    message.setLongProperty(NUMBER, number);
  }

  static Want want(Message message) throws Malformed, JMSException {
    require(kind(message).equals(WANT), "it is no want");
    FluxName flux =
        FluxName.parse(text(message, FLUX))
            .orElseThrow(() -> new Malformed(FLUX + " is no flux name"));
    FileId id =
        FileId.parse(text(message, Contract.P_ID))
            .orElseThrow(() -> new Malformed(Contract.P_ID + " is no file id"));
    long from = number(message, FROM);
    long length = number(message, LENGTH);
    require(from >= 0, FROM + " is no number from 0");
    require(
        length >= 1 && length <= Want.LONGEST, LENGTH + " is no number from 1 to " + Want.LONGEST);
    return new Want(number(message, NUMBER), flux, id, from, (int) length);
  }

  static Piece piece(Message message) throws Malformed, JMSException {
    String kind = kind(message);
    long number = number(message, NUMBER);
    if (kind.equals(NONE)) {
      return new None(
          number,
          Boolean.TRUE.equals(message.getObjectProperty(GONE)),
          oneLine(text(message, REASON)));
    }
    require(kind.equals(PIECE) && message instanceof BytesMessage, "it is no piece");
    long length = ((BytesMessage) message).getBodyLength();
    require(length <= Want.LONGEST, "it is longer than any piece");
    byte[] bytes = new byte[(int) length];
    ((BytesMessage) message).readBytes(bytes);
    return new Bytes(number, bytes);
  }

  private static String kind(Message message) throws Malformed, JMSException {
    // First: a message of that size is on disk, and stays there unread.
    require(!message.propertyExists(STREAMED), "it is longer than any piece");
    require(
        Integer.valueOf(Contract.VERSION).equals(message.getObjectProperty(VERSION)),
        "of another version");
    return text(message, KIND);
  }

  private static String text(Message message, String property) throws JMSException {
    return message.getObjectProperty(property) instanceof String text ? text : "";
  }

  private static long number(Message message, String property) throws Malformed, JMSException {
    if (message.getObjectProperty(property) instanceof Number number) {
      return number.longValue();
    }
    throw new Malformed(property + " is no number");
  }

  private static void require(boolean kept, String rule) throws Malformed {
    if (!kept) {
      throw new Malformed(rule);
    }
  }

  /** Words from another machine, fit for a log. */
  private static String oneLine(String words) {
    String clean = UNPRINTABLE.matcher(words).replaceAll("?");
    return clean.length() > LONGEST_REASON ? clean.substring(0, LONGEST_REASON) + "..." : clean;
  }
}
