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
  private static final String PASSWORD = "secret of front1";

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
  private final DaemonProcess worker;

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
    worker = new DaemonProcess("worker", root.resolve("etc-front"), truth("worker.err"));
    List.of(ingest, worker).forEach(daemon -> daemon.heap("-Xmx256m"));
    ingest.behind(behind(List.of(), ingestClock));
    worker.behind(behind(link.workerBehind(), workerClock));
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

  private static List<String> behind(List<String> where, WallClock clock) {
    List<String> command = new ArrayList<>(where);
    if (Tool.isRoot()) {
      command.addAll(WITHOUT_RIGHTS);
    }
    command.addAll(clock.prefix());
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
    for (String folder : List.of("etc-files/flux.d", "etc-front/flux.d", "truth", "scripts")) {
      Files.createDirectories(root.resolve(folder));
    }
    for (String folder : List.of("files", "front")) {
      Files.createDirectories(volume(Volume.LOGS).resolve(folder));
    }
    List<String> add = new ArrayList<>(List.of("front1"));
    for (Flux flux : Flux.values()) {
      layOut(flux, shout);
      add.addAll(List.of("--flux", flux.label()));
    }
    Files.writeString(ingestConfig().resolve("navette.yml"), filled(INGEST) + tls(INGEST_TLS));
    Files.writeString(workerConfig().resolve("navette.yml"), filled(WORKER) + tls(WORKER_TLS));
    if (link.hasTls()) {
      Tool.run(Tool.NAVETTE, "certs", "create", link.host(), "--config", ingestConfig().toString())
          .succeeded();
    }
    account(secret("etc-front/password", PASSWORD), add);
    account(secret("truth/auditor", ADMIN_PASSWORD), List.of(ADMIN, "--admin"));
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

  private void layOut(Flux flux, long shout) throws IOException {
    for (Room room : Room.values()) {
      Files.createDirectories(room(flux, room));
    }
    if (flux.hasMarkers()) {
      Files.createDirectories(room(flux, Room.INBOX).resolve(".ok"));
    }
    Files.createDirectories(quarantine(flux));
    program(script(flux), Script.text(flux, journal(flux), room(flux, Room.WORKER_OUT), shout));
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
    List<String> workerLines =
        new ArrayList<>(
            List.of(
                "storage: " + room(flux, Room.STORAGE),
                "archive: " + room(flux, Room.WORKER_ARCHIVE),
                "out: " + room(flux, Room.WORKER_OUT),
                "script: [" + script(flux) + "]",
                "out-ready: {rescan: 2s}",
                "output-limit: 4KiB",
                "retry: {attempts: 1000, delay: 300ms, multiplier: 1, max-delay: 1s}"));
    workerLines.addAll(flux.workerLines);
    write(workerConfig(), flux, "worker", workerLines);
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
    return yaml.replace("ROOT", root.toString())
        .replace("LISTEN", (link.hasTls() ? "tls" : "tcp") + "://" + link.host() + ":" + port)
        .replace("URL", link.url(port));
  }

  private String tls(String yaml) {
    return link.hasTls() ? filled(yaml) : "";
  }

  private static final String INGEST_TLS =
      """
          tls: {certificate: ROOT/etc-files/tls/server.crt, key: ROOT/etc-files/tls/server.key}
      """;

  private static final String WORKER_TLS =
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
      logs: ROOT/logs/front
      run: ROOT/run-front
      worker:
        state: ROOT/front/state
        stop-timeout: 3s
        brokers:
          files1:
            url: URL
            account: front1
            password-file: ROOT/etc-front/password
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

  Path room(Flux flux, Room room) {
    Path files = volume(Volume.FILES).resolve(flux.label());
    Path front = volume(Volume.FRONT).resolve(flux.label());
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

  /** What the worker has taken out of {@code out} and ingest has not received yet. */
  Path workerSpool(Flux flux) {
    return workerState().resolve("flux").resolve(flux.label()).resolve("spool");
  }

  /** The marks of files of which a daemon may still hear. */
  Path marks(Flux flux, String side) {
    boolean front = side.equals("front");
    return (front ? workerState() : volume(Volume.FILES).resolve("state"))
        .resolve("flux")
        .resolve(flux.label())
        .resolve(front ? "deposits/open" : "answers/open");
  }

  private Path workerState() {
    return volume(Volume.FRONT).resolve("state");
  }

  /** Where the worker remembers that a flux is held. */
  Path hold(Flux flux) {
    return workerState().resolve("hold").resolve(flux.label());
  }

  Path script(Flux flux) {
    return root.resolve("scripts").resolve(flux.label());
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

  /** The log of a flux on the file server ({@code files}) or the other ({@code front}). */
  Path log(String side, Flux flux) {
    return volume(Volume.LOGS).resolve(side).resolve(flux.label() + ".log");
  }

  Path root() {
    return root;
  }

  Path ingestConfig() {
    return root.resolve("etc-files");
  }

  Path workerConfig() {
    return root.resolve("etc-front");
  }

  DaemonProcess ingest() {
    return ingest;
  }

  DaemonProcess worker() {
    return worker;
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
    worker.end();
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
