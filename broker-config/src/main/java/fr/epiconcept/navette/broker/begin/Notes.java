package fr.epiconcept.navette.broker.begin;

import fr.epiconcept.navette.broker.begin.Note.Answer;
import fr.epiconcept.navette.broker.begin.Note.HowFar;
import fr.epiconcept.navette.broker.begin.Note.May;
import fr.epiconcept.navette.broker.begin.Note.SoFar;
import fr.epiconcept.navette.broker.begin.Note.State;
import fr.epiconcept.navette.broker.begin.Note.Step;
import fr.epiconcept.navette.broker.begin.Note.Word;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.broker.message.Malformed;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.util.Locale;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.Session;

/** Notes as messages: see "Several workers" in docs/message-contract.md. */
final class Notes {
  private static final String VERSION = "navette_version";
  private static final String KIND = "navette_kind";
  private static final String NUMBER = "navette_may";
  private static final String FLUX = "navette_flux";
  private static final String ROUND = "navette_round";
  private static final String STEP = "navette_step";
  private static final String ANSWER = "navette_answer";
  private static final String BY = "navette_by";
  private static final String STATE = "navette_state";

  private static final String MAY = "may";
  private static final String WORD = "word";
  private static final String HOW_FAR = "how-far";
  private static final String SO_FAR = "so-far";

  private Notes() {}

  static Message message(Session session, Note note) throws JMSException {
    Message message = session.createMessage();
    message.setIntProperty(VERSION, Contract.VERSION);
    if (note instanceof May may) {
      message.setStringProperty(KIND, MAY);
      message.setLongProperty(NUMBER, may.number());
      about(message, may.flux(), may.id(), may.round());
      message.setStringProperty(STEP, spelled(may.step()));
    } else if (note instanceof Word word) {
      message.setStringProperty(KIND, WORD);
      message.setLongProperty(NUMBER, word.number());
      message.setStringProperty(ANSWER, spelled(word.answer()));
      message.setStringProperty(BY, word.by());
    } else if (note instanceof HowFar howFar) {
      message.setStringProperty(KIND, HOW_FAR);
      message.setLongProperty(NUMBER, howFar.number());
      about(message, howFar.flux(), howFar.id(), howFar.round());
    } else if (note instanceof SoFar soFar) {
      message.setStringProperty(KIND, SO_FAR);
      message.setLongProperty(NUMBER, soFar.number());
      about(message, soFar.flux(), soFar.id(), soFar.round());
      message.setStringProperty(STATE, spelled(soFar.state()));
    }
    return message;
  }

  private static void about(Message message, FluxName flux, FileId id, int round)
      throws JMSException {
    message.setStringProperty(FLUX, flux.value());
    message.setStringProperty(Contract.P_ID, id.value());
    message.setIntProperty(ROUND, round);
  }

  static Note read(Message message) throws Malformed, JMSException {
    if (!Integer.valueOf(Contract.VERSION).equals(message.getObjectProperty(VERSION))) {
      throw new Malformed("of another version");
    }
    return switch (text(message, KIND)) {
      case MAY ->
          new May(
              number(message, NUMBER),
              flux(message),
              id(message),
              round(message),
              word(message, STEP, Step.class));
      case WORD ->
          new Word(number(message, NUMBER), word(message, ANSWER, Answer.class), by(message));
      case HOW_FAR ->
          new HowFar(number(message, NUMBER), flux(message), id(message), round(message));
      case SO_FAR ->
          new SoFar(
              number(message, NUMBER),
              flux(message),
              id(message),
              round(message),
              word(message, STATE, State.class));
      default -> throw new Malformed("of an unknown kind");
    };
  }

  private static FluxName flux(Message message) throws Malformed, JMSException {
    return FluxName.parse(text(message, FLUX))
        .orElseThrow(() -> new Malformed(FLUX + " is no flux name"));
  }

  private static FileId id(Message message) throws Malformed, JMSException {
    return FileId.parse(text(message, Contract.P_ID))
        .orElseThrow(() -> new Malformed(Contract.P_ID + " is no file id"));
  }

  private static int round(Message message) throws Malformed, JMSException {
    if (message.getObjectProperty(ROUND) instanceof Integer round && round > 0) {
      return round;
    }
    throw new Malformed(ROUND + " is no number from 1");
  }

  /** An account, or nothing: it stands in lines of log. */
  private static String by(Message message) throws Malformed, JMSException {
    String by = text(message, BY);
    if (!by.isEmpty() && FluxName.parse(by).isEmpty()) {
      throw new Malformed(BY + " is no account name");
    }
    return by;
  }

  private static long number(Message message, String property) throws Malformed, JMSException {
    if (message.getObjectProperty(property) instanceof Long number) {
      return number;
    }
    throw new Malformed(property + " is no number");
  }

  private static <E extends Enum<E>> E word(Message message, String property, Class<E> words)
      throws Malformed, JMSException {
    String text = text(message, property);
    for (E word : words.getEnumConstants()) {
      if (spelled(word).equals(text)) {
        return word;
      }
    }
    throw new Malformed(property + " is an unknown word");
  }

  private static String text(Message message, String property) throws JMSException {
    return message.getObjectProperty(property) instanceof String text ? text : "";
  }

  private static String spelled(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
