package fr.epiconcept.navette.flux.live;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What can be asked of a daemon. Safe for several threads. */
public final class Desk {
  private final Map<String, Clerk> clerks = new ConcurrentHashMap<>();

  /** Has the answer to one verb. Called by several threads at once. */
  @FunctionalInterface
  public interface Clerk {
    /**
     * Answers; when this returns the answer is whole.
     *
     * @throws Refusal if it will not be answered
     * @throws IOException if it cannot be, or nobody listens any more
     */
    void answer(Question question, Asker asker, Reply reply)
        throws Refusal, IOException, InterruptedException;
  }

  /**
   * From now on {@code clerk} answers that verb.
   *
   * @throws IllegalStateException if another does
   */
  public Desk on(String verb, Clerk clerk) {
    if (clerks.putIfAbsent(verb, clerk) != null) {
      throw new IllegalStateException("two answer to " + verb);
    }
    return this;
  }

  /** Answers a question. */
  public void answer(Question question, Asker asker, Reply reply)
      throws Refusal, IOException, InterruptedException {
    Clerk clerk = clerks.get(question.verb());
    if (clerk == null) {
      throw new Refusal(
          "the daemon does not know '"
              + question.verb()
              + "': it is of another version than this command; restart it");
    }
    clerk.answer(question, asker, reply);
  }
}
