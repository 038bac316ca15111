package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.begin.Note.Step;
import fr.epiconcept.navette.broker.begin.Note.Word;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.log.FluxLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The other workers of a flux, as far as this one must heed them: the file server knows them. */
final class Others {
  /** While another is at it, so often it is asked for. */
  private static final Duration AGAIN = Duration.ofMillis(500);

  /** Links are made one after the other: that nobody answers yet is no news before this. */
  private static final int UNANSWERED = 10;

  private final FluxName flux;
  private final Path seen;
  private final Server server;
  private final FluxLog log;
  private volatile boolean several;
  private volatile Runnable whenFirst = () -> {};

  /** The file server, which knows who has begun what. */
  @FunctionalInterface
  interface Server {
    /** Asks, and waits for nobody: it completes with the answer, or with nothing if none comes. */
    CompletableFuture<Optional<Word>> may(FluxName flux, FileId id, int round, Step step);
  }

  /**
   * Nobody is known yet.
   *
   * @param state the flux's folder in the daemon's state
   */
  Others(FluxName flux, Path state, Server server, FluxLog log) {
    this.flux = flux;
    this.seen = state.resolve("several-workers");
    this.server = server;
    this.log = log;
    several = Files.exists(seen);
  }

  /** A deposit came that others may have too. Remembered: of one that is alone nothing is asked. */
  void seen() throws IOException {
    if (!several) {
      DurableFile.replace(seen, "another worker may take from this flux\n");
      several = true;
      whenFirst.run();
    }
  }

  /** Runs {@code then} when the first such deposit comes; it must return at once. */
  void whenFirst(Runnable then) {
    whenFirst = then;
  }

  /** Whether there ever were others. */
  boolean areThere() {
    return several;
  }

  /**
   * Asks for one deposit, as often as is wanted.
   *
   * @param wake is called when an answer has come that was not there at once; must return at once
   */
  Leave.Asking about(Deposit deposit, Runnable wake) {
    return new Questions(deposit, wake);
  }

  /** The questions about one deposit, one at a time. Only one caller. */
  private final class Questions implements Leave.Asking {
    private final Deposit deposit;
    private final Runnable wake;
    private Optional<CompletableFuture<Optional<Word>>> asked = Optional.empty();
    private int unanswered;
    private String said = "";

    Questions(Deposit deposit, Runnable wake) {
      this.deposit = deposit;
      this.wake = wake;
    }

    @Override
    public Optional<Leave> ask(Step step) {
      CompletableFuture<Optional<Word>> answer = asked.orElseGet(() -> put(step));
      if (!answer.isDone()) {
        return Optional.empty();
      }
      asked = Optional.empty();
      Optional<Word> word = answer.join();
      return Optional.of(word.flatMap(Others::leave).orElseGet(() -> notNow(word)));
    }

    private CompletableFuture<Optional<Word>> put(Step step) {
      CompletableFuture<Optional<Word>> answer =
          server.may(flux, deposit.id(), deposit.round(), step);
      asked = Optional.of(answer);
      if (!answer.isDone()) {
        CompletableFuture<?> unused = answer.thenRun(wake);
      }
      return answer;
    }

    private Leave notNow(Optional<Word> word) {
      unanswered = word.isPresent() ? 0 : unanswered + 1;
      String why = why(word);
      if (!why.equals(said) && (word.isPresent() || unanswered > UNANSWERED)) {
        said = why;
        log.info(deposit.id(), "waits", "reason", why, "again-in", AGAIN);
      }
      return new Leave.NotNow(AGAIN);
    }
  }

  private static Optional<Leave> leave(Word word) {
    return switch (word.answer()) {
      case GO -> Optional.of(new Leave.Go());
      case INTERRUPTED -> Optional.of(new Leave.Interrupted(word.by()));
      case OVER -> Optional.of(new Leave.Over(word.by()));
      case WAIT -> Optional.empty();
    };
  }

  private static String why(Optional<Word> word) {
    return word.map(Word::by)
        .map(
            by ->
                by.isEmpty()
                    ? "the file server cannot say now whether another worker has begun it"
                    : "worker " + by + " has begun it, and is at it or was heard of just now")
        .orElse("the file server does not say whether another worker has begun it");
  }

  /**
   * Asks whether what is here of a deposit is still of use, though its message is not here. Waits
   * for the answer.
   *
   * @return nothing if there is no answer
   */
  Optional<Word> keep(FileId id, int round) throws InterruptedException {
    try {
      return server.may(flux, id, round, Step.KEEP).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
