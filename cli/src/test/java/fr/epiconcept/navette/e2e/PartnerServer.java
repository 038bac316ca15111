package fr.epiconcept.navette.e2e;

import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;
import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A partner's server as partners have it: OpenSSH with {@code internal-sftp}, and where root runs
 * the tests a login that sees nothing but its own folder. It can be stopped, cut and filled.
 */
final class PartnerServer implements AutoCloseable {
  private static final String NOBODY = "nobody";
  private static final Set<Process> LIVING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> LIVING.forEach(Process::destroyForcibly)));
  }

  private final Path keys;

  /** Where the login itself can read its public key. */
  private final Path base;

  private final Path jail;
  private final boolean jailed = Tool.isRoot();
  private final String user;
  private final int port = TwoServers.freePort();
  private final Relay relay;
  private String login = "";
  private boolean isDisk;
  private boolean isOwnUser;
  private Process server;

  private PartnerServer(Path keys, Path base, String user) throws IOException {
    this.keys = keys;
    this.user = user;
    this.base = base;
    this.jail = Files.createDirectory(base.resolve("root"));
    this.relay = new Relay(port);
  }

  /** Starts one whose keys are below {@code folder}. */
  static PartnerServer in(Path folder) throws IOException, InterruptedException {
    return in(folder, Tool.isRoot() ? NOBODY : System.getProperty("user.name"));
  }

  /** Starts one with a login of its own, which has a password and no key; only root can. */
  static PartnerServer withPassword(Path folder) throws IOException, InterruptedException {
    Tool.needsRoot();
    Tool.needs("useradd");
    String user = "navette-test-" + ThreadLocalRandom.current().nextInt(100_000);
    Path list = Files.writeString(folder.resolve("chpasswd"), user + ":open sésame\n");
    Tool.run("useradd", "-M", "-d", "/", "-s", "/usr/sbin/nologin", user).succeeded();
    PartnerServer server = in(folder, user);
    server.isOwnUser = true;
    Process chpasswd = new ProcessBuilder("chpasswd").redirectInput(list.toFile()).start();
    assertEquals(0, chpasswd.waitFor());
    Path password = Files.writeString(server.keys.resolve("password"), "open sésame\n");
    Files.setPosixFilePermissions(password, fromString("rw-------"));
    server.login = "password-file: " + password;
    return server;
  }

  private static PartnerServer in(Path folder, String user)
      throws IOException, InterruptedException {
    Tool.needs("sshd");
    Tool.needs("ssh-keygen");
    Path keys = Files.createDirectories(folder.resolve("partner-keys"));
    PartnerServer server = new PartnerServer(keys, makeBase(folder), user);
    for (String key : List.of("host", "other-host", "login")) {
      Tool.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keys.resolve(key).toString())
          .succeeded();
    }
    Files.copy(keys.resolve("login.pub"), server.base.resolve("login.pub"));
    server.knows("host");
    server.login = "key-file: " + keys.resolve("login");
    server.start("host");
    return server;
  }

  /** No other user may write on the way to it: OpenSSH asks that of a chroot. */
  private static Path makeBase(Path folder) throws IOException {
    if (!Tool.isRoot()) {
      return Files.createDirectories(folder.resolve("partner"));
    }
    Files.createDirectories(Path.of("/run/sshd"));
    return Files.createTempDirectory(
        Path.of("/run"), "navette-partner", asFileAttribute(fromString("rwxr-xr-x")));
  }

  /** Its disk has so much room, and no more. Before anything is put there; only for root. */
  PartnerServer disk(String size) throws IOException, InterruptedException {
    Tool.needsRoot();
    Tool.run("mount", "-t", "tmpfs", "-o", "size=" + size + ",mode=755", "tmpfs", jail.toString())
        .succeeded();
    isDisk = true;
    return this;
  }

  // --- what Navette is told of it ---

  /** The key in {@code known_hosts} is that one. */
  void knows(String key) throws IOException {
    String type = Files.readString(keys.resolve(key + ".pub")).strip();
    String[] words = type.split(" ", -1);
    Files.writeString(
        knownHosts(), "[127.0.0.1]:" + relay.port() + " " + words[0] + " " + words[1] + "\n");
  }

  Path knownHosts() {
    return keys.resolve("known_hosts");
  }

  Path key() {
    return keys.resolve("login");
  }

  /** Lines of {@code ingest.sftp} other than the login's, with commas. */
  PartnerServer with(String lines) {
    login += ", " + lines;
    return this;
  }

  /** Everything in {@code ingest.sftp}. */
  String login() {
    return "known-hosts: " + knownHosts() + ", every: 1s, " + login;
  }

  String url(String path) {
    String root = jailed ? "/" : jail + "/";
    return "sftp://" + user + "@127.0.0.1:" + relay.port() + root + path;
  }

  // --- what it has ---

  /** A folder of its, by its path on this machine. */
  Path folder(String path) {
    return jail.resolve(path);
  }

  /** Gives a folder to the login. */
  void give(Path folder) throws IOException {
    if (jailed) {
      Files.setOwner(
          folder,
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
    }
  }

  // --- what happens to it ---

  /** The way to it, which can be cut. */
  Relay relay() {
    return relay;
  }

  /** Starts it with that host key. */
  void start(String hostKey) throws IOException {
    String restricted =
        jailed ? "ChrootDirectory " + jail + "\nForceCommand internal-sftp -u 0022\n" : "";
    Path config =
        Files.writeString(
            keys.resolve("sshd_config"),
            """
            Port PORT
            ListenAddress 127.0.0.1
            HostKey KEYS/HOSTKEY
            AuthorizedKeysFile BASE/login.pub
            PidFile none
            StrictModes no
            UsePAM no
            MaxStartups 200
            Subsystem sftp internal-sftp
            """
                    .replace("PORT", Integer.toString(port))
                    .replace("HOSTKEY", hostKey)
                    .replace("KEYS", keys.toString())
                    .replace("BASE", base.toString())
                + restricted);
    server =
        new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(keys.resolve("sshd.log").toFile()))
            .start();
    LIVING.add(server);
    await("the partner's sshd listens").atMost(Duration.ofSeconds(20)).until(this::listens);
  }

  private boolean listens() {
    assertTrue(server.isAlive(), "sshd does not start: see sshd.log");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Ends it and all its sessions. */
  void stop() {
    List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
    server.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    server.onExit().join();
  }

  @Override
  public void close() throws IOException {
    stop();
    relay.close();
    if (isDisk) {
      cleanUp("umount", jail.toString());
    }
    if (isOwnUser) {
      cleanUp("userdel", user);
    }
    if (jailed) {
      try (Stream<Path> all = Files.walk(base)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private static void cleanUp(String... command) throws IOException {
    try {
      Tool.run(command).succeeded();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
