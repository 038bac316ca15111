package fr.epiconcept.navette.flux.alert;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What is to be told of one class and one flux: however much happens, it is one alert with a count.
 * Times are nanoseconds of the monotonic clock. Guarded by its owner.
 */
final class Slot {
  private static final int EXAMPLES = 5;

  // What happened and was not told yet.
  private Alert last;
  private Instant first;
  private long count;
  private final List<String> examples = new ArrayList<>();

  // What lasts.
  private boolean lasting;
  private boolean on;
  private boolean beginningTold;
  private Alert over;

  private OptionalLong toldAt = OptionalLong.empty();
  private OptionalLong notBefore = OptionalLong.empty();

  /** An alert on its way to its command, and what to remember if that fails. */
  record Taken(Alert alert, Instant first, long count, List<String> examples) {}

  /** It happened. */
  void happens(Alert alert) {
    if (count == 0) {
      first = alert.since();
    }
    if (last != null && examples.size() < EXAMPLES) {
      examples.add(last.example());
    }
    last = alert;
    count++;
  }

  /** It begins, and lasts. */
  void begins(Alert alert) {
    lasting = true;
    on = true;
    if (over != null) {
      // Neither its end nor its new beginning was told: for others it just goes on.
      over = null;
    } else {
      happens(alert);
    }
  }

  /** It is over. What nobody was told of needs no end. */
  void ends(Alert end) {
    on = false;
    if (beginningTold) {
      over = end;
    }
  }

  /**
   * How long until something is to be told, by nanoseconds; nothing if there is nothing to tell.
   */
  OptionalLong dueIn(long now, long atMostNanos) {
    if (over == null && (count == 0 || (lasting && !on))) {
      return OptionalLong.empty();
    }
    long wait = 0;
    if (over == null && toldAt.isPresent()) {
      wait = atMostNanos - (now - toldAt.getAsLong());
    }
    if (notBefore.isPresent()) {
      wait = Math.max(wait, notBefore.getAsLong() - now);
    }
    return OptionalLong.of(Math.max(0, wait));
  }

  /** Takes what is to be told; {@link #told} or {@link #failed} follows. */
  Taken take() {
    if (over != null) {
      Alert alert = over;
      over = null;
      beginningTold = false;
      return new Taken(alert, alert.since(), 0, List.of());
    }
    Taken taken =
        new Taken(
            count == 1 ? last : last.folding(count - 1, first, examples),
            first,
            count,
            List.copyOf(examples));
    beginningTold = lasting;
    last = null;
    count = 0;
    examples.clear();
    return taken;
  }

  /** The command took it. */
  void told(Taken taken, long now) {
    notBefore = OptionalLong.empty();
    if (taken.count() > 0) {
      toldAt = OptionalLong.of(now);
    }
  }

  /** The command did not: it is kept, with what came meanwhile, until {@code again}. */
  void failed(Taken taken, long again) {
    notBefore = OptionalLong.of(again);
    if (taken.count() == 0) {
      // Began anew meanwhile? Then its end is no news any more, and its beginning is known.
      beginningTold = true;
      if (on) {
        last = null;
        count = 0;
        examples.clear();
      } else {
        over = taken.alert();
      }
      return;
    }
    if (lasting) {
      beginningTold = false;
      over = null;
    }
    first = taken.first();
    List<String> before = new ArrayList<>(taken.examples());
    if (last == null) {
      last = taken.alert();
    } else {
      before.add(taken.alert().example());
    }
    before.addAll(examples);
    examples.clear();
    examples.addAll(before.subList(0, Math.min(EXAMPLES, before.size())));
    count += taken.count();
  }
}
