package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.config.SeveralWorkers;
import fr.epiconcept.navette.flux.landing.Landing.Begun.Written;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.nio.file.Path;
import java.util.Optional;
import javax.jms.Message;

/**
 * A deposit in hand, from its message to its settlement. It is handed from stage to stage, and only
 * the stage that has it changes it.
 */
final class InHand {
  private final Deposit deposit;
  private final Message message;
  private final Progress progress;
  private String sha256 = "";
  private Optional<Written> written = Optional.empty();
  private Optional<Path> file = Optional.empty();
  private Optional<Finished> end = Optional.empty();
  private Optional<SeveralWorkers.Mode> several = Optional.empty();
  private boolean elsewhere;

  InHand(Deposit deposit, Message message, Progress progress) {
    this.deposit = deposit;
    this.message = message;
    this.progress = progress;
    this.end = progress.finished();
  }

  Deposit deposit() {
    return deposit;
  }

  FileId id() {
    return deposit.id();
  }

  Message message() {
    return message;
  }

  /** What its marks said when it came. */
  Progress progress() {
    return progress;
  }

  /** Its bytes stand under a hidden name. */
  void written(Written bytes, String hash) {
    written = Optional.of(bytes);
    sha256 = hash;
  }

  Optional<Written> written() {
    return written;
  }

  String sha256() {
    return sha256;
  }

  /** It stands in storage. */
  void landed(Path path) {
    written = Optional.empty();
    file = Optional.of(path);
  }

  Optional<Path> file() {
    return file;
  }

  /** On disk: whatever happens, it is never run again in this round. */
  void ended(Finished how) {
    end = Optional.of(how);
  }

  Optional<Finished> end() {
    return end;
  }

  /** Other workers may have it too. */
  void sharedBy(Optional<SeveralWorkers.Mode> mode) {
    several = mode;
  }

  boolean isShared() {
    return several.isPresent();
  }

  /** Another worker has brought it to its end: only its message is to be settled. */
  void endedElsewhere() {
    elsewhere = true;
  }

  boolean isElsewhere() {
    return elsewhere;
  }

  /** Whether it comes again to this worker if it is not settled, before what is behind it. */
  boolean returnsHere() {
    return !elsewhere && several.filter(SeveralWorkers.Mode.SHARING::equals).isEmpty();
  }

  /** Its delivery is over before it landed. */
  void giveUp() {
    written.ifPresent(Written::giveUp);
  }
}
