package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.inbox.Inbox;
import fr.epiconcept.navette.flux.inbox.InboxCount;
import fr.epiconcept.navette.flux.pulse.Pulse;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.SpoolCount;
import fr.epiconcept.navette.flux.view.FluxStatus;
import fr.epiconcept.navette.flux.view.FluxStatus.Oldest;
import fr.epiconcept.navette.flux.view.FluxStatus.Scan;
import fr.epiconcept.navette.flux.view.FluxStatus.Waits;
import fr.epiconcept.navette.ingest.sftp.PartnerServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.Supplier;

/** How a flux does on the file server: from its memory, and from the names in its spool. */
final class FluxReport {
  /** Far more than a receipt takes, or a batch of them. */
  private static final Duration RETURNS_LIMIT = Duration.ofMinutes(5);

  private final FluxName flux;
  private final IngestSection section;
  private final KeptFolder quarantine;
  private final Inbox inbox;
  private final Supplier<Optional<Duration>> departing;
  private final Supplier<Optional<Duration>> returning;
  private final Optional<PartnerServer> partner;
  private final Holds holds;

  /**
   * A report.
   *
   * @param departing how long the turn that lists the inbox has been at work, if it is
   * @param returning the same of the turn that takes what workers answer
   * @param partner the partner's own server, if its inbox or {@code out} is there
   */
  FluxReport(
      FluxName flux,
      IngestSection section,
      ZoneId zone,
      Inbox inbox,
      Supplier<Optional<Duration>> departing,
      Supplier<Optional<Duration>> returning,
      Optional<PartnerServer> partner,
      Holds holds) {
    this.flux = flux;
    this.section = section;
    this.quarantine = new KeptFolder(section.quarantine(), zone);
    this.inbox = inbox;
    this.departing = departing;
    this.returning = returning;
    this.partner = partner;
    this.holds = holds;
  }

  /**
   * How it does now; some milliseconds.
   *
   * @param takers how many sessions of workers take its files
   * @throws IOException if its spool or quarantine cannot be read
   */
  FluxStatus now(Pulse pulse, int takers, Instant now) throws IOException {
    SpoolCount spool = SpoolCount.of(section.spool());
    Inbox.Glance glance = inbox.glance();
    Scan scan = pulse.scan(glance, departing.get(), now);
    return new FluxStatus(
        flux,
        Side.INGEST,
        true,
        Optional.empty(),
        stalled(scan, now),
        Optional.of(scan),
        // Its memory has only those that it may take next: with a full spool the rest waits unseen.
        new Waits(
            InboxCount.names(section.inbox(), section.ready())
                + partner.map(PartnerServer::waiting).orElse(0),
            spool.unsent(),
            spool.published(),
            oldest(spool, glance, now)),
        spool.arrived(),
        spool.oldestArrived().map(FileId::time),
        0,
        spool.dead(),
        quarantine.countOfDay(now, Quarantine.REASON),
        Optional.of(takers),
        holds.of(flux),
        pulse.lastFile(),
        pulse.lastError());
  }

  private Optional<String> stalled(Scan scan, Instant now) {
    if (scan.overdue()) {
      return Optional.of("its inbox is not listed any more: " + inbox.folder());
    }
    Optional<String> elsewhere = partner.flatMap(PartnerServer::fault);
    if (elsewhere.isPresent()) {
      return elsewhere;
    }
    return returning
        .get()
        .filter(busy -> busy.compareTo(RETURNS_LIMIT) > 0)
        .map(busy -> "what workers answer is not taken since " + now.minus(busy));
  }

  /** What was claimed came before whatever still stands in the inbox. */
  private static Optional<Oldest> oldest(SpoolCount spool, Inbox.Glance glance, Instant now) {
    Optional<Entry> claimed = spool.oldestUnsent();
    return claimed.isPresent()
        ? claimed.map(entry -> new Oldest(entry.path().display(), entry.id().time()))
        : glance.oldest().map(name -> new Oldest(name.display(), now.minus(glance.oldestFor())));
  }
}
