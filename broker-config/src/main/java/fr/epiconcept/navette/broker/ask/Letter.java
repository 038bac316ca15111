package fr.epiconcept.navette.broker.ask;

import fr.epiconcept.navette.flux.live.Question;
import java.util.Optional;

/** What one message between the daemons says. */
sealed interface Letter {
  /** Which question it is, or answers: 32 hexadecimal digits that nobody can guess. */
  String number();

  /** A question. */
  record Asks(String number, Question question) implements Letter {}

  /**
   * A part of an answer.
   *
   * @param part from 0, without a gap
   * @param lines items, one JSON a line; none is a sign of life
   * @param end nothing if more parts follow
   */
  record Answers(String number, int part, String lines, Optional<End> end) implements Letter {}

  /**
   * How an answer ended.
   *
   * @param whole whether all items were given
   * @param reason why not, one line for the user
   */
  record End(boolean whole, String reason) {
    static final End WHOLE = new End(true, "");

    static End because(String reason) {
      return new End(false, reason);
    }
  }
}
