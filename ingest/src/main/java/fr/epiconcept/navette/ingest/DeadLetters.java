package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Messages.Outgoing;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import java.io.IOException;
import javax.jms.JMSException;

/**
 * Sends deposits that stand in the archive: to the dead letters when the worker gave up, and to the
 * worker once more when the broker that had them is gone.
 *
 * <p>A dead letter is made here and not by the worker, because here are the bytes: nothing travels
 * back over the link, and a stock Artemis tool can send the letter back to its queue as it is.
 */
final class DeadLetters {
  private final FluxName flux;
  private final Several several;

  DeadLetters(FluxName flux, Several several) {
    this.flux = flux;
    this.several = several;
  }

  /** Puts a deposit among the dead letters; its next round is written on it. */
  void bury(Arrived arrived, String era, String reason, Sender sender, Runnable done)
      throws IOException, JMSException, InterruptedException {
    Deposit nextRound = deposit(arrived, arrived.round() + 1);
    try (Outgoing letter = outgoing(nextRound, arrived, sender)) {
      several.markLetter(letter.message());
      Messages.cameFrom(letter.message(), Addresses.deposits(flux));
      letter.message().setStringProperty("navette_reason", reason);
      Messages.onlyOnce(letter.message(), era + ":" + arrived.id() + ":dead:" + arrived.round());
      sender.send(Addresses.dead(flux), letter.message(), done);
    }
  }

  /** Sends a deposit to the worker again, in the round it was in. */
  void sendAgain(Arrived arrived, String era, Sender sender, Runnable done)
      throws IOException, JMSException, InterruptedException {
    Deposit deposit = deposit(arrived, arrived.round());
    // The worker has the bytes already, but for the cruellest of cases.
    boolean large = deposit.size() > Messages.LARGE;
    try (Outgoing outgoing =
        large ? toBeFetched(deposit, arrived, sender) : outgoing(deposit, arrived, sender)) {
      several.mark(outgoing.message());
      Messages.onlyOnce(outgoing.message(), era + ":" + arrived.id());
      sender.send(Addresses.deposits(flux), outgoing.message(), done);
    }
  }

  private Deposit deposit(Arrived arrived, int round) throws IOException {
    FileIdentity looks = FileIdentity.of(arrived.archive());
    return new Deposit(
            flux,
            arrived.id(),
            arrived.name().name(),
            looks.size(),
            looks.modified().toInstant(),
            round,
            arrived.replayOf())
        .from(arrived.name().folder());
  }

  private static Outgoing toBeFetched(Deposit deposit, Arrived arrived, Sender sender)
      throws IOException, JMSException {
    FileIdentity looks = FileIdentity.of(arrived.archive());
    return Messages.toBeFetched(sender.session(), deposit, arrived.archive(), looks);
  }

  private static Outgoing outgoing(Deposit deposit, Arrived arrived, Sender sender)
      throws IOException, JMSException {
    FileIdentity looks = FileIdentity.of(arrived.archive());
    return Messages.of(sender.session(), deposit, arrived.archive(), looks);
  }
}
