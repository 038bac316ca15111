package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.CorruptPayload;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.worker.Front.Parts;
import fr.epiconcept.navette.worker.Progress.Finished;
import fr.epiconcept.navette.worker.Runs.Course;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.jms.JMSException;
import javax.jms.Message;

/** A delivery that goes as a test says, one deposit at a time. Its rests take no time. */
final class Handed implements Processing.Delivery {
  private final Message message;
  private final Parts parts;
  private final Checkpoint checkpoint;

  /**
   * What the file server was told, in order: {@code receipt}, {@code answer NAME: TEXT}, results.
   */
  final List<String> told = new ArrayList<>();

  final List<Duration> rests = new ArrayList<>();

  /** Whether work may go on after a rest. */
  Predicate<Duration> goesOn = rest -> true;

  /** Whether the link lives when the end is to be settled. */
  boolean settles = true;

  Handed(Message message, Parts parts, Checkpoint checkpoint) {
    this.message = message;
    this.parts = parts;
    this.checkpoint = checkpoint;
  }

  Handed(Message message, Parts parts) {
    this(message, parts, Checkpoint.NONE);
  }

  /** The stages of the way, one after the other, as far as the delivery lasts. */
  Optional<Finished> take(Deposit deposit) throws Exception {
    Processing way = parts.processing();
    InHand inHand;
    try {
      inHand = way.receive(deposit, message, this);
    } catch (CorruptPayload e) {
      Optional<InHand> givenUp = way.corrupt(deposit, message, e);
      if (givenUp.isEmpty()) {
        return Optional.empty();
      }
      inHand = givenUp.get();
    }
    Optional<IOException> fault = way.land(List.of(inHand));
    if (fault.isPresent()) {
      throw fault.get();
    }
    way.receipted(inHand, this);
    if (inHand.end().isEmpty()) {
      run(inHand);
    }
    if (inHand.end().isEmpty() || !way.putAway(List.of(inHand), this)) {
      return Optional.empty();
    }
    List<Entry> answers = way.collect(inHand);
    checkpoint.reached(Step.ANSWERED, deposit.id());
    settle(deposit, inHand.end().get(), answers);
    return inHand.end();
  }

  /** As a lane does, but for its place. */
  private void run(InHand inHand) throws Exception {
    Course course = parts.processing().runs(inHand, () -> {});
    Duration rest = course.rest();
    while (inHand.end().isEmpty() && (rest.isZero() || rest(rest)) && rest(Duration.ZERO)) {
      Runs.Next next = next(course);
      if (next instanceof Runs.Next.BrokenOff) {
        return;
      } else if (next instanceof Runs.Next.Again again) {
        rest = again.rest();
      } else if (next instanceof Runs.Next.HasEnd ended) {
        inHand.ended(ended.end());
      }
    }
  }

  private static Runs.Next next(Course course) throws Exception {
    boolean withPlace = course.needsPlace();
    Leave leave = course.ask().orElseThrow();
    if (!withPlace || !(leave instanceof Leave.Go)) {
      return course.withoutRun(leave);
    }
    course.run();
    return course.next();
  }

  private void settle(Deposit deposit, Finished end, List<Entry> answers)
      throws JMSException, IOException {
    List<String> words = new ArrayList<>();
    for (Entry answer : answers) {
      words.add("answer " + answer.name() + ": " + Files.readString(answer.file()).strip());
    }
    words.add(end.outcome(deposit, Home.ACCOUNT).result().toString());
    checkpoint.reached(Step.SETTLING, deposit.id());
    if (!settles) {
      throw new JMSException("the link died");
    }
    told.addAll(words);
    checkpoint.reached(Step.SETTLED, deposit.id());
    for (Entry answer : answers) {
      parts.spool().become(answer, State.PUBLISHED);
    }
  }

  @Override
  public void receipt(Deposit deposit) {
    told.add("receipt");
  }

  @Override
  public boolean rest(Duration duration) {
    if (!duration.isZero()) {
      rests.add(duration);
    }
    return goesOn.test(duration);
  }

  @Override
  public boolean isOver() {
    return false;
  }
}
