package fr.epiconcept.navette.worker;

import static java.util.Comparator.comparingLong;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.WorkerSection.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The places in which scripts run, over all fluxes of the daemon: so many run at once. Who finds
 * none free stands in line, one line a priority.
 *
 * <p>A place that becomes free goes to the line of the highest priority, and in a line to who came
 * first. A lane asks for one place at a time, so a flux with ten thousand files and one with a
 * single file take turns. Nobody starves: of {@value #ONE_IN} places that become free while several
 * lines are there, one goes to who came first of all others.
 *
 * <p>Nobody waits here: who has to is woken when he has his place.
 */
final class Places {
  /** One place in so many is for those whose priority is not the highest. */
  static final int ONE_IN = 8;

  // Guarded by this.
  private final Map<Priority, Deque<Place>> lines = new EnumMap<>(Priority.class);
  private int most;
  private int taken;

  /** Places given to the highest line since one was given to another that stood there. */
  private int passedOver;

  private long asked;

  /**
   * Places that are all free.
   *
   * @param most how many there are; 1 or more
   */
  Places(int most) {
    this.most = most;
    Arrays.stream(Priority.values()).forEach(each -> lines.put(each, new ArrayDeque<>()));
  }

  /**
   * From now on there are so many. What runs goes on, even if it is too much.
   *
   * @param number 1 or more
   * @return whether that is another number than before
   */
  boolean most(int number) {
    List<Place> given;
    boolean other;
    synchronized (this) {
      other = number != most;
      most = number;
      given = giveThoseFree();
    }
    given.forEach(Place::wake);
    return other;
  }

  /**
   * The place of one lane, which it does not have yet.
   *
   * @param wake is called when the lane has the place that it asked for; must return at once
   */
  Place of(FluxName flux, Priority priority, Runnable wake) {
    return new Place(flux, priority, wake);
  }

  /** The files of a flux whose scripts wait for a place. */
  synchronized Set<FileId> waiting(FluxName flux) {
    Set<FileId> waiting = new HashSet<>();
    for (Deque<Place> line : lines.values()) {
      line.stream().filter(each -> each.flux.equals(flux)).forEach(each -> waiting.add(each.file));
    }
    return waiting;
  }

  private List<Place> giveThoseFree() {
    List<Place> given = new ArrayList<>();
    Optional<Place> next = next();
    while (next.isPresent()) {
      next.get().isGiven();
      given.add(next.get());
      next = next();
    }
    return given;
  }

  /** Who gets the place that is free; nobody if none is, or nobody stands in line. */
  private Optional<Place> next() {
    List<Place> heads =
        lines.values().stream().filter(line -> !line.isEmpty()).map(Deque::peek).toList();
    if (taken >= most || heads.isEmpty()) {
      return Optional.empty();
    }
    Optional<Place> other = heads.stream().skip(1).min(comparingLong(place -> place.number));
    passedOver += other.isPresent() ? 1 : 0;
    if (other.isPresent() && passedOver >= ONE_IN) {
      passedOver = 0;
      return other;
    }
    return Optional.of(heads.get(0));
  }

  /** The place of a lane: asked for, had and left, again and again. Only its lane calls it. */
  final class Place {
    private final FluxName flux;
    private final Priority priority;
    private final Runnable wake;

    // Guarded by the places.
    private boolean has;
    private boolean waits;
    private FileId file;
    private long number;

    private Place(FluxName flux, Priority priority, Runnable wake) {
      this.flux = flux;
      this.priority = priority;
      this.wake = wake;
    }

    /**
     * Asks for it, or asks whether it has come.
     *
     * @return whether the lane has it; if not, the lane stands in line and will be woken
     */
    boolean take(FileId forFile) {
      synchronized (Places.this) {
        file = forFile;
        if (!has && !waits) {
          asks();
          // Whoever stood in line before has been given what was free: at most it is this one.
          giveThoseFree();
        }
        return has;
      }
    }

    /**
     * Gives it back, and asks for one again at the same time: who has more to do keeps his place if
     * nobody goes before him.
     */
    void passOn(FileId nextFile) {
      List<Place> given;
      synchronized (Places.this) {
        file = nextFile;
        taken -= has ? 1 : 0;
        has = false;
        if (!waits) {
          asks();
        }
        given = giveThoseFree();
      }
      given.stream().filter(each -> each != this).forEach(Place::wake);
    }

    private void asks() {
      number = asked++;
      waits = true;
      lines.get(priority).add(this);
    }

    /** Gives it back, or leaves the line; nothing if it has neither. */
    void leave() {
      List<Place> given;
      synchronized (Places.this) {
        if (waits) {
          lines.get(priority).remove(this);
        }
        taken -= has ? 1 : 0;
        has = false;
        waits = false;
        given = giveThoseFree();
      }
      given.forEach(Place::wake);
    }

    private void isGiven() {
      lines.get(priority).remove(this);
      waits = false;
      has = true;
      taken++;
    }

    private void wake() {
      wake.run();
    }
  }
}
