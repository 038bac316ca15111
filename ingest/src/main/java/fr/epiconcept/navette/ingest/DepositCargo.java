package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.carry.Cargo;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Messages.Outgoing;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.ReadyRules.EmptyFile;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.ledger.Ledger;
import fr.epiconcept.navette.flux.spool.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import javax.jms.JMSException;
import javax.jms.Session;

/** What departs from a file server: deposits, past the check, to the queue of the flux. */
final class DepositCargo implements Cargo {
  private final FluxName flux;
  private final Check check;
  private final Quarantine quarantine;
  private final EmptyFile empty;
  private final Ledger ledger;
  private final Several several;

  DepositCargo(
      FluxName flux,
      Check check,
      Quarantine quarantine,
      EmptyFile empty,
      Ledger ledger,
      Several several) {
    this.flux = flux;
    this.check = check;
    this.quarantine = quarantine;
    this.empty = empty;
    this.ledger = ledger;
    this.several = several;
  }

  @Override
  public String word(Milestone step) {
    return switch (step) {
      case FOUND -> "deposited";
      case CLAIMED -> "claimed";
      case PUBLISHED -> "published";
    };
  }

  @Override
  public String queue() {
    return Addresses.deposits(flux);
  }

  @Override
  public Deposit parcel(Entry entry, FileIdentity looks) {
    return new Deposit(
            flux,
            entry.id(),
            entry.name(),
            looks.size(),
            looks.modified().toInstant(),
            1,
            entry.related())
        .from(entry.from());
  }

  /** Here are the bytes, and here they stay until a receipt says that the worker has them. */
  @Override
  public Outgoing message(Session session, Entry entry, FileIdentity looks)
      throws JMSException, IOException {
    Outgoing outgoing =
        looks.size() > Messages.LARGE
            ? Messages.toBeFetched(session, parcel(entry, looks), entry.file(), looks)
            : Cargo.super.message(session, entry, looks);
    several.mark(outgoing.message());
    return outgoing;
  }

  @Override
  public long carried(FileIdentity looks) {
    return looks.size() > Messages.LARGE ? 0 : looks.size();
  }

  @Override
  public Optional<FileId> relatedTo(FileIdentity looks) {
    return Optional.empty();
  }

  @Override
  public void claimed(Entry entry, FileIdentity looks) {
    ledger.claimed(entry, looks.size());
  }

  @Override
  public void published(Entry entry, long bytes, String sha256) {
    ledger.sent(entry.id(), bytes, sha256);
  }

  @Override
  public Judgement judge(Entry entry) throws IOException {
    if (empty == EmptyFile.QUARANTINE && Files.size(entry.file()) == 0) {
      return new Judgement.Refused("empty", "");
    }
    return check.judge(entry);
  }

  @Override
  public void refuse(Entry entry, Judgement.Refused why) throws IOException {
    quarantine.take(entry, why);
  }
}
