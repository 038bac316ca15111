package fr.epiconcept.navette.broker.carry;

import fr.epiconcept.navette.broker.carry.Memory.Note;
import fr.epiconcept.navette.flux.FileId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which claimed files may not go yet, why, and for how long. The turn writes, any thread may read.
 */
final class Rests {
  private final Map<FileId, Rest> rests = new ConcurrentHashMap<>();
  private volatile FileId judged;

  private record Rest(long untilNanos, String why) {}

  /** Its check begins. */
  void judging(FileId id) {
    judged = id;
  }

  /** The check has ended. */
  void judged() {
    judged = null;
  }

  void begin(FileId id, Duration delay, String why) {
    rests.put(id, new Rest(System.nanoTime() + delay.toNanos(), why));
  }

  /** The file goes on, or is gone. */
  void end(FileId id) {
    rests.remove(id);
  }

  /** How long it has still to rest; not above zero if it may go. */
  Duration left(FileId id) {
    Rest rest = rests.get(id);
    return rest == null ? Duration.ZERO : Duration.ofNanos(rest.untilNanos() - System.nanoTime());
  }

  /** Why it rests, if it does. */
  Optional<Note> why(FileId id, InstantSource clock) {
    if (id.equals(judged)) {
      return Optional.of(new Note("its check runs"));
    }
    return Optional.ofNullable(rests.get(id))
        .map(rest -> new Note(rest.why(), Note.in(left(id), clock)));
  }
}
