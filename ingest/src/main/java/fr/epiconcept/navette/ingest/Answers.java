package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.config.FolderTarget;
import fr.epiconcept.navette.flux.config.FolderTarget.IfExists;
import fr.epiconcept.navette.flux.landing.Landing;
import fr.epiconcept.navette.flux.landing.Landing.Landed;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.marks.Marks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.jms.Message;

/** Puts the acknowledgements that come home into the flux's {@code out}, each once. */
final class Answers {
  private final Marks marks;
  private final FluxLog log;
  private final Optional<FolderTarget> target;
  private final Optional<Object> onward;
  private final Optional<Landing> landing;

  /** Held while an answer lands: others may take answers out of the folder again. */
  private final Object lock;

  /** Those whose way ends in {@code target}. */
  Answers(Optional<FolderTarget> target, Marks marks, FluxLog log, Checkpoint checkpoint) {
    this(target, List.of(), Optional.empty(), marks, log, checkpoint);
  }

  /**
   * Those that go to {@code target}.
   *
   * @param reserved folders that may lie there and are no place for acknowledgements
   * @param onward the lock of whoever takes them out of there again, to where there are no
   *     sub-folders; nothing: their way ends there
   */
  Answers(
      Optional<FolderTarget> target,
      List<Path> reserved,
      Optional<Object> onward,
      Marks marks,
      FluxLog log,
      Checkpoint checkpoint) {
    this.marks = marks;
    this.log = log;
    this.target = target;
    this.onward = onward;
    this.lock = onward.orElseGet(Object::new);
    this.landing = target.map(out -> new Landing(out, reserved, marks, checkpoint));
  }

  /** What became of an acknowledgement. */
  sealed interface Taken {
    /** It stands in {@code out}, or has stood there: its receipt may go. */
    record Stands() implements Taken {}

    /** It cannot stand there now: the message stays in the broker and comes again. */
    record Waits(String reason) implements Taken {}
  }

  /** Must be called inside the listener that was given the message (see {@link Messages}). */
  Taken take(Acknowledgement answer, Message message) throws IOException {
    if (marks.isDone(answer.id())) {
      Messages.skipPayload(message);
      return new Taken.Stands();
    }
    if (landing.isEmpty()) {
      return new Taken.Waits("the flux has no ingest.out folder on this server");
    }
    if (onward.isPresent() && !answer.folder().isTop()) {
      return new Taken.Waits(
          "ingest.out is on an SFTP server and gets no sub-folders, and "
              + OneLine.of(answer.path())
              + " comes from one (worker.recursive): give the flux an out on this machine");
    }
    String[] sha256 = new String[1];
    Landed landed;
    synchronized (lock) {
      landed =
          landing
              .get()
              .land(
                  answer.id(),
                  answer.path(),
                  answer.modified(),
                  out -> sha256[0] = Messages.savePayload(message, answer.size(), out));
    }
    if (sha256[0] == null) {
      Messages.skipPayload(message);
    }
    if (landed instanceof Landed.NameTaken taken) {
      return new Taken.Waits("if-exists: hold, and there is a " + taken.path());
    }
    Landed.At at = (Landed.At) landed;
    // Also if an earlier delivery had landed it: a crash may have come before it was told, and to
    // tell it twice is better than never.
    tell(answer, at.path(), sha256[0]);
    marks.close(answer.id());
    return new Taken.Stands();
  }

  private void tell(Acknowledgement answer, Path path, String sha256) {
    FileId about = answer.of().orElse(answer.id());
    log.info(
        about,
        "acknowledged",
        "answer",
        answer.id(),
        "name",
        answer.path(),
        "bytes",
        answer.size(),
        "sha256",
        sha256,
        "to",
        path);
  }

  /** Whether a taken name makes an acknowledgement wait. */
  boolean mayWait() {
    return target.isEmpty() || onward.isPresent() || target.get().ifExists() == IfExists.HOLD;
  }
}
