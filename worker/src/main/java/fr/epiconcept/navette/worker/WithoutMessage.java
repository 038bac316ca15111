package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.Seldom;
import fr.epiconcept.navette.broker.begin.Note.Answer;
import fr.epiconcept.navette.broker.begin.Note.State;
import fr.epiconcept.navette.broker.begin.Note.Word;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deposits of which this worker has something and another may have the message: what a lost link
 * took away while a script ran, or before it began. Says how far they are, tells ends that could
 * not be settled, and removes what is of no use any more. Only where there are several workers.
 */
final class WithoutMessage implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WithoutMessage.class);

  /** What a lost link took away has come back, or has not, so long after the next one is made. */
  private static final Duration COMES_BACK = Duration.ofSeconds(10);

  /**
   * How often what is left is asked for. A file that was given back goes unnoticed: another link or
   * another worker may have had it at once.
   */
  private static final Duration AGAIN = Duration.ofSeconds(20);

  private final Marks marks;
  private final InProgress inProgress;
  private final Processing processing;
  private final Others others;
  private final Settling.Shared parts;
  private final FluxLog log;
  private final Turns turns;
  private final Turn tidying;
  private final Seldom told = new Seldom(System::nanoTime);
  private volatile Optional<Connection> link = Optional.empty();

  WithoutMessage(
      Marks marks,
      InProgress inProgress,
      Processing processing,
      Others others,
      Settling.Shared parts,
      Turns turns) {
    this.marks = marks;
    this.inProgress = inProgress;
    this.processing = processing;
    this.others = others;
    this.parts = parts;
    this.log = parts.log();
    this.turns = turns;
    tidying = turns.turn(parts.flux() + " tidying", this::tidy);
    others.whenFirst(() -> tidying.wakeIn(AGAIN));
  }

  void linked(Connection connection) {
    link = Optional.of(connection);
    if (others.areThere()) {
      tidying.wakeIn(COMES_BACK);
    }
  }

  void unlinked() {
    link = Optional.empty();
  }

  // --- how far one is ---

  /**
   * How far this worker is with a deposit that it has begun. One that has ended is told now, also
   * if it was told before: whoever asks has not heard it.
   */
  State howFar(FileId id, int round) throws IOException {
    // Looked at first: a script that ends meanwhile has its end in its marks then.
    if (inProgress.isRunning(id)) {
      return State.RUNS;
    }
    Progress progress = Progress.of(marks.read(id));
    if (progress.round() == 0) {
      // It had begun, and its marks are gone.
      return State.INTERRUPTED;
    }
    if (progress.round() != round) {
      return State.RELEASED;
    }
    if (progress.finished().isPresent()) {
      tellOnce(id);
      return State.FINISHED;
    }
    return progress.running() ? State.INTERRUPTED : State.RELEASED;
  }

  // --- ends ---

  /** Once a minute: who waits asks twice a second, and whoever takes it there may be slow. */
  private void tellOnce(FileId id) {
    boolean hasItsMessage = inProgress.now().contains(id);
    if (link.isPresent() && !hasItsMessage && told.isNew(id.value())) {
      turns.execute(() -> tell(id));
    }
  }

  private void tell(FileId id) {
    if (!inProgress.enterAlone(id)) {
      // Its message is here: it is settled with that.
      return;
    }
    try {
      Progress progress = Progress.of(marks.read(id));
      if (progress.finished().isPresent()) {
        tell(id, progress, progress.finished().get());
      }
    } catch (IOException | JMSException | RuntimeException e) {
      log.warn(id, "not-told", "reason", e.toString(), "then", "told when it is asked for again");
    } finally {
      inProgress.leave(id, true);
    }
  }

  /** As a settlement, without a message to settle. */
  private void tell(FileId id, Progress progress, Finished end) throws IOException, JMSException {
    Connection over = link.orElseThrow(() -> new JMSException("the link is down"));
    processing.putAway(id);
    List<Entry> answers = processing.collect(id, progress, end);
    parts.checkpoint().reached(Step.ANSWERED, id);
    Session session = over.createSession(true, Session.SESSION_TRANSACTED);
    try {
      Telling telling = new Telling(session, parts);
      telling.send(end.outcome(parts.flux(), id, progress.round(), parts.account()), answers);
      parts.checkpoint().reached(Step.SETTLING, id);
      session.commit();
      telling.sent(id, answers);
      log.info(id, "told-late", "result", end.result().toString().toLowerCase(Locale.ROOT));
    } finally {
      session.close();
    }
  }

  // --- what is left ---

  private void tidy() {
    try {
      for (FileId id : marks.open()) {
        if (link.isEmpty()) {
          return;
        }
        tryToTidy(id);
      }
      for (FileId id : processing.halves()) {
        tryToDrop(id);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (IOException e) {
      LOG.warn(
          "{}: what other workers have done is not looked for: {}", parts.flux(), e.toString());
    }
    tidying.wakeIn(AGAIN);
  }

  /** One that cannot be looked at keeps no other. */
  private void tryToTidy(FileId id) throws InterruptedException {
    try {
      tidy(id);
    } catch (IOException | RuntimeException e) {
      LOG.debug("{}: {} is looked at again in {}", parts.flux(), id, AGAIN, e);
    }
  }

  /** A link that broke off, or a kill, left half of a file; its message went to another. */
  private void tryToDrop(FileId id) throws InterruptedException {
    if (link.isEmpty() || !inProgress.enterAlone(id)) {
      return;
    }
    try {
      // In whatever round: one that has ended is not received any more.
      if (others.keep(id, 1).filter(said -> said.answer() == Answer.OVER).isPresent()) {
        processing.dropHalf(id);
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("{}: half of {} is looked at again in {}", parts.flux(), id, AGAIN, e);
    } finally {
      inProgress.leave(id, true);
    }
  }

  private void tidy(FileId id) throws IOException, InterruptedException {
    if (!inProgress.enterAlone(id)) {
      return;
    }
    boolean tell = false;
    try {
      Progress progress = Progress.of(marks.read(id));
      if (progress.round() == 0) {
        return;
      }
      Optional<Word> word = others.keep(id, progress.round());
      if (word.filter(said -> said.answer() == Answer.OVER).isPresent()) {
        overtaken(id, progress, word.get().by());
        return;
      }
      tell =
          progress.finished().isPresent()
              && word.filter(said -> said.answer() == Answer.GO).isPresent();
    } finally {
      inProgress.leave(id, true);
    }
    if (tell) {
      tell(id);
    }
  }

  /** Another has brought it to its end, or this one has and was told so without a word. */
  private void overtaken(FileId id, Progress progress, String by) throws IOException {
    boolean mayCount = progress.running() || progress.finished().isPresent();
    if (!mayCount) {
      // No script ran, or one that asked for another run.
      log.info(id, "ended-elsewhere", "by", by.isEmpty() ? null : by, "then", "removed here");
      processing.forget(id);
      return;
    }
    boolean untold = !processing.areAnswersTaken(id) || progress.finished().isEmpty();
    if (untold) {
      log.warn(
          id,
          "overtaken",
          "result",
          progress
              .finished()
              .map(end -> end.result().toString().toLowerCase(Locale.ROOT))
              .orElse("interrupted"),
          "exit",
          progress.finished().flatMap(Finished::exit).orElse(null),
          "reason",
          "the file server has another word of its end: this one, and its answers, count no more");
    }
    processing.leaveToPeople(id);
  }

  @Override
  public void close() {
    tidying.close();
  }
}
