package fr.epiconcept.navette.broker.ask;

import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verb {@code elsewhere}: asks all other daemons that a question concerns, at once, each on its
 * own. Items are {@code {"from":NAME,"item":…}}, {@code {"from":NAME,"silent":"why"}}, and {@code
 * {"from":NAME,"silent":"why","refused":true}} of one that said so itself.
 */
public final class Elsewhere implements Desk.Clerk {
  /** The verb. */
  public static final String VERB = "elsewhere";

  private static final Logger LOG = LoggerFactory.getLogger(Elsewhere.class);
  private static final int AT_ONCE = Bounds.OF_A_GUEST;

  private final Others others;
  private final Semaphore places = new Semaphore(AT_ONCE);

  /** Somebody to be asked. */
  public interface Other {
    /** An account, or a file server. */
    String name();

    /** As {@link Asking#ask}. */
    void ask(Question question, Reply items) throws Silence, IOException, InterruptedException;
  }

  /** Who is to be asked. */
  @FunctionalInterface
  public interface Others {
    /**
     * Those whom it concerns.
     *
     * @throws IOException if that cannot be known now
     */
    List<Other> concerned(Question question) throws IOException;
  }

  public Elsewhere(Others others) {
    this.others = others;
  }

  /** One that is asked over a link. */
  public static Other over(Asking asking, String name) {
    return new Other() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void ask(Question question, Reply items)
          throws Silence, IOException, InterruptedException {
        asking.ask(name, question, items);
      }
    };
  }

  @Override
  public void answer(Question question, Asker asker, Reply reply)
      throws Refusal, IOException, InterruptedException {
    String verb = question.get("verb").orElseThrow(() -> new Refusal("no verb to be asked"));
    if (!asker.here()) {
      throw new Refusal("a question is not passed on twice");
    }
    Map<String, String> with = new TreeMap<>(question.with());
    with.remove("verb");
    if (!places.tryAcquire()) {
      throw new Refusal("others are asking the other servers already; try again");
    }
    try {
      askAll(new Question(verb, with), reply);
    } finally {
      places.release();
    }
  }

  private void askAll(Question question, Reply reply) throws IOException, InterruptedException {
    Reply together = new OneAtATime(reply);
    List<Thread> threads = new ArrayList<>();
    for (Other other : others.concerned(question)) {
      Thread thread = new Thread(() -> askOne(other, question, together), "ask-" + other.name());
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } finally {
      threads.forEach(Thread::interrupt);
    }
  }

  private static void askOne(Other other, Question question, Reply reply) {
    try {
      try {
        other.ask(question, item -> reply.item(Map.of("from", other.name(), "item", item)));
      } catch (Silence e) {
        Map<String, Object> item = new TreeMap<>();
        item.put("from", other.name());
        item.put("silent", e.getMessage());
        if (e.isRefusal()) {
          item.put("refused", true);
        }
        reply.item(item);
      } catch (RuntimeException e) {
        LOG.error("{} cannot be asked", other.name(), e);
        reply.item(Map.of("from", other.name(), "silent", "the daemon here failed; see its log"));
      }
    } catch (IOException gone) {
      LOG.debug("whoever asked is gone", gone);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets several speak, one after the other; once nobody listens, nobody has to try again. */
  private static final class OneAtATime implements Reply {
    private final Reply to;
    private IOException gone;

    OneAtATime(Reply to) {
      this.to = to;
    }

    @Override
    public synchronized void item(Object item) throws IOException {
      if (gone != null) {
        throw new IOException("nobody listens", gone);
      }
      try {
        to.item(item);
      } catch (IOException e) {
        gone = e;
        throw e;
      }
    }
  }
}
