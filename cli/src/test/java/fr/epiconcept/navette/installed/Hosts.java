package fr.epiconcept.navette.installed;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The machines of the documents: {@code files1}, the file server, and {@code front1}, the
 * processing server, in networks of their own that a cable joins; {@code ci}, which is joined to
 * nothing. The package lies in {@code /root} of each, and is not installed.
 */
final class Hosts implements Typist, AutoCloseable {
  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Path WHERE = TARGET.resolve("installed");

  /** A server of the customer, made small. Whatever a document uses must be among them. */
  private static final String PACKAGES =
      "systemd,systemd-sysv,adduser,procps,default-jre-headless,php-cli,libaio1,logrotate,cron,"
          + "openssh-server,openssh-client,sudo,iproute2,nftables,bash-completion,curl,less";

  /** Root of each host may go to the others by ssh and scp, as whoever administers them all may. */
  private static final String ADMINISTRATOR =
      "umask 077 && mkdir -p /root/.ssh && cd /root/.ssh && ssh-keygen -q -t ed25519 -N '' -f id_ed25519"
          + " && cp id_ed25519.pub authorized_keys"
          + " && printf 'StrictHostKeyChecking accept-new\\nLogLevel ERROR\\n' >config";

  private static final String ADDRESSES =
      """
      127.0.0.1 localhost
      10.77.0.1 files1.example.org files1
      10.77.0.2 front1.example.org front1
      """;

  /** For {@code ResourceLock}: one set of machines at a time is enough for this one. */
  static final String LOCK = "hosts";

  private final Map<String, Host> hosts = new LinkedHashMap<>();
  private final Thread atExit = new Thread(this::clear);

  /** Boots hosts of these names. */
  static Hosts boot(String... names) throws Exception {
    for (String tool : List.of("systemd-nspawn", "mmdebstrap", "nsenter", "ip", "dpkg-deb")) {
      Answer found = Command.run(List.of("sh", "-c", "command -v " + tool));
      assumeTrue(found.exit() == 0, () -> "needs " + tool + ": tools/setup install");
    }
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    Hosts hosts = new Hosts();
    Runtime.getRuntime().addShutdownHook(hosts.atExit);
    try {
      hosts.bootAll(debian(), List.of(names));
      return hosts;
    } catch (Exception | AssertionError e) {
      hosts.close();
      throw e;
    }
  }

  private void bootAll(Path base, List<String> names) throws Exception {
    String run = "navette" + ProcessHandle.current().pid() + "-" + RUNS.incrementAndGet();
    for (String name : names) {
      Path folder = Files.createDirectories(WHERE.resolve(run + "-" + name));
      Host host = new Host(name, folder, run + "-" + name);
      hosts.put(name, host);
      host.boot(base, ADDRESSES);
      host.bring(deb(), "/root/" + deb().getFileName());
      host.bring(deb(), "/root/navette.deb");
    }
    if (hosts.keySet().containsAll(List.of("files1", "front1"))) {
      Command.run(List.of("sh", "-c", cable(run + "-files1", run + "-front1"))).succeeded();
    }
  }

  private static String cable(String left, String right) {
    return "ip -n %1$s link add eth0 type veth peer name eth0 netns %2$s".formatted(left, right)
        + " && ip -n %s addr add 10.77.0.1/24 dev eth0".formatted(left)
        + " && ip -n %s addr add 10.77.0.2/24 dev eth0".formatted(right)
        + " && ip -n %s link set eth0 up && ip -n %s link set eth0 up".formatted(left, right);
  }

  /** Made once; another list of packages makes it again. */
  private static synchronized Path debian() throws Exception {
    Path base = WHERE.resolve("debian");
    Path made = WHERE.resolve("debian.made-of");
    if (!Files.exists(made) || !Files.readString(made).equals(PACKAGES)) {
      Files.createDirectories(WHERE);
      Command.run(
              List.of(
                  "sh",
                  "-c",
                  ("rm -rf '%1$s' && mmdebstrap --quiet --variant=minbase --include=%2$s --format=directory"
                          + " \"$(. /etc/os-release; echo $VERSION_CODENAME)\" '%1$s' %3$s")
                      .formatted(base, PACKAGES, sources())))
          .succeeded();
      Command.run(List.of("chroot", base.toString(), "sh", "-c", ADMINISTRATOR)).succeeded();
      Files.writeString(made, PACKAGES);
    }
    return base;
  }

  /** Where this machine has its own Debian from. */
  private static String sources() {
    String own =
        Stream.of("/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list")
            .filter(file -> Files.exists(Path.of(file)))
            .findFirst()
            .orElse("");
    return System.getProperty("debian.mirror", own);
  }

  /** The package that was built. */
  static Path deb() throws IOException {
    try (var found = Files.newDirectoryStream(TARGET, "navette_*_all.deb")) {
      var each = found.iterator();
      assertTrue(each.hasNext(), "no target/navette_*_all.deb: make package");
      return each.next();
    }
  }

  Host host(String name) {
    Host host = hosts.get(name);
    assertTrue(host != null, () -> "there is no host " + name);
    return host;
  }

  @Override
  public Answer run(String host, String command) throws Exception {
    return host(host).run(command);
  }

  @Override
  public void write(String host, String path, String content) throws Exception {
    host(host).write(path, content);
  }

  /** Journals and logs of all. */
  String told() throws Exception {
    StringBuilder told = new StringBuilder();
    for (Host host : hosts.values()) {
      told.append(host.told()).append('\n');
    }
    return told.toString();
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    clear();
  }

  private void clear() {
    for (Host host : hosts.values()) {
      try {
        host.close();
      } catch (IOException e) {
        System.err.println(e + ": " + e.getCause());
      }
    }
  }
}
