package fr.epiconcept.navette.chaos;

import static java.nio.file.attribute.PosixFilePermissions.fromString;

import fr.epiconcept.navette.e2e.DaemonProcess;
import fr.epiconcept.navette.e2e.Sftp;
import fr.epiconcept.navette.e2e.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A file server and a processing server below one folder, each part of them on a disk of its own;
 * beside them, out of reach of all faults, what partners and scripts wrote down.
 */
final class Site implements AutoCloseable {
  static final String ADMIN = "auditor";
  static final String ADMIN_PASSWORD = "browse all";

  /** Root's rights would let a daemon pass whatever is taken away from it. */
  private static final List<String> WITHOUT_RIGHTS =
      List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all");

  private final Path root;
  private final Optional<Sftp> sftp;
  private final int port = freePort();
  private final Link link;
  private final WallClock ingestClock;
  private final WallClock workerClock;
  private final Map<Volume, Disk> disks = new EnumMap<>(Volume.class);
  private final DaemonProcess ingest;
  private final Map<Front, DaemonProcess> workers = new EnumMap<>(Front.class);

  /** The disks of both servers. */
  enum Volume {
    /** Inboxes, spool, archives, quarantines and out of the file server, and its state. */
    FILES(12_000),
    /** The broker's data. */
    BROKER(2_000),
    /** Storage, archives and out of the processing server, and its state. */
    FRONT(8_000),
    /** The spool and the worker's archive of one flux. */
    OTHER(2_000),
    /** All logs. */
    LOGS(2_000);

    final int mebibytes;

    Volume(int mebibytes) {
      this.mebibytes = mebibytes;
    }
  }

  /** The folders of a flux that may vanish. */
  enum Room {
    INBOX,
    ARCHIVE,
    OUT,
    STORAGE,
    WORKER_ARCHIVE,
    WORKER_OUT,
    QUARANTINE,
    SPOOL
  }

  private Site(Path root, long shout, Link.Choice choice, Optional<Sftp> sftp)
      throws IOException, InterruptedException {
    this.root = root;
    this.sftp = sftp;
    Files.createDirectories(truth(""));
    WallClock.sweep();
    ingestClock = new WallClock(truth("ingest.clock"));
    workerClock = new WallClock(truth("worker.clock"));
    link = choice.make(port);
    for (Volume volume : Volume.values()) {
      disks.put(volume, Disk.at(volume(volume), volume.mebibytes));
    }
    ingest = new DaemonProcess("ingest", root.resolve("etc-files"), truth("ingest.err"));
    ingest.heap("-Xmx256m");
    ingest.behind(behind(List.of(), ingestClock.prefix()));
    for (Front front : Front.present()) {
      DaemonProcess worker =
          new DaemonProcess("worker", workerConfig(front), truth("worker-" + front.label + ".err"));
      worker.heap("-Xmx256m");
      workers.put(front, worker);
    }
    worker(Front.FIRST).behind(behind(link.workerBehind(), workerClock.prefix()));
    if (Front.present().contains(Front.SECOND)) {
      worker(Front.SECOND).behind(behind(List.of(), List.of()));
    }
    layOut(shout);
  }

  /**
   * Lays out both servers.
   *
   * @param shout bytes that a script prints that prints much
   * @param choice of the link between them
   * @param sftp a partner's own server, if there is one here
   */
  static Site in(Path root, long shout, Link.Choice choice, Optional<Sftp> sftp)
      throws IOException, InterruptedException {
    return new Site(root, shout, choice, sftp);
  }

  private static List<String> behind(List<String> where, List<String> clock) {
    List<String> command = new ArrayList<>(where);
    if (Tool.isRoot()) {
      command.addAll(WITHOUT_RIGHTS);
    }
    command.addAll(clock);
    return command;
  }

  /** Below the ports that the kernel gives to outgoing connections: it stays free over restarts. */
  private static int freePort() throws IOException {
    Random random = new Random();
    int port = 0;
    while (port == 0) {
      int candidate = 20_000 + random.nextInt(12_000);
      try (ServerSocket probe = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
        port = probe.getLocalPort();
      } catch (java.net.BindException taken) {
        port = 0;
      }
    }
    return port;
  }

  // --- laying out ---

  private void layOut(long shout) throws IOException, InterruptedException {
    for (String folder : List.of("etc-files/flux.d", "truth", "scripts", "logs/files")) {
      Files.createDirectories(root.resolve(folder));
    }
    for (Flux flux : Flux.values()) {
      layOut(flux);
    }
    Files.writeString(
        ingestConfig().resolve("navette.yml"), filled(INGEST) + (link.hasTls() ? filled(TLS) : ""));
    if (link.hasTls()) {
      Tool.run(Tool.NAVETTE, "certs", "create", link.host(), "--config", ingestConfig().toString())
          .succeeded();
    }
    account(secret("truth/auditor", ADMIN_PASSWORD), List.of(ADMIN, "--admin"));
    for (Front front : Front.present()) {
      layOut(front, shout);
    }
  }

  private void layOut(Front front, long shout) throws IOException, InterruptedException {
    Path config = workerConfig(front);
    Files.createDirectories(config.resolve("flux.d"));
    Files.createDirectories(volume(Volume.LOGS).resolve(front.label));
    Files.writeString(
        config.resolve("navette.yml"),
        filled(WORKER + (link.hasTls() ? CA : ""))
            .replace("URL", front == Front.FIRST ? link.url(port) : broker())
            .replace("ACCOUNT", front.account)
            .replace("SECRET", config.resolve("password").toString())
            .replace("FRONT", front.label));
    List<String> add = new ArrayList<>(List.of(front.account));
    for (Flux flux : Flux.values()) {
      if (Front.of(flux).contains(front)) {
        layOut(flux, front, shout);
        add.addAll(List.of("--flux", flux.label()));
      }
    }
    account(secret(config.resolve("password").toString(), front.secret()), add);
  }

  private Path secret(String path, String text) throws IOException {
    Path file = Files.writeString(root.resolve(path), text + "\n");
    return Files.setPosixFilePermissions(file, fromString("rw-------"));
  }

  private void account(Path password, List<String> words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Tool.NAVETTE, "accounts", "add"));
    command.addAll(words);
    command.addAll(List.of("--password-file", password.toString()));
    command.addAll(List.of("--config", ingestConfig().toString()));
    Tool.run(Map.of(), command).succeeded();
  }

  private void layOut(Flux flux) throws IOException {
    for (Room room : Room.values()) {
      Files.createDirectories(room(flux, room));
    }
    if (flux.hasMarkers()) {
      Files.createDirectories(room(flux, Room.INBOX).resolve(".ok"));
    }
    Files.createDirectories(quarantine(flux));
    List<String> ingestLines =
        new ArrayList<>(
            List.of(
                "spool: " + spool(flux),
                "archive: " + room(flux, Room.ARCHIVE),
                "quarantine: " + quarantine(flux)));
    ingestLines.addAll(source(flux));
    ingestLines.addAll(flux.ingestLines);
    if (!flux.hasMarkers()) {
      ingestLines.add("ready: {rescan: 2s}");
    }
    if (flux == Flux.CHECKED) {
      Path check = root.resolve("scripts/check");
      program(check, Script.check());
      ingestLines.add("check: [" + check + ", \"{file}\"]");
    }
    write(ingestConfig(), flux, "ingest", ingestLines);
  }

  private void layOut(Flux flux, Front front, long shout) throws IOException {
    Path out = room(flux, Room.WORKER_OUT, front);
    for (Room room : List.of(Room.STORAGE, Room.WORKER_ARCHIVE, Room.WORKER_OUT)) {
      Files.createDirectories(room(flux, room, front));
    }
    program(script(flux, front), Script.text(flux, front, journal(flux), out, shout));
    List<String> workerLines =
        new ArrayList<>(
            List.of(
                "storage: " + room(flux, Room.STORAGE, front),
                "archive: " + room(flux, Room.WORKER_ARCHIVE, front),
                "out: " + out,
                "script: [" + script(flux, front) + "]",
                "out-ready: {rescan: 2s}",
                "output-limit: 4KiB",
                "retry: {attempts: 1000, delay: 300ms, multiplier: 1, max-delay: 1s}"));
    workerLines.addAll(flux.workerLines);
    write(workerConfig(front), flux, "worker", workerLines);
  }

  private List<String> source(Flux flux) throws IOException {
    Path inbox = room(flux, Room.INBOX);
    Path out = room(flux, Room.OUT);
    return flux == Flux.FETCHED && sftp.isPresent()
        ? sftp.get().asSource(inbox, out)
        : List.of("inbox: " + inbox, "out: " + out);
  }

  private static void program(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, fromString("rwxr-xr-x"));
  }

  private static void write(Path config, Flux flux, String section, List<String> lines)
      throws IOException {
    Path file = config.resolve("flux.d").resolve(flux.label() + ".yml");
    Files.writeString(file, section + ":\n  " + String.join("\n  ", lines) + "\n");
  }

  private String filled(String yaml) {
    return yaml.replace("ROOT", root.toString()).replace("LISTEN", broker());
  }

  private String broker() {
    return (link.hasTls() ? "tls" : "tcp") + "://" + link.host() + ":" + port;
  }

  private static final String TLS =
      """
          tls: {certificate: ROOT/etc-files/tls/server.crt, key: ROOT/etc-files/tls/server.key}
      """;

  private static final String CA =
      """
            tls: {ca: ROOT/etc-files/tls/ca.crt}
      """;

  private static final String INGEST =
      """
      logs: ROOT/logs/files
      run: ROOT/run-files
      ingest:
        spool: ROOT/files/spool
        state: ROOT/files/state
        broker:
          data: ROOT/broker/data
          listen: LISTEN
          accounts: ROOT/etc-files/accounts
          min-free: 100MiB
      """;

  private static final String WORKER =
      """
      logs: ROOT/logs/FRONT
      run: ROOT/run-FRONT
      worker:
        state: ROOT/front/state-FRONT
        stop-timeout: 3s
        brokers:
          files1:
            url: URL
            account: ACCOUNT
            password-file: SECRET
      """;

  // --- what there is ---

  private Path volume(Volume volume) {
    return root.resolve(volume.name().toLowerCase(java.util.Locale.ROOT));
  }

  Disk disk(Volume volume) {
    return disks.get(volume);
  }

  /** Whether disks can be made full here. */
  boolean hasDisks() {
    return disks.values().stream().allMatch(Disk::isOwn);
  }

  /** Of the file server, or of the first processing server. */
  Path room(Flux flux, Room room) {
    return room(flux, room, Front.FIRST);
  }

  Path room(Flux flux, Room room, Front which) {
    Path files = volume(Volume.FILES).resolve(flux.label());
    Path front = volume(Volume.FRONT).resolve(which.label).resolve(flux.label());
    return switch (room) {
      case INBOX -> files.resolve("inbox");
      case ARCHIVE -> files.resolve("archive");
      case OUT -> files.resolve("out");
      case STORAGE -> front.resolve("storage");
      case WORKER_ARCHIVE ->
          (flux == Flux.ELSEWHERE ? volume(Volume.OTHER) : front).resolve("archive");
      case WORKER_OUT -> front.resolve("out");
      case QUARANTINE -> files.resolve("quarantine");
      case SPOOL ->
          flux == Flux.ELSEWHERE
              ? volume(Volume.OTHER).resolve("spool")
              : volume(Volume.FILES).resolve("spool").resolve(flux.label());
    };
  }

  Path quarantine(Flux flux) {
    return room(flux, Room.QUARANTINE);
  }

  Path spool(Flux flux) {
    return room(flux, Room.SPOOL);
  }

  /** What a worker has taken out of {@code out} and ingest has not received yet. */
  Path workerSpool(Flux flux, Front front) {
    return workerState(front).resolve("flux").resolve(flux.label()).resolve("spool");
  }

  /** The marks of acknowledgements of which ingest may still hear. */
  Path marks(Flux flux) {
    Path state = volume(Volume.FILES).resolve("state");
    return state.resolve("flux").resolve(flux.label()).resolve("answers/open");
  }

  /** The marks of deposits of which a worker may still hear. */
  Path marks(Flux flux, Front front) {
    return workerState(front).resolve("flux").resolve(flux.label()).resolve("deposits/open");
  }

  private Path workerState(Front front) {
    return volume(Volume.FRONT).resolve("state-" + front.label);
  }

  /** Where a worker remembers that a flux is held. */
  Path hold(Flux flux, Front front) {
    return workerState(front).resolve("hold").resolve(flux.label());
  }

  /** Of the first processing server. */
  Path script(Flux flux) {
    return script(flux, Front.FIRST);
  }

  private Path script(Flux flux, Front front) {
    return root.resolve("scripts").resolve(flux.label() + "-" + front.label);
  }

  /** What the scripts of a flux wrote down. */
  Path journal(Flux flux) {
    return truth(flux.label() + ".journal");
  }

  /** What no fault touches. */
  Path truth(String name) {
    return root.resolve("truth").resolve(name);
  }

  Path brokerData() {
    return volume(Volume.BROKER).resolve("data");
  }

  /** The log of a flux on the file server ({@code files}) or on a {@link Front}, by its label. */
  Path log(String side, Flux flux) {
    return volume(Volume.LOGS).resolve(side).resolve(flux.label() + ".log");
  }

  Path root() {
    return root;
  }

  Path ingestConfig() {
    return root.resolve("etc-files");
  }

  Path workerConfig(Front front) {
    return root.resolve("etc-" + front.label);
  }

  DaemonProcess ingest() {
    return ingest;
  }

  DaemonProcess worker(Front front) {
    return workers.get(front);
  }

  WallClock ingestClock() {
    return ingestClock;
  }

  WallClock workerClock() {
    return workerClock;
  }

  Link link() {
    return link;
  }

  /** Of the broker, for a stock client on the file server. */
  String brokerUrl() {
    String tls = "?sslEnabled=true&trustStoreType=PEM&trustStorePath=";
    return "tcp://"
        + link.host()
        + ":"
        + port
        + (link.hasTls() ? tls + Link.authority(ingestConfig()) : "");
  }

  @Override
  public void close() throws IOException {
    ingest.end();
    workers.values().forEach(DaemonProcess::end);
    link.close();
    WallClock.sweep();
    try {
      for (Disk disk : disks.values()) {
        disk.unmount();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted before all disks were unmounted", e);
    }
  }
}
