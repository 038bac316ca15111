package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.begin.Note.Step;
import fr.epiconcept.navette.broker.begin.Note.Word;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.worker.Processing.Delivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

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
    /** Asks; nothing if no answer comes. */
    Optional<Word> may(FluxName flux, FileId id, int round, Step step) throws InterruptedException;
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

  /** Asks for one deposit, until there is an answer or its delivery is over. */
  Leave.Asking about(Deposit deposit, Delivery delivery) {
    return step -> ask(deposit, step, delivery);
  }

  private Leave ask(Deposit deposit, Step step, Delivery delivery) throws InterruptedException {
    String said = "";
    int unanswered = 0;
    while (delivery.rest(Duration.ZERO)) {
      Optional<Word> word = server.may(flux, deposit.id(), deposit.round(), step);
      Optional<Leave> leave = word.flatMap(Others::leave);
      if (leave.isPresent()) {
        return leave.get();
      }
      unanswered = word.isPresent() ? 0 : unanswered + 1;
      String why = why(word);
      if (!why.equals(said) && (word.isPresent() || unanswered > UNANSWERED)) {
        said = why;
        log.info(deposit.id(), "waits", "reason", why, "again-in", AGAIN);
      }
      if (!delivery.rest(AGAIN)) {
        break;
      }
    }
    return new Leave.NotNow();
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
   * Asks whether what is here of a deposit is still of use, though its message is not here.
   *
   * @return nothing if there is no answer
   */
  Optional<Word> keep(FileId id, int round) throws InterruptedException {
    return server.may(flux, id, round, Step.KEEP);
  }
}
