package fr.epiconcept.navette.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** OpenSSH's own server, on a port of its own, and partners who upload by its own client. */
public final class Sftp implements AutoCloseable {
  private final Path folder;
  private final int port;
  private final Process server;

  private Sftp(Path folder, int port, Process server) {
    this.folder = folder;
    this.port = port;
    this.server = server;
  }

  /** Starts a server whose keys and configuration are below {@code folder}. */
  public static Sftp in(Path folder) throws IOException, InterruptedException {
    Tool.needs("sshd");
    Tool.needs("sftp");
    Files.createDirectories(folder);
    if (Tool.isRoot()) {
      // Where the ssh service was never started nobody has made it, and sshd refuses without it.
      Files.createDirectories(Path.of("/run/sshd"));
    }
    for (String key : List.of("host", "partner")) {
      Tool.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.resolve(key).toString())
          .succeeded();
    }
    int port = freePort();
    Path config =
        Files.writeString(
            folder.resolve("sshd_config"),
            """
            Port PORT
            ListenAddress 127.0.0.1
            HostKey FOLDER/host
            AuthorizedKeysFile FOLDER/partner.pub
            PidFile FOLDER/pid
            StrictModes no
            UsePAM no
            PermitRootLogin yes
            Subsystem sftp internal-sftp
            """
                .replace("PORT", Integer.toString(port))
                .replace("FOLDER", folder.toString()));
    Process server =
        new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("sshd.log").toFile())
            .start();
    await("sshd listens").atMost(Duration.ofSeconds(20)).until(() -> listens(server, port));
    return new Sftp(folder, port, server);
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static boolean listens(Process server, int port) {
    assertTrue(server.isAlive(), "sshd does not start: see sshd.log");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** One session with these commands of sftp, which must all succeed. */
  public void batch(String... commands) throws IOException, InterruptedException {
    Process client = start(List.of(), commands);
    assertTrue(client.waitFor(60, TimeUnit.SECONDS), "sftp hangs");
    assertEquals(0, client.exitValue(), () -> said());
  }

  /** One session with these commands, of which any may fail. */
  public Process begin(String... commands) throws IOException {
    return start(List.of(), commands);
  }

  /** One session that the test ends; not more than {@code kbits} kbit/s leave the partner. */
  public Process slowly(int kbits, String... commands) throws IOException {
    return start(List.of("-l", Integer.toString(kbits)), commands);
  }

  private Process start(List<String> options, String... commands) throws IOException {
    // Several partners at once may each have a session.
    Path batch = Files.createTempFile(folder, "batch", "");
    Files.writeString(batch, String.join("\n", commands) + "\n");
    List<String> command = new ArrayList<>(List.of("sftp", "-q"));
    command.addAll(options);
    command.addAll(
        List.of("-P", Integer.toString(port), "-i", folder.resolve("partner").toString()));
    for (String option :
        List.of("BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null")) {
      command.addAll(List.of("-o", option));
    }
    command.addAll(List.of("-b", batch.toString(), System.getProperty("user.name") + "@127.0.0.1"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("sftp.log").toFile())
        .start();
  }

  /**
   * Lines of a flux's {@code ingest} section, by which Navette visits this server: as a partner's
   * own, on which these folders are.
   */
  public List<String> asSource(Path inbox, Path out) throws IOException {
    String[] hostKey = Files.readString(folder.resolve("host.pub")).strip().split(" ", -1);
    Path known =
        Files.writeString(
            folder.resolve("known_hosts"),
            "[127.0.0.1]:" + port + " " + hostKey[0] + " " + hostKey[1] + "\n");
    String server = "sftp://" + System.getProperty("user.name") + "@127.0.0.1:" + port;
    return List.of(
        "inbox: " + server + inbox,
        "out: " + server + out,
        "sftp: {known-hosts: "
            + known
            + ", key-file: "
            + folder.resolve("partner")
            + ", every: 1s}");
  }

  private String said() {
    try {
      return Files.readString(folder.resolve("sftp.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    server.descendants().forEach(ProcessHandle::destroy);
    server.destroy();
  }
}
