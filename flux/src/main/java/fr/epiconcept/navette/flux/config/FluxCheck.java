package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.config.Place.Use;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tries what one flux needs of the machine. */
final class FluxCheck {
  private final FluxConfig flux;
  private final Set<Side> sides;
  private final Positions positions;
  private final Probes probes;
  private final FaultList faults;

  FluxCheck(FluxConfig flux, Set<Side> sides, Positions positions, Probes probes) {
    this.flux = flux;
    this.sides = sides;
    this.positions = positions;
    this.probes = probes;
    this.faults = new FaultList(flux.file());
  }

  List<Fault> faults() {
    if (sides.contains(Side.INGEST)) {
      flux.ingest().ifPresent(this::ingest);
    }
    if (sides.contains(Side.WORKER)) {
      flux.worker().ifPresent(this::worker);
    }
    AlertsCheck.warn(flux.alerts(), flux.file(), positions, faults);
    return faults.toList();
  }

  /** The flux's folders, for {@link Overlaps}. */
  List<Place> places() {
    List<Place> places = new ArrayList<>();
    if (sides.contains(Side.INGEST) && flux.ingest().isPresent()) {
      IngestSection ingest = flux.ingest().get();
      places.add(Place.of(flux, Use.SPOOL, ingest.spool()));
      places.add(Place.of(flux, Use.ARCHIVE, ingest.archive()));
      places.add(Place.of(flux, Use.QUARANTINE, ingest.quarantine()));
      if (ingest.outElsewhere().isEmpty()) {
        ingest.out().ifPresent(out -> places.add(Place.of(flux, Use.OUT, out.path())));
      }
      if (ingest.inboxElsewhere().isEmpty()) {
        places.add(Place.of(flux, Use.INBOX, ingest.inbox()));
      }
    }
    if (sides.contains(Side.WORKER) && flux.worker().isPresent()) {
      WorkerSection worker = flux.worker().get();
      places.add(Place.of(flux, Use.STORAGE, worker.storage().path()));
      worker.archive().ifPresent(path -> places.add(Place.of(flux, Use.WORKER_ARCHIVE, path)));
      worker.out().ifPresent(path -> places.add(Place.of(flux, Use.WORKER_OUT, path)));
    }
    return places;
  }

  private void ingest(IngestSection ingest) {
    refuse(probes.complaintIfCreated(ingest.spool()), "ingest", "spool");
    refuse(probes.complaint(ingest.archive()), "ingest", "archive");
    refuse(probes.complaint(ingest.quarantine()), "ingest", "quarantine");
    ingest.sftp().ifPresent(this::sftp);
    if (ingest.outElsewhere().isEmpty()) {
      ingest.out().ifPresent(out -> target(out, "ingest", "out"));
    }
    if (ingest.inboxElsewhere().isEmpty()) {
      inbox(ingest);
    }
    ingest.check().ifPresent(words -> command(words, "ingest", "check"));
    several(ingest);
    log(ingest.log(), "ingest");
  }

  private void inbox(IngestSection ingest) {
    refuse(probes.complaint(ingest.inbox()), "ingest", "inbox");
    Path spool = FolderProbe.nearestExisting(ingest.spool());
    boolean far = faults.errors() == 0 && FolderProbe.isFarApart(ingest.inbox(), spool);
    if (far && !ingest.ready().neighbours().isEmpty()) {
      faults.error(
          at("ingest", "spool"),
          "ingest.spool: "
              + ingest.spool()
              + " is on another file system than the inbox, which other fluxes have too: whose a"
              + " file is that is being copied, nobody could tell; put the spool on the inbox's");
    } else if (far) {
      faults.warning(
          at("ingest", "spool"),
          "ingest.spool: "
              + ingest.spool()
              + " is on another file system than the inbox: each file is copied instead of renamed");
    }
  }

  /** Nobody is called: whether the partner's server answers is for the daemon to say. */
  private void sftp(SftpRules sftp) {
    if (!Files.isRegularFile(sftp.knownHosts()) || !Files.isReadable(sftp.knownHosts())) {
      refuse(
          Optional.of(
              "known-hosts "
                  + sftp.knownHosts()
                  + " cannot be read by user '"
                  + DaemonUser.current().name()
                  + "': it holds the server's key, as `ssh-keyscan -p "
                  + sftp.server().port()
                  + " "
                  + sftp.server().host()
                  + "` prints it"),
          "ingest",
          "sftp",
          "known-hosts");
    }
    secret(sftp.keyFile(), "key-file");
    secret(sftp.passphraseFile(), "passphrase-file");
    secret(sftp.passwordFile(), "password-file");
  }

  private void secret(Optional<Path> file, String key) {
    try {
      if (file.isPresent()) {
        SecretFile.checkMode(file.get());
      }
    } catch (SecretRefused e) {
      refuse(Optional.of(key + ": " + e.getMessage()), "ingest", "sftp", key);
    }
  }

  /** What several workers make of settings that mean order. */
  private void several(IngestSection ingest) {
    boolean sharing = ingest.workers().mode() == SeveralWorkers.Mode.SHARING;
    if (sharing && ingest.ready().order() != ReadyRules.Order.ARRIVAL) {
      faults.warning(
          at("ingest", "order"),
          "ingest.order: with 'workers: sharing' it is the order in which files leave here; scripts"
              + " of several workers run beside each other");
    }
    boolean stops =
        flux.worker()
            .filter(worker -> worker.onFailure() == WorkerSection.OnFailure.STOP)
            .isPresent();
    if (sharing && stops) {
      faults.warning(
          at("worker", "on-failure"),
          "worker.on-failure: with 'ingest.workers: sharing' a failed file stops the worker that"
              + " ran it, and the others go on");
    }
  }

  private void worker(WorkerSection worker) {
    target(worker.storage(), "worker", "storage");
    worker.archive().ifPresent(it -> refuse(probes.complaint(it), "worker", "archive"));
    worker.out().ifPresent(it -> refuse(probes.complaint(it), "worker", "out"));
    if (!worker.folder().equals(worker.storage().path()) && !Files.isDirectory(worker.folder())) {
      refuse(Optional.of("there is no folder " + worker.folder()), "worker", "folder");
    }
    if (worker.phpFpm().isPresent()) {
      phpFpm(worker.phpFpm().get(), Path.of(worker.script().get(0)));
    } else {
      command(worker.script(), "worker", "script");
    }
    worker
        .runAs()
        .filter(user -> !MachineNames.hasUser(user))
        .ifPresent(
            user ->
                refuse(
                    Optional.of("there is no user '" + user + "' on this machine"),
                    "worker",
                    "run-as"));
    log(worker.log(), "worker");
  }

  /** It may be started later, and may see other folders than we: warnings. */
  private void phpFpm(PhpFpm where, Path script) {
    if (where.socket().isPresent() && Files.notExists(where.socket().get())) {
      faults.warning(
          at("worker", "php-fpm"),
          "worker.php-fpm: there is no "
              + where.socket().get()
              + ": files wait until php-fpm runs");
    } else if (where.socket().isPresent() && !Files.isWritable(where.socket().get())) {
      faults.warning(
          at("worker", "php-fpm"),
          "worker.php-fpm: no right to write to "
              + where.socket().get()
              + ": see listen.group of its pool");
    }
    if (Files.isReadable(script.getParent()) && Files.notExists(script)) {
      faults.warning(at("worker", "script"), "worker.script: " + script + " does not exist here");
    }
  }

  private void target(FolderTarget target, String section, String key) {
    refuse(probes.complaint(target.path(), target.owner(), target.group()), section, key, "path");
  }

  private void command(List<String> words, String section, String key) {
    MachineNames.complaints(words)
        .forEach((word, why) -> refuse(Optional.of(why), section, key, word.toString()));
  }

  /** A log that cannot be written never stops the files: a warning. */
  private void log(Path log, String section) {
    Path folder = log.getParent();
    probes
        .complaintIfCreated(folder == null ? log : folder)
        .ifPresent(
            why ->
                faults.warning(
                    at(section, "log"), section + ".log: nothing will be logged: " + why));
  }

  private void refuse(Optional<String> complaint, String... keys) {
    complaint.ifPresent(why -> faults.error(at(keys), keys[0] + "." + keys[1] + ": " + why));
  }

  private Mark at(String... keys) {
    return positions.at(flux.file(), keys);
  }
}
