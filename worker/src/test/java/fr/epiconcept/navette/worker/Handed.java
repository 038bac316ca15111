package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import javax.jms.JMSException;
import javax.jms.Message;

/** A delivery that goes as a test says. Its rests take no time. */
final class Handed implements Processing.Delivery {
  private final Message message;
  private final Spool spool;
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

  Handed(Message message, Spool spool, Checkpoint checkpoint) {
    this.message = message;
    this.spool = spool;
    this.checkpoint = checkpoint;
  }

  Handed(Message message, Spool spool) {
    this(message, spool, Checkpoint.NONE);
  }

  @Override
  public Message message() {
    return message;
  }

  @Override
  public void receipt(Deposit deposit) {
    told.add("receipt");
  }

  @Override
  public void settle(Deposit deposit, Finished end, List<Entry> answers)
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
      spool.become(answer, State.PUBLISHED);
    }
  }

  @Override
  public boolean rest(Duration duration) {
    if (!duration.isZero()) {
      rests.add(duration);
    }
    return goesOn.test(duration);
  }
}
