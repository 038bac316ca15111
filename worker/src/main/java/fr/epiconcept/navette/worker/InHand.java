package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.FileId;
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

  /** Its delivery is over before it landed. */
  void giveUp() {
    written.ifPresent(Written::giveUp);
  }
}
