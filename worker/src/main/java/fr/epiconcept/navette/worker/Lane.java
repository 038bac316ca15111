package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.worker.Runs.Course;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * One lane of an intake: takes what has landed, one file after the other, and has its script run
 * until it has an end. While its file waits for a place among all scripts of the daemon, or rests
 * before its next run, it holds no thread: it is woken.
 */
final class Lane {
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

  /** The line that its files come from. */
  interface Line {
    /** It has taken one. */
    void taken();

    /** It is done with it; without an end it is to go back. */
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
    if (begun) {
      parts.inProgress().ran(file.id());
    }
    turn.wakeInNoMore();
    begun = false;
    course = Optional.empty();
    inHand = Optional.empty();
    line.over(file, hasEnd);
  }

  /** As far as it comes without waiting; what an earlier delivery has run is not run again. */
  private Came further(InHand file) throws IOException, InterruptedException {
    while (file.end().isEmpty()) {
      if (!isItsTurn(file)) {
        return Came.TO_NO_END;
      }
      if (course.isEmpty()) {
        course = parts.processing().runs(file);
        course.ifPresent(runs -> rest(runs.rest()));
      } else if (!isRested() || !place.take(file.id())) {
        return Came.NOT_FURTHER;
      } else if (!runs(file, course.get())) {
        return Came.TO_NO_END;
      }
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

  /** Runs it once; false if the run was broken off because all is over. */
  private boolean runs(InHand file, Course runs) throws IOException, InterruptedException {
    try {
      runs.run();
    } finally {
      // Who goes first need not wait until this one's end is written down.
      stages.nextToRun().ifPresentOrElse(place::passOn, place::leave);
    }
    Runs.Next next = runs.next();
    if (next instanceof Runs.Next.HasEnd ended) {
      file.ended(ended.end());
    } else if (next instanceof Runs.Next.Again again) {
      rest(again.rest());
    }
    return !(next instanceof Runs.Next.BrokenOff);
  }
}
