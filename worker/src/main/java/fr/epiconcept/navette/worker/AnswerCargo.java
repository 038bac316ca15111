package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.carry.Cargo;
import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.broker.message.Parcel.Payload;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/** What departs from a processing server: acknowledgements found in the flux's {@code out}. */
final class AnswerCargo implements Cargo {
  private final FluxName flux;
  private final String account;
  private final Spool spool;
  private final FluxLog log;
  private final Function<FileIdentity, Optional<FileId>> answeredBy;

  /**
   * The acknowledgements of a flux.
   *
   * @param answeredBy the deposit whose script is the only one that can have written a file
   */
  AnswerCargo(
      FluxName flux,
      String account,
      Spool spool,
      FluxLog log,
      Function<FileIdentity, Optional<FileId>> answeredBy) {
    this.flux = flux;
    this.account = account;
    this.spool = spool;
    this.log = log;
    this.answeredBy = answeredBy;
  }

  @Override
  public String word(Milestone step) {
    return switch (step) {
      case FOUND -> "answer-found";
      case CLAIMED -> "answer-taken";
      case PUBLISHED -> "answer-sent";
    };
  }

  @Override
  public String queue() {
    return Addresses.returns(flux);
  }

  @Override
  public Payload parcel(Entry entry, FileIdentity looks) {
    return new Acknowledgement(
            flux,
            entry.id(),
            entry.name(),
            looks.size(),
            looks.modified().toInstant(),
            entry.related(),
            account)
        .from(entry.from());
  }

  @Override
  public Optional<FileId> relatedTo(FileIdentity looks) {
    return answeredBy.apply(looks);
  }

  @Override
  public Judgement judge(Entry entry) {
    return new Judgement.Good();
  }

  /** Links, pipes and the like have no bytes to send: nothing is lost with them but their name. */
  @Override
  public void refuse(Entry entry, Judgement.Refused why) throws IOException {
    log.warn(entry.id(), "answer-refused", "name", entry.path(), "reason", why.reason());
    spool.remove(entry);
  }
}
