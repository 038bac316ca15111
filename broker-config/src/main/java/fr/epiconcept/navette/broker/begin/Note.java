package fr.epiconcept.navette.broker.begin;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;

/** What a worker and ingest say to each other about who has begun a deposit. */
public sealed interface Note {
  /**
   * A worker asks.
   *
   * @param number which {@link Word} is for it
   * @param round of the deposit
   */
  record May(long number, FluxName flux, FileId id, int round, Step step) implements Note {}

  /** What a worker wants to do. */
  enum Step {
    /** Run the script: it has the deposit's message. */
    BEGIN,
    /** Run it though another had begun: the answer to that was {@link Answer#INTERRUPTED}. */
    TAKE_OVER,
    /** Keep what it has of a deposit whose message another may have by now. */
    KEEP
  }

  /**
   * What ingest answers.
   *
   * @param by the account that it is about: who has begun; empty if that is nobody else
   */
  record Word(long number, Answer answer, String by) implements Note {}

  /** What a worker may do. */
  enum Answer {
    /** Go on; that it has begun is on ingest's disk. */
    GO,
    /** Ask again soon: another has begun and may be at it, or ingest cannot say now. */
    WAIT,
    /** Another had begun, and is gone or does not know how far it came. */
    INTERRUPTED,
    /** It has come to its end, or another goes on with it: nothing is left to be done. */
    OVER
  }

  /**
   * Ingest asks a worker how far one is that it has begun.
   *
   * @param number another one whenever that worker has asked for the deposit itself: an answer that
   *     was on its way then says nothing any more
   */
  record HowFar(long number, FluxName flux, FileId id, int round) implements Note {}

  /**
   * How far it is.
   *
   * @param number of the question
   */
  record SoFar(long number, FluxName flux, FileId id, int round, State state) implements Note {}

  /** How far a worker can be. */
  enum State {
    /** It is at it. */
    RUNS,
    /** It has an end of which ingest has not heard; it will. */
    FINISHED,
    /** It was begun, and nobody knows how far it came. */
    INTERRUPTED,
    /** It runs nothing, and no run was left without an end: another may go on. */
    RELEASED
  }
}
