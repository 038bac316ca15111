package fr.epiconcept.navette.installed;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Debian with its own systemd, processes, network and files: a container over a root that all
 * hosts share and none changes.
 */
final class Host implements AutoCloseable {
  private static final Duration BOOT = Duration.ofMinutes(3);

  /** What a unit takes to end, and then the machine. */
  private static final Duration SHUTDOWN = Duration.ofMinutes(2);

  private static final Pattern OWN_FIRST =
      Pattern.compile("(?s)^Name:\\tsystemd\n.*\nNSpid:[^\n]*\\t1\n");

  private final String name;
  private final Path folder;
  private final Path root;
  private final String network;
  private final String cgroup;
  private Process container;
  private long init;

  /**
   * @param folder of this host alone
   * @param network name of its network namespace
   */
  Host(String name, Path folder, String network) {
    this.name = name;
    this.folder = folder;
    this.root = folder.resolve("root");
    this.network = network;
    this.cgroup = network;
  }

  String name() {
    return name;
  }

  void boot(Path base, String addresses) throws Exception {
    here("mkdir -p '%1$s/upper' '%1$s/work' '%2$s'".formatted(folder, root));
    here(
        "mount -t overlay navette -o 'lowerdir=%1$s,upperdir=%2$s/upper,workdir=%2$s/work' '%3$s'"
            .formatted(base, folder, root));
    here(": >'%1$s/etc/machine-id'; echo %2$s >'%1$s/etc/hostname'".formatted(root, name));
    here("ip netns add %1$s && ip -n %1$s link set lo up".formatted(network));
    Command.run(List.of("tee", root + "/etc/hosts"), addresses).succeeded();
    container =
        new ProcessBuilder("sh", "-c", ownCgroup() + "exec " + String.join(" ", nspawn()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("console").toFile())
            .start();
    await().atMost(BOOT).pollInterval(300, TimeUnit.MILLISECONDS).until(this::isUp);
  }

  /** Two hosts in one cgroup would end each other's units. */
  private String ownCgroup() {
    return "for each in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do"
        + " [ ! -e $each/cgroup.procs ] || { mkdir -p $each/%1$s; echo $$ >$each/%1$s/cgroup.procs; };"
            .formatted(cgroup)
        + " done; ";
  }

  private List<String> nspawn() {
    return List.of(
        "systemd-nspawn",
        "--quiet",
        "--register=no",
        "--keep-unit",
        "--boot",
        "--directory='" + root + "'",
        "--machine=" + name,
        "--resolv-conf=off",
        "--timezone=off",
        "--network-namespace-path=/run/netns/" + network,
        "</dev/null");
  }

  private boolean isUp() throws Exception {
    // Its first children only prepare the way of the one that becomes the host's own process 1
    for (ProcessHandle child : container.children().toList()) {
      Path status = Path.of("/proc/" + child.pid() + "/status");
      if (Files.exists(status) && OWN_FIRST.matcher(Files.readString(status)).find()) {
        init = child.pid();
        return hasBooted();
      }
    }
    return false;
  }

  private boolean hasBooted() throws Exception {
    String state = run("systemctl is-system-running 2>&1").output().strip();
    return List.of("running", "degraded").contains(state);
  }

  /** As root, in a login's folder, without a terminal. */
  Answer run(String command) throws Exception {
    Answer answer = Command.run(inside("bash", "-c", command));
    return new Answer(command, answer.exit(), answer.output());
  }

  /** As somebody else. */
  Answer runAs(String user, String command) throws Exception {
    String groups = "--reuid=%1$s --regid=%1$s --init-groups".formatted(user);
    Answer answer =
        Command.run(inside("sh", "-c", "exec setpriv " + groups + " -- sh -c \"$0\"", command));
    return new Answer(user + ": " + command, answer.exit(), answer.output());
  }

  /** As an editor does: owner and mode of a file that is there stay. */
  void write(String path, String content) throws Exception {
    Command.run(inside("dd", "status=none", "of=" + path), content).succeeded();
  }

  /** Copies a file of this machine into the host. */
  void bring(Path file, String path) throws Exception {
    here("nsenter -t %d -m -r -- dd status=none of='%s' <'%s'".formatted(init, path, file));
  }

  private List<String> inside(String... words) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "nsenter", "-t", "" + init, "-m", "-u", "-i", "-n", "-p", "-r", "--wdns=/root"));
    all.addAll(
        List.of(
            "--",
            "env",
            "-i",
            "HOME=/root",
            "USER=root",
            "LOGNAME=root",
            "LANG=C.UTF-8",
            "TERM=dumb",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
    Stream.of(words).forEach(all::add);
    return all;
  }

  private static String here(String command) throws Exception {
    return Command.run(List.of("sh", "-c", command)).succeeded();
  }

  /** All that a person would look at when something went wrong here. */
  String told() throws Exception {
    return name
        + ":\n"
        + run("journalctl --no-pager -u 'navette-*' | tail -n 60; tail -n 30 /var/log/epiconcept/flux/*.log")
            .output();
  }

  @Override
  public void close() throws IOException {
    try {
      if (container != null) {
        run("systemctl poweroff --no-wall");
        if (!container.waitFor(SHUTDOWN.toSeconds(), TimeUnit.SECONDS)) {
          container.descendants().forEach(ProcessHandle::destroyForcibly);
          container.destroyForcibly().waitFor();
        }
      }
      here(
          "ip netns del %s; umount '%s'; rm -rf '%s';".formatted(network, root, folder)
              + " for each in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do"
              + " [ ! -d $each/%1$s ] || find $each/%1$s -depth -type d -exec rmdir {} +;"
                  .formatted(cgroup)
              + " done; :");
    } catch (Exception e) {
      throw new IOException(name + " is not cleared away", e);
    }
  }
}
