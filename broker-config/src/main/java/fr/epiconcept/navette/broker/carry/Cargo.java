package fr.epiconcept.navette.broker.carry;

import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Messages.Outgoing;
import fr.epiconcept.navette.broker.message.Parcel.Payload;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.spool.Entry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import javax.jms.JMSException;
import javax.jms.Session;

/** What differs between the two directions. Called in the flux's turn, one call at a time. */
public interface Cargo {
  /** What the flux's log calls a step: one log may tell of both directions. */
  String word(Milestone step);

  /** The steps outward that each file takes. */
  enum Milestone {
    /** It is complete and has an id. */
    FOUND,
    /** It is out of everybody's reach. */
    CLAIMED,
    /** The broker has it on disk. */
    PUBLISHED
  }

  /** The queue that the files go to. */
  String queue();

  /** What the message of a file says. */
  Payload parcel(Entry entry, FileIdentity looks);

  /**
   * A file as a message, to be closed when it is sent.
   *
   * @throws IOException if the file cannot be read or changes
   */
  default Outgoing message(Session session, Entry entry, FileIdentity looks)
      throws JMSException, IOException {
    return Messages.of(session, parcel(entry, looks), entry.file(), looks);
  }

  /** How many bytes of a file the broker gets to keep. */
  default long carried(FileIdentity looks) {
    return looks.size();
  }

  /** What a file found now answers or repeats, as far as that can be known. */
  Optional<FileId> relatedTo(FileIdentity looks);

  /**
   * A file was claimed. May be called again after a crash.
   *
   * @param looks what was claimed: perhaps no regular file
   */
  default void claimed(Entry entry, FileIdentity looks) {}

  /** The broker has these bytes of it. Called again when it is sent again. */
  default void published(Entry entry, long bytes, String sha256) {}

  /** Whether a claimed file may go. May be asked again after a crash. */
  Judgement judge(Entry entry) throws IOException;

  /** Takes a claimed file away that may not go. When this returns, the spool has it no more. */
  void refuse(Entry entry, Judgement.Refused why) throws IOException;

  /** What a check can say. */
  sealed interface Judgement {
    /** It may go. */
    record Good() implements Judgement {}

    /** Not now: it is judged again after {@code delay}. */
    record NotYet(String reason, Duration delay) implements Judgement {}

    /**
     * Never.
     *
     * @param reason one line
     * @param output what the check printed; may be empty
     */
    record Refused(String reason, String output) implements Judgement {}
  }
}
