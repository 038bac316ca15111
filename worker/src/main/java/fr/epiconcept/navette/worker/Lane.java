package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.worker.Runs.Course;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * One lane of an intake: takes what has landed, one file after the other, and has its script run
 * until it has an end. While its file waits for a place among all scripts of the daemon, or for the
 * word of another worker that has begun it, or rests before its next run, it holds no thread: it is
 * woken. A place it holds only while its script runs, and for the question right before.
 */
final class Lane {
  /** The file server says at once whether another worker has begun, if it can say anything. */
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private final Intake.Shared parts;
  private final Stages stages;
  private final Intake.Owner owner;
  private final Line line;
  private final Turn turn;
  private final Places.Place place;

  // Only its turn touches what it has in hand.
  private Optional<InHand> inHand = Optional.empty();
  private Optional<Course> course = Optional.empty();
  private boolean begun;
  private long notBefore;

  /** Since when an answer is waited for with a place in hand. */
  private Optional<Long> askedSince = Optional.empty();

  /** The line that its files come from. */
  interface Line {
    /** It has taken one. */
    void taken();

    /** It is done with it; without an end, here or elsewhere, it is to go back. */
    void over(InHand inHand, boolean hasEnd);

    /** Something failed, and nothing may go on. */
    void failed(Throwable cause);

    /** The flux is held, and nothing more may run. */
    void held();
  }

  private enum Came {
    TO_ITS_END,
    TO_NO_END,
    /** The lane is woken when it can go on. */
    NOT_FURTHER
  }

  /** A lane that rests until it is woken; {@code name} is its thread's while it works. */
  Lane(String name, Intake.Shared parts, Stages stages, Intake.Owner owner, Line line) {
    this.parts = parts;
    this.stages = stages;
    this.owner = owner;
    this.line = line;
    turn = parts.turns().turn(name, this::work);
    place = parts.places().of(parts.flux(), parts.priority(), turn::wake);
  }

  /** There may be something to take; or all is over, and what it has is to be let go. */
  void wake() {
    turn.wake();
  }

  private void work() {
    boolean goesOn = true;
    while (goesOn && (inHand.isPresent() || takes())) {
      goesOn = takesFurther(inHand.get());
    }
    if (inHand.isEmpty()) {
      place.leave();
    }
  }

  private boolean takes() {
    inHand = stages.toRun();
    if (inHand.isPresent()) {
      line.taken();
    }
    return inHand.isPresent();
  }

  /** Whether the lane is done with it, and can take the next. */
  private boolean takesFurther(InHand file) {
    Came came = Came.TO_NO_END;
    try {
      came = further(file);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      line.failed(e);
    } catch (IOException | RuntimeException | Error e) {
      line.failed(e);
    } finally {
      if (came != Came.NOT_FURTHER) {
        letGo(file, came == Came.TO_ITS_END);
      }
    }
    return came != Came.NOT_FURTHER;
  }

  private void letGo(InHand file, boolean hasEnd) {
    if (!hasEnd) {
      // Before anybody can see that it is out of hand.
      place.leave();
    }
    if (begun) {
      parts.inProgress().ran(file.id());
    }
    turn.wakeInNoMore();
    begun = false;
    askedSince = Optional.empty();
    course = Optional.empty();
    inHand = Optional.empty();
    line.over(file, hasEnd);
  }

  /** As far as it comes without waiting; what an earlier delivery has run is not run again. */
  private Came further(InHand file) throws IOException, InterruptedException {
    while (file.end().isEmpty() && !file.isElsewhere()) {
      if (!isItsTurn(file)) {
        return Came.TO_NO_END;
      }
      if (course.isEmpty()) {
        Course fresh = parts.processing().runs(file, turn::wake);
        course = Optional.of(fresh);
        rest(fresh.rest());
      }
      Optional<Runs.Next> next = isRested() ? step(file, course.get()) : Optional.empty();
      if (next.isEmpty()) {
        return Came.NOT_FURTHER;
      }
      if (!goesOn(file, next.get())) {
        return Came.TO_NO_END;
      }
    }
    if (file.isElsewhere()) {
      return Came.TO_NO_END;
    }
    owner.ending(file);
    stages.ended(file);
    return Came.TO_ITS_END;
  }

  private boolean isItsTurn(InHand file) throws InterruptedException {
    if (!begun) {
      if (parts.inProgress().count() >= parts.concurrency()) {
        // Scripts of an intake before this one run still: not with a place in hand.
        place.leave();
      }
      begun = parts.inProgress().begin(file.id(), stages::isClosed);
    }
    if (!begun || stages.isClosed()) {
      // The link is lost or the daemon stops: somebody else may have the file by now.
      return false;
    }
    // Each time: whoever stood in line for long may have been held meanwhile.
    if (!owner.mayRun()) {
      line.held();
      return false;
    }
    return true;
  }

  private void rest(Duration rest) {
    notBefore = System.nanoTime() + rest.toNanos();
  }

  private boolean isRested() {
    Duration left = Duration.ofNanos(notBefore - System.nanoTime());
    if (left.isNegative() || left.isZero()) {
      return true;
    }
    place.leave();
    turn.wakeIn(left);
    return false;
  }

  /**
   * Asks for its next run, and runs it after a yes.
   *
   * @return nothing if its place or the answer has not come: the lane is woken then
   */
  private Optional<Runs.Next> step(InHand file, Course runs)
      throws IOException, InterruptedException {
    boolean withPlace = runs.needsPlace();
    if (!withPlace) {
      place.leave();
    } else if (!place.take(file.id())) {
      return Optional.empty();
    }
    Optional<Leave> leave = runs.ask();
    if (leave.isEmpty()) {
      waits(runs);
      return Optional.empty();
    }
    askedSince = Optional.empty();
    if (withPlace && leave.get() instanceof Leave.Go) {
      return Optional.of(run(runs));
    }
    if (!runs.needsPlace()) {
      place.leave();
    }
    return Optional.of(runs.withoutRun(leave.get()));
  }

  /** A place is for scripts: one that an answer keeps waiting is given back. */
  private void waits(Course runs) {
    if (!runs.needsPlace() || runs.mayKeepPlace()) {
      return;
    }
    long now = System.nanoTime();
    Duration left = AT_ONCE.minusNanos(now - askedSince.orElse(now));
    if (left.isNegative() || left.isZero()) {
      runs.givesPlaceBack();
      place.leave();
    } else {
      askedSince = Optional.of(askedSince.orElse(now));
      turn.wakeIn(left);
    }
  }

  private Runs.Next run(Course runs) throws IOException, InterruptedException {
    try {
      runs.run();
    } finally {
      // Who goes first need not wait until this one's end is written down.
      stages.nextToRun().ifPresentOrElse(place::passOn, place::leave);
    }
    return runs.next();
  }

  /** False if all is over, and the run was broken off. */
  private boolean goesOn(InHand file, Runs.Next next) throws IOException {
    if (next instanceof Runs.Next.HasEnd ended) {
      file.ended(ended.end());
    } else if (next instanceof Runs.Next.Elsewhere elsewhere) {
      parts.processing().endedElsewhere(file, elsewhere.by());
    } else if (next instanceof Runs.Next.Again again) {
      rest(again.rest());
    }
    return !(next instanceof Runs.Next.BrokenOff);
  }
}
