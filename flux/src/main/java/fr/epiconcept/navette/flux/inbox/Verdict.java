package fr.epiconcept.navette.flux.inbox;

import java.time.Duration;

/** What one look at a file says. */
public sealed interface Verdict {
  /** Complete: it may be taken. */
  record Ready() implements Verdict {}

  /**
   * Not now.
   *
   * @param reason why, for an operator
   * @param lookAgain when it is worth another look without an event
   */
  record NotYet(String reason, Duration lookAgain) implements Verdict {}

  /** No file that could be a deposit: a link, a pipe, a socket, a device. */
  record NoRegularFile(String kind) implements Verdict {}

  /** Not there any more. */
  record Gone() implements Verdict {}
}
