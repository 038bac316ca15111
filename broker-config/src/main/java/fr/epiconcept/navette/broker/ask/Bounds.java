package fr.epiconcept.navette.broker.ask;

import java.time.Duration;

/**
 * How much an answer may be, and how long it may take. Both ends know them: the one that answers
 * says that there is more, the one that asks believes nobody.
 *
 * @param items of one answer
 * @param bytes of one answer, as JSON
 * @param unread bytes of all answers that came and were not taken yet
 * @param silence after which whoever is asked does not answer
 * @param beat at which he says that he is still at it
 * @param whole after which an answer is broken off
 */
record Bounds(int items, int bytes, long unread, Duration silence, Duration beat, Duration whole) {
  /** A part is sent once it is so long. */
  static final int PART = 64 * 1024;

  /** No item is longer; so no part is streamed by the client, which begins at 256 KiB. */
  static final int ITEM = 128 * 1024;

  static final int LONGEST_PART = PART + ITEM + 1;
  static final int LONGEST_QUESTION = 16 * 1024;

  /** Of one guest, answered at once. */
  static final int OF_A_GUEST = 4;

  /** Of all guests. */
  static final int OF_ALL = 12;

  static final Bounds STANDARD =
      new Bounds(
          10_000,
          8 << 20,
          24 << 20,
          Duration.ofSeconds(10),
          Duration.ofSeconds(3),
          Duration.ofMinutes(2));
}
