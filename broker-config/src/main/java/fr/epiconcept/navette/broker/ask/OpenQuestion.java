package fr.epiconcept.navette.broker.ask;

import com.fasterxml.jackson.core.JsonProcessingException;
import fr.epiconcept.navette.broker.ask.Letter.Answers;
import fr.epiconcept.navette.broker.ask.Letter.End;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.live.Reply;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A question that was sent, and what came of its answer. */
final class OpenQuestion {
  private final String asked;
  private final Bounds bounds;
  private final LongSupplier nanoTime;

  /** Of all open questions: the listener that fills the queue must neither wait nor fill memory. */
  private final AtomicLong unread;

  private final BlockingQueue<Answers> came = new LinkedBlockingQueue<>();

  /** Guarded by this. */
  private boolean over;

  private int items;
  private long bytes;

  /**
   * Nothing came yet.
   *
   * @param asked whose answer it takes
   * @param unread how many bytes wait, in all questions that share it
   */
  OpenQuestion(String asked, Bounds bounds, AtomicLong unread, LongSupplier nanoTime) {
    this.asked = asked;
    this.bounds = bounds;
    this.unread = unread;
    this.nanoTime = nanoTime;
  }

  boolean isOf(String name) {
    return asked.equals(name);
  }

  /** A part came. Never waits. */
  synchronized void came(Answers part) {
    if (over) {
      return;
    }
    if (unread.addAndGet(part.lines().length()) > bounds.unread()) {
      unread.addAndGet(-part.lines().length());
      breakOff("too much came at once; ask again, or ask there");
      return;
    }
    over = part.end().isPresent();
    came.add(part);
  }

  /** Nothing more will come. */
  synchronized void breakOff(String why) {
    if (!over) {
      over = true;
      came.add(new Answers("", -1, "", Optional.of(End.because(why))));
    }
  }

  /**
   * Gives the items as they come.
   *
   * @throws Silence if not all come
   * @throws IOException if {@code items} takes no more
   */
  void take(Reply items) throws Silence, IOException, InterruptedException {
    long end = nanoTime.getAsLong() + bounds.whole().toNanos();
    for (int expected = 0; ; expected++) {
      Answers part = came.poll(bounds.silence().toMillis(), TimeUnit.MILLISECONDS);
      if (part == null) {
        throw new Silence("no answer for " + bounds.silence().toSeconds() + " s");
      }
      unread.addAndGet(-part.lines().length());
      if (part.part() >= 0 && part.part() != expected) {
        throw new Silence("a part of the answer was lost; ask again");
      }
      give(part.lines(), items);
      if (part.end().isPresent()) {
        if (!part.end().get().whole()) {
          String why = part.end().get().reason();
          throw part.part() >= 0 ? Silence.refusal(why) : new Silence(why);
        }
        return;
      }
      if (nanoTime.getAsLong() - end > 0) {
        throw new Silence("the answer takes longer than " + bounds.whole().toSeconds() + " s");
      }
    }
  }

  private void give(String lines, Reply to) throws Silence, IOException {
    bytes += lines.length();
    // A few more: the end that answers counts in its own way.
    if (bytes > bounds.bytes() + 2L * Bounds.LONGEST_PART) {
      throw new Silence("the answer is longer than any may be");
    }
    for (String line : lines.split("\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      if (++items > bounds.items()) {
        throw new Silence("the answer is longer than any may be");
      }
      try {
        to.item(LiveJson.mapper().readTree(line));
      } catch (JsonProcessingException e) {
        throw new Silence("the answer cannot be read");
      }
    }
  }

  /** Nobody takes it any more. */
  synchronized void forget() {
    over = true;
    for (Answers part = came.poll(); part != null; part = came.poll()) {
      unread.addAndGet(-part.lines().length());
    }
  }
}
