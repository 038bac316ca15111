package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Records;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends again, from the archive, what a broker that is gone had: letters, and files under way. One
 * of these serves one link, and tries as often as it is asked: an archive may be mounted late.
 *
 * <p>A broker that was damaged may still have some. Of a file under way it is sent a second
 * message, which the worker's marks drop; of a letter nobody keeps marks, so the broker is asked
 * which it has.
 */
final class Resending {
  private static final Logger LOG = LoggerFactory.getLogger(Resending.class);

  private final Connection connection;
  private final String era;
  private final Executor inTurn;
  private final Duration again;
  private final FluxLog log;
  private final Before before;
  private final Kind underWay;
  private final Kind letters;

  // One attempt at a time.
  private String trouble = "";

  // Guarded by this.
  private Sender sender;
  private boolean ended;

  /** What all of a flux share. */
  record Parts(
      Records arrived,
      Records dead,
      DeadLetters deadLetters,
      Letters letters,
      Before before,
      FluxLog log) {}

  /** What waits in the spool and came before what is sent from the archive. */
  @FunctionalInterface
  interface Before {
    OlderFiles files(String era) throws IOException;
  }

  /** Of which files there is a whole dead letter, as the broker has it now. */
  @FunctionalInterface
  interface Letters {
    Set<FileId> there() throws IOException;
  }

  /**
   * Records of one kind.
   *
   * @param sending how theirs are sent
   * @param kept those of which this broker has what would be sent
   * @param givenUp whose files another attempt would not find
   */
  private record Kind(Records records, Sending sending, Letters kept, Set<FileId> givenUp) {}

  @FunctionalInterface
  private interface Sending {
    void send(Arrived record, Sender sender, Runnable done)
        throws IOException, JMSException, InterruptedException;
  }

  /**
   * Nothing is sent yet.
   *
   * @param inTurn does a small piece of work in the flux's turn: a record may be closed meanwhile
   * @param again after how long the next attempt is made, for the log
   */
  Resending(Parts parts, Connection connection, String era, Executor inTurn, Duration again) {
    this.connection = connection;
    this.era = era;
    this.inTurn = inTurn;
    this.again = again;
    this.log = parts.log();
    this.before = parts.before();
    DeadLetters deadLetters = parts.deadLetters();
    underWay =
        new Kind(
            parts.arrived(),
            (record, to, done) -> deadLetters.sendAgain(record, era, to, done),
            Set::of,
            new HashSet<>());
    letters =
        new Kind(
            parts.dead(),
            (record, to, done) ->
                deadLetters.bury(record, era, "sent again: the broker had lost it", to, done),
            parts.letters(),
            new HashSet<>());
  }

  /**
   * Sends what can be sent now; returns when the broker has it.
   *
   * @return whether another attempt is to be made
   */
  boolean attempt() {
    try {
      sendAll();
      if (!trouble.isEmpty()) {
        log.info(null, "all-sent-again", "era", era);
      }
      return false;
    } catch (IOException | JMSException | RuntimeException e) {
      return failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean failed(Exception cause) {
    if (isEnded()) {
      return false;
    }
    String reason = cause.toString();
    if (!reason.equals(trouble)) {
      trouble = reason;
      log.error(null, "not-sent-again", "reason", reason, "again-in", again);
    }
    return true;
  }

  private void sendAll() throws IOException, JMSException, InterruptedException {
    Sender to = open();
    try {
      OlderFiles older = before.files(era);
      Optional<IOException> away =
          sendAll(underWay, to, record -> older.sendBefore(record.id(), to));
      Optional<IOException> lettersAway = sendAll(letters, to, record -> {});
      if (!to.drain()) {
        throw new JMSException("the broker did not take all of it");
      }
      Optional<IOException> why = away.or(() -> lettersAway);
      if (why.isPresent()) {
        throw why.get();
      }
    } finally {
      to.close();
      to.session().close();
    }
  }

  @FunctionalInterface
  private interface First {
    void before(Arrived record) throws JMSException, InterruptedException;
  }

  /**
   * All of one kind, in the order of their ids.
   *
   * @return why the archive of one is out of reach, if one is
   */
  private Optional<IOException> sendAll(Kind kind, Sender to, First first)
      throws IOException, JMSException, InterruptedException {
    Optional<IOException> away = Optional.empty();
    List<Arrived> others = sentToOthers(kind);
    Set<FileId> kept = others.isEmpty() ? Set.of() : kind.kept().there();
    for (Arrived record : others) {
      if (kept.contains(record.id())) {
        inTurn.execute(() -> remember(kind.records(), record));
        continue;
      }
      first.before(record);
      Optional<IOException> why = send(kind, record, to);
      away = why.isPresent() ? why : away;
    }
    return away;
  }

  private synchronized Sender open() throws JMSException {
    if (ended) {
      throw new JMSException("the link is down");
    }
    sender = new Sender(connection, refused -> LOG.debug("not sent again", refused));
    return sender;
  }

  private List<Arrived> sentToOthers(Kind kind) throws IOException {
    List<Arrived> others = new ArrayList<>();
    for (FileId id : kind.records().list()) {
      if (kind.givenUp().contains(id)) {
        continue;
      }
      try {
        // Closed since it was listed: then there is nothing to send.
        Optional<Arrived> record = kind.records().read(id).map(text -> Arrived.parse(id, text));
        record
            .filter(found -> !found.era().equals(era))
            // About to leave the dead letters: a letter would bring it back.
            .filter(found -> found.replayedAs().isEmpty())
            .ifPresent(others::add);
      } catch (IOException | RuntimeException damaged) {
        giveUp(kind, id, "its record cannot be read: " + damaged);
      }
    }
    return others;
  }

  /**
   * One file that cannot be read does not keep the others from being sent.
   *
   * @return why its archive is out of reach, if it is
   */
  private Optional<IOException> send(Kind kind, Arrived record, Sender to)
      throws JMSException, InterruptedException {
    try {
      kind.sending().send(record, to, () -> inTurn.execute(() -> remember(kind.records(), record)));
      log.info(record.id(), "sent-again", "from", record.archive(), "era", era);
    } catch (IOException e) {
      try {
        notSent(kind, record, e);
      } catch (IOException away) {
        return Optional.of(away);
      }
    }
    return Optional.empty();
  }

  private void notSent(Kind kind, Arrived record, IOException cause) throws IOException {
    if (!record.isRemoved()) {
      giveUp(kind, record.id(), cause.toString());
      return;
    }
    // Either the move to the archive is still to be done (the spool sends it then), or somebody
    // removed it: both are told apart by whoever reads this line with the spool at hand.
    kind.givenUp().add(record.id());
    log.warn(
        record.id(), "not-sent-again", "reason", "not in the archive", "path", record.archive());
  }

  private void giveUp(Kind kind, FileId id, String reason) {
    kind.givenUp().add(id);
    log.error(id, "not-sent-again", "reason", reason, "then", "tried at the next start");
  }

  private void remember(Records records, Arrived record) {
    try {
      // What stands there now, and not what was sent: it may have been changed since.
      records.change(record.id(), now -> Arrived.parse(record.id(), now).sentTo(era).spelled());
    } catch (IOException e) {
      log.warn(
          record.id(),
          "not-remembered",
          "reason",
          e.toString(),
          "then",
          "sent once more at restart");
    }
  }

  private synchronized boolean isEnded() {
    return ended;
  }

  /** The link is dead: whoever waits for its completions would wait for ever. */
  synchronized void end() {
    ended = true;
    if (sender != null) {
      sender.close();
    }
  }
}
