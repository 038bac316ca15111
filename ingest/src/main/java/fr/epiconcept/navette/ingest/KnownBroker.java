package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.Era;
import fr.epiconcept.navette.broker.EraKeeper;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What ingest remembers of its broker, so as to know at the next start whether that one still has
 * what it was given. If it may not have it, everything without a receipt is sent again.
 */
final class KnownBroker {
  private static final Logger LOG = LoggerFactory.getLogger(KnownBroker.class);

  private final Path file;
  private volatile boolean doubted;

  /** {@code file} stands in the daemon's state folder, on another disk than the broker if any. */
  KnownBroker(Path file) {
    this.file = file;
  }

  /**
   * Judges the broker that has just been started. In one that is not to be trusted it leaves no
   * deposit of these fluxes: each is sent again, and what was left would go before those that came
   * before it. A crash meanwhile costs their order only.
   */
  Era settle(EmbeddedBroker broker, Collection<FluxName> fluxes) throws JMSException, IOException {
    broker.whenItsDiskFails(this::doubt);
    Era era;
    try (Connection connection = broker.inVm().open(Tuning.sending())) {
      era = EraKeeper.open(connection, file, broker.journalWasDamaged());
    }
    if (era.fresh()) {
      // Behind the era: until that is on disk nothing is sent again.
      empty(broker, fluxes);
    }
    if (broker.journalWasDamaged()) {
      LOG.error(
          "the broker's journal was damaged and what could not be read is set aside; every file"
              + " without a receipt is sent again from the spool, nothing has to be done by hand");
    }
    return era;
  }

  private static void empty(EmbeddedBroker broker, Collection<FluxName> fluxes) throws IOException {
    int removed = 0;
    for (FluxName flux : fluxes) {
      removed += broker.empty(Addresses.deposits(flux));
    }
    if (removed > 0) {
      LOG.info(
          "{} deposits that the broker still had are removed from its queues: their files are sent"
              + " again, in order",
          removed);
    }
  }

  /** From now on a backup of the broker that was made before is known as such. Never fails. */
  synchronized void renew(EmbeddedBroker broker) {
    if (doubted) {
      return;
    }
    try (Connection connection = broker.inVm().open(Tuning.sending())) {
      EraKeeper.renew(connection, file);
    } catch (JMSException | IOException e) {
      LOG.warn("the broker's token is not renewed: {}; tried again later", e.getMessage());
    }
    if (doubted) {
      // What was written meanwhile would say that all is well.
      doubt();
    }
  }

  /** Without a lock: a renewal waits for the broker, which waits for us. */
  private void doubt() {
    doubted = true;
    try {
      EraKeeper.doubt(file);
      LOG.error(
          "a write to the broker's disk failed: what it took last it may not have, so the next start"
              + " sends everything without a receipt again");
    } catch (IOException e) {
      LOG.error(
          "a write to the broker's disk failed, and that cannot be noted ({}): remove {} before the"
              + " next start, or its last files may not be sent",
          e.toString(),
          file);
    }
  }
}
