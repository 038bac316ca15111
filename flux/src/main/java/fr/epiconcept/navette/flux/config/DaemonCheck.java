package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.config.DaemonConfig.Broker;
import fr.epiconcept.navette.flux.config.DaemonConfig.IngestDaemon;
import fr.epiconcept.navette.flux.config.DaemonConfig.ServerTls;
import fr.epiconcept.navette.flux.config.DaemonConfig.WorkerDaemon;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tries what the daemons themselves need of the machine. */
final class DaemonCheck {
  private final Path file;
  private final Set<Side> sides;
  private final Positions positions;
  private final Probes probes;
  private final FaultList faults;

  DaemonCheck(Path file, Set<Side> sides, Positions positions, Probes probes) {
    this.file = file;
    this.sides = sides;
    this.positions = positions;
    this.probes = probes;
    this.faults = new FaultList(file);
  }

  List<Fault> faults(DaemonConfig daemon) {
    probes
        .complaintIfCreated(daemon.logs())
        .ifPresent(why -> faults.warning(at("logs"), "logs: nothing will be logged: " + why));
    // Made by systemd when a daemon starts: only what is there already can be tried.
    if (Files.exists(daemon.run())) {
      refuse(probes.complaint(daemon.run()), "run");
    }
    if (sides.contains(Side.INGEST)) {
      daemon.ingest().ifPresent(this::ingest);
    }
    if (sides.contains(Side.WORKER)) {
      daemon.worker().ifPresent(this::worker);
    }
    AlertsCheck.warn(daemon.alerts(), file, positions, faults);
    return faults.toList();
  }

  private void ingest(IngestDaemon ingest) {
    refuse(probes.complaintIfCreated(ingest.spool()), "ingest", "spool");
    refuse(probes.complaintIfCreated(ingest.state()), "ingest", "state");
    Broker broker = ingest.broker();
    refuse(probes.complaintIfCreated(broker.data()), "ingest", "broker", "data");
    broker.xml().ifPresent(xml -> readable(xml, "ingest", "broker", "xml"));
    if (broker.tls().isPresent()) {
      ServerTls tls = broker.tls().get();
      readable(tls.certificate(), "ingest", "broker", "tls", "certificate");
      secret(tls.key(), false, "ingest", "broker", "tls", "key");
    }
    if (!Files.isDirectory(broker.accounts())) {
      faults.warning(
          at("ingest", "broker", "accounts"),
          "ingest.broker.accounts: there is no folder "
              + broker.accounts()
              + ": no worker can log in");
    }
  }

  private void worker(WorkerDaemon worker) {
    refuse(probes.complaintIfCreated(worker.state()), "worker", "state");
    worker
        .brokers()
        .forEach(
            (name, access) -> {
              secret(access.passwordFile(), true, "worker", "brokers", name, "password-file");
              access.ca().ifPresent(ca -> readable(ca, "worker", "brokers", name, "tls", "ca"));
            });
  }

  private void readable(Path path, String... keys) {
    if (!Files.isRegularFile(path)) {
      refuse(Optional.of("there is no file " + path), keys);
    } else if (!Files.isReadable(path)) {
      String user = DaemonUser.current().name();
      refuse(Optional.of("user '" + user + "' cannot read " + path), keys);
    }
  }

  private void secret(Path path, boolean isLine, String... keys) {
    try {
      if (isLine) {
        Arrays.fill(SecretFile.read(path), '\0');
      } else {
        SecretFile.checkMode(path);
      }
    } catch (SecretRefused e) {
      refuse(Optional.of(e.getMessage()), keys);
    }
  }

  private void refuse(Optional<String> complaint, String... keys) {
    complaint.ifPresent(why -> faults.error(at(keys), String.join(".", keys) + ": " + why));
  }

  private Mark at(String... keys) {
    return positions.at(file, keys);
  }
}
