package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Account;
import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.broker.CertificateFacts;
import fr.epiconcept.navette.broker.DiskGuard;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.DaemonConfig.ServerTls;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.view.DaemonStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.BrokerStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.CertificateStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.LinkStatus;
import fr.epiconcept.navette.flux.view.ThisProcess;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the file server's daemon does, beside its fluxes. */
final class DaemonReport {
  private static final Logger LOG = LoggerFactory.getLogger(DaemonReport.class);

  private final DaemonConfig.Broker settings;
  private final EmbeddedBroker broker;
  private final DiskGuard guard;
  private final Health health;
  private final InstantSource clock;
  private final Instant since;

  DaemonReport(
      DaemonConfig.Broker settings,
      EmbeddedBroker broker,
      DiskGuard guard,
      Health health,
      InstantSource clock,
      Instant since) {
    this.settings = settings;
    this.broker = broker;
    this.guard = guard;
    this.health = health;
    this.clock = clock;
    this.since = since;
  }

  DaemonStatus now() {
    return new DaemonStatus(
        Side.INGEST,
        ThisProcess.host(),
        ThisProcess.version(DaemonReport.class),
        ThisProcess.pid(),
        since,
        health.stalled(),
        Optional.of(brokerStatus()),
        workers());
  }

  private BrokerStatus brokerStatus() {
    return new BrokerStatus(
        broker.isActive(),
        broker.listening().toString(),
        free(),
        guard.minFree(),
        guard.hasRoom(),
        broker.journalWasDamaged(),
        settings.tls().filter(tls -> settings.listen().tls()).map(this::certificate));
  }

  private Optional<Long> free() {
    try {
      return Optional.of(guard.usable());
    } catch (IOException e) {
      LOG.debug("the disk does not answer", e);
      return Optional.empty();
    }
  }

  private CertificateStatus certificate(ServerTls tls) {
    String file = tls.certificate().toString();
    try {
      long left = CertificateFacts.read(tls.certificate()).get(0).daysLeft(clock.instant());
      return new CertificateStatus(file, Optional.of(left), Optional.empty());
    } catch (IOException e) {
      return new CertificateStatus(file, Optional.empty(), Optional.of(e.getMessage()));
    }
  }

  /** One for each account that may serve a flux. */
  private List<LinkStatus> workers() {
    try {
      return new Accounts(settings.accounts())
          .list().stream().filter(account -> !account.admin()).map(this::link).toList();
    } catch (IOException e) {
      LOG.warn("status: the accounts cannot be read: {}", e.toString());
      return List.of();
    }
  }

  private LinkStatus link(Account account) {
    boolean up = broker.isLinked(account.name());
    return new LinkStatus(
        account.name(),
        Optional.empty(),
        up,
        Optional.empty(),
        up ? Optional.empty() : Optional.of("it is not linked"),
        account.fluxes().stream().map(FluxName::value).sorted().toList());
  }
}
