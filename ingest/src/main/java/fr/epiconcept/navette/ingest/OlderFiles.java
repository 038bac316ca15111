package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Messages.Outgoing;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import javax.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files in the spool that came before one of the archive. A receipt that a full disk refused leaves
 * its file in the spool while those behind it go to the archive, and with another broker it would
 * be sent behind them. So it is sent in its place here, as the broker that is gone had it. The
 * spool knows nothing of it and sends it once more, which the broker drops.
 */
final class OlderFiles {
  private static final Logger LOG = LoggerFactory.getLogger(OlderFiles.class);

  private final Spool spool;
  private final DepositCargo cargo;
  private final String era;
  private final Deque<Path> waiting;

  /**
   * Those that another broker had.
   *
   * @param era of the broker that answers now
   */
  static OlderFiles of(Spool spool, DepositCargo cargo, String era) throws IOException {
    List<Path> all = new ArrayList<>(spool.list(State.AGAIN));
    if (!spool.isAdoptedBy(era)) {
      all.addAll(spool.list(State.PUBLISHED));
    }
    all.sort(Comparator.comparing(own -> own.getFileName().toString()));
    return new OlderFiles(spool, cargo, era, new ArrayDeque<>(all));
  }

  private OlderFiles(Spool spool, DepositCargo cargo, String era, Deque<Path> waiting) {
    this.spool = spool;
    this.cargo = cargo;
    this.era = era;
    this.waiting = waiting;
  }

  /** Sends those that came before {@code id} and were not sent here yet. */
  void sendBefore(FileId id, Sender to) throws JMSException, InterruptedException {
    while (!waiting.isEmpty() && isBefore(waiting.peek(), id)) {
      send(waiting.poll(), to);
    }
  }

  private static boolean isBefore(Path own, FileId id) {
    // Folders are named by the id, and perhaps by more.
    return own.getFileName().toString().compareTo(id.toString()) < 0;
  }

  private void send(Path own, Sender to) throws JMSException, InterruptedException {
    try {
      Optional<Entry> entry = spool.entry(own);
      if (entry.isEmpty()) {
        return;
      }
      FileIdentity looks = FileIdentity.of(entry.get().file());
      try (Outgoing outgoing = cargo.message(to.session(), entry.get(), looks)) {
        Messages.onlyOnce(outgoing.message(), era + ":" + entry.get().id());
        to.send(cargo.queue(), outgoing.message(), () -> {});
      }
    } catch (IOException e) {
      // Taken by its receipt meanwhile, or not to be read now: the spool says why, and sends it.
      LOG.debug("{} is not sent in its place", own, e);
    }
  }
}
