package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.ingest.ReplayPlan.Chosen;
import java.io.IOException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.jms.JMSException;

/**
 * Replays of a flux, one at a time: chooses the files and has each processed once more, the oldest
 * deposit first.
 */
final class Replay {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  /**
   * So many at once for somebody on another machine: an answer over the link ends after two
   * minutes, and whoever asked must have heard of each file by then.
   */
  static final long MOST_FROM_ELSEWHERE = 1000;

  private final FluxName flux;
  private final ReplayPlan plan;
  private final Repeating repeating;
  private final long mostFromElsewhere;
  private final FileIds ids;
  private final InstantSource clock;

  // Guarded by this.
  private Optional<String> running = Optional.empty();
  private boolean ended;

  /**
   * No replay runs yet.
   *
   * @param mostFromElsewhere so many files at once for somebody on another machine
   */
  Replay(
      FluxName flux,
      ReplayPlan plan,
      Repeating repeating,
      long mostFromElsewhere,
      FileIds ids,
      InstantSource clock) {
    this.flux = flux;
    this.plan = plan;
    this.repeating = repeating;
    this.mostFromElsewhere = mostFromElsewhere;
    this.ids = ids;
    this.clock = clock;
  }

  /** What would be replayed: the number, and then the files. */
  void show(ReplayOrder selection, Reply reply) throws Refusal, IOException, InterruptedException {
    reply.item(Map.of("total", count(selection, Optional.empty())));
    plan.each(
        selection,
        Optional.empty(),
        chosen -> reply.item((isLost(selection, chosen) ? chosen.asLost() : chosen).shown()));
  }

  /**
   * Replays: answers the number of files, and then each file when it is done. If nobody listens any
   * more it ends there.
   *
   * @throws Refusal if another replay of the flux runs, or this one cannot go on
   */
  void run(ReplayOrder selection, Asker asker, Reply reply)
      throws Refusal, IOException, InterruptedException {
    String by = asker.toString();
    begin(by);
    try {
      repeating.finish();
      // What this replay itself brings into the archive has later ids.
      Optional<FileId> below = Optional.of(ids.next());
      long total = count(selection, below);
      if (!asker.here() && total > mostFromElsewhere) {
        throw new Refusal(
            total
                + " files match, and "
                + mostFromElsewhere
                + " at once can be asked for from another machine: say fewer, or run it here");
      }
      reply.item(Map.of("total", total));
      plan.each(
          selection,
          below,
          chosen -> {
            requireRunning();
            reply.item(repeat(selection, chosen, by));
          });
    } catch (JMSException e) {
      throw new Refusal(
          "the broker does not answer ("
              + e.getMessage()
              + "): what was begun is finished when it does; then start again for the rest");
    } finally {
      end();
    }
  }

  private Object repeat(ReplayOrder selection, Chosen chosen, String by)
      throws IOException, Refusal {
    try {
      if (isLost(selection, chosen)) {
        return repeating.repeatLost(chosen.asLost(), by);
      }
      return chosen.problem().isPresent() ? chosen.shown() : repeating.repeat(chosen, by);
    } catch (JMSException e) {
      throw new Refusal(
          "the broker does not answer ("
              + e.getMessage()
              + "): this file is finished when it does; start again for the rest");
    }
  }

  /** Only of one that somebody names: to be sure of it, the queues are looked through. */
  private boolean isLost(ReplayOrder selection, Chosen chosen) throws IOException {
    return selection.id().isPresent() && repeating.isLost(chosen);
  }

  private long count(ReplayOrder selection, Optional<FileId> below)
      throws Refusal, IOException, InterruptedException {
    AtomicLong total = new AtomicLong();
    plan.each(selection, below, chosen -> total.incrementAndGet());
    return total.get();
  }

  private synchronized void begin(String by) throws Refusal {
    if (running.isPresent()) {
      throw new Refusal(
          "another replay of " + flux + " runs, " + running.get() + "; wait for its end");
    }
    running =
        Optional.of(
            "begun at "
                + TIME.format(clock.instant().atZone(ZoneId.systemDefault()))
                + " by "
                + by);
  }

  private synchronized void end() {
    running = Optional.empty();
  }

  private synchronized void requireRunning() throws Refusal {
    if (ended) {
      throw new Refusal("the daemon stops; start again for the rest");
    }
  }

  /** Lets a replay that runs end after the file in hand. */
  synchronized void stop() {
    ended = true;
  }
}
