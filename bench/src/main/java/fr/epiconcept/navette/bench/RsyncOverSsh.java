package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code peers/rsync-loop} with a server of OpenSSH of its own: keys made for it, a port on
 * loopback, and one connection that stays open. It syncs nothing to disk, as such loops are.
 */
final class RsyncOverSsh implements Carrier, AutoCloseable {
  private static final List<String> NEEDED =
      List.of("rsync", "ssh", "sshd", "ssh-keygen", "inotifywait");

  private static final String SERVER =
      """
      Port PORT
      ListenAddress 127.0.0.1
      HostKey ROOM/ssh/host
      PidFile none
      AuthorizedKeysFile ROOM/ssh/client.pub
      StrictModes no
      PubkeyAuthentication yes
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      UsePAM no
      """;

  private static final String CLIENT =
      """
      Host peer
        HostName 127.0.0.1
        Port PORT
        IdentityFile ROOM/ssh/client
        IdentitiesOnly yes
        UserKnownHostsFile ROOM/ssh/known
        StrictHostKeyChecking accept-new
        BatchMode yes
        ControlPath CONTROL
      """;

  private final Path room;
  private final Path script;
  private final Path control;
  private final Service server;
  private final Service connection;
  private final Service loop;

  private RsyncOverSsh(
      Path room, Path script, Path control, Service server, Service connection, Service loop) {
    this.room = room;
    this.script = script;
    this.control = control;
    this.server = server;
    this.connection = connection;
    this.loop = loop;
  }

  /** What this machine lacks for it. */
  static Optional<String> missing() {
    List<String> missing = NEEDED.stream().filter(each -> Tool.find(each).isEmpty()).toList();
    return missing.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", missing));
  }

  static RsyncOverSsh start(Lab lab) throws IOException, InterruptedException {
    Path room = lab.room("rsync");
    for (String folder : List.of("inbox", "storage", "archive", "ssh")) {
      Files.createDirectories(room.resolve(folder));
    }
    for (String key : List.of("host", "client")) {
      Path file = room.resolve("ssh").resolve(key);
      Tool.run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString()));
    }
    if (ProcessHandle.current().info().user().filter("root"::equals).isPresent()) {
      Files.createDirectories(Path.of("/run/sshd")); // sshd that root starts asks for it
    }
    // Paths of sockets are short: not below the room
    Path control = Files.createTempDirectory("bench");
    int port = freePort();
    Path serverConfig = Files.writeString(room.resolve("ssh/server"), filled(SERVER, room, port));
    Path config =
        Files.writeString(
            room.resolve("ssh/config"),
            filled(CLIENT, room, port).replace("CONTROL", control.resolve("ssh").toString()));
    Path script = Script.unlink(room.resolve("bin/unlink"));
    Service server =
        service(
            room,
            "sshd",
            "Server listening",
            List.of(
                Tool.find("sshd").orElseThrow().toString(),
                "-D",
                "-e",
                "-f",
                serverConfig.toString()));
    Service connection =
        service(
            room,
            "ssh",
            "connected",
            List.of("ssh", "-M", "-F", config.toString(), "peer", "echo connected; exec cat"));
    Service loop =
        service(
            room,
            "rsync-loop",
            "rsync-loop is ready",
            List.of(
                lab.peers().resolve("rsync-loop").toString(),
                room.resolve("inbox").toString(),
                room.resolve("storage").toString(),
                room.resolve("archive").toString(),
                config.toString(),
                script.toString()));
    return new RsyncOverSsh(room, script, control, server, connection, loop);
  }

  private static Service service(Path room, String name, String sign, List<String> command)
      throws IOException, InterruptedException {
    return Service.start(name, command, Map.of(), sign, room.resolve(name + ".said"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static String filled(String text, Path room, int port) {
    return text.replace("ROOM", room.toString()).replace("PORT", Integer.toString(port));
  }

  @Override
  public String system() {
    return Results.RSYNC;
  }

  @Override
  public Path inbox() {
    return room.resolve("inbox");
  }

  @Override
  public Path storage() {
    return room.resolve("storage");
  }

  @Override
  public Path archive() {
    return room.resolve("archive");
  }

  @Override
  public Path staging() {
    return room.resolve("staging");
  }

  @Override
  public Path script() {
    return script;
  }

  @Override
  public Collection<ProcessHandle> processes() {
    return List.of(server.handle(), connection.handle(), loop.handle());
  }

  @Override
  public void settle() throws IOException, InterruptedException {
    Emptiness.await(List.of(inbox(), storage()));
  }

  @Override
  public void close() {
    loop.close();
    connection.close();
    server.close();
    control.toFile().delete(); // ssh has removed its socket
  }
}
