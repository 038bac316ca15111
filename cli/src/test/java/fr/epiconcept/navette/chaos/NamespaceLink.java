package fr.epiconcept.navette.chaos;

import fr.epiconcept.navette.e2e.Tool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A cable: the worker is in a network namespace of its own, and a pair of virtual interfaces leads
 * there. The kernel's own TCP meets what happens to it, so nobody is told what a relay would tell.
 * Needs root. All names hold the process id of this test: what one left that was killed, the next
 * removes.
 */
final class NamespaceLink implements Link {
  private static final String NAMESPACE = "navette-chaos-";
  private static final String NEAR = "nvc";

  /** No machine has this address: what is sent there is lost on the way. */
  private static final String NOBODY = "02:00:00:00:00:01";

  private final String namespace;
  private final String near;
  private final String far;
  private final String host;
  private final String worker;
  private boolean silent;

  private NamespaceLink(long pid) {
    namespace = NAMESPACE + pid;
    near = NEAR + pid;
    far = "nvw" + pid;
    // Four addresses of 198.18.0.0/15, which is kept for tests of networks and routed by nobody.
    int first = (int) (pid % (1 << 15)) * 4;
    String net = "198." + (18 + (first >> 16)) + "." + ((first >> 8) & 255) + ".";
    host = net + ((first & 255) + 1);
    worker = net + ((first & 255) + 2);
  }

  static boolean isPossible() throws IOException, InterruptedException {
    if (!Tool.isRoot() || !Tool.isInstalled("ip") || !Tool.isInstalled("nsenter")) {
      return false;
    }
    NamespaceLink trial = new NamespaceLink(ProcessHandle.current().pid());
    boolean possible =
        Tool.run("ip", "netns", "add", trial.namespace).exit() == 0 && trial.plug().exit() == 0;
    trial.close();
    return possible;
  }

  static NamespaceLink make() throws IOException, InterruptedException {
    NamespaceLink link = new NamespaceLink(ProcessHandle.current().pid());
    link.ip("netns", "add", link.namespace);
    link.plug().succeeded();
    link.ip("-n", link.namespace, "addr", "add", link.worker + "/30", "dev", link.far);
    link.ip("-n", link.namespace, "link", "set", "lo", "up");
    link.ip("-n", link.namespace, "link", "set", link.far, "up");
    link.ip("addr", "add", link.host + "/30", "dev", link.near);
    link.ip("link", "set", link.near, "up");
    return link;
  }

  private Tool plug() throws IOException, InterruptedException {
    return Tool.run(
        "ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", namespace);
  }

  private void ip(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(Arrays.asList(words));
    Tool.run(command.toArray(String[]::new)).succeeded();
  }

  /** Removes what tests have left that live no more, with whoever still runs in there. */
  static void sweep() throws IOException, InterruptedException {
    if (!Tool.isRoot() || !Tool.isInstalled("ip")) {
      return;
    }
    for (String line : Tool.run("ip", "netns", "list").said().lines().toList()) {
      String name = line.split(" ", 2)[0];
      if (name.matches(NAMESPACE + "\\d+")) {
        long pid = Long.parseLong(name.substring(NAMESPACE.length()));
        if (ProcessHandle.of(pid).isEmpty()) {
          for (String left : Tool.run("ip", "netns", "pids", name).said().lines().toList()) {
            ProcessHandle.of(Long.parseLong(left.strip()))
                .ifPresent(ProcessHandle::destroyForcibly);
          }
          new NamespaceLink(pid).close();
        }
      }
    }
  }

  @Override
  public String words() {
    return "a network namespace for the worker, with TLS";
  }

  @Override
  public String host() {
    return host;
  }

  @Override
  public boolean hasTls() {
    return true;
  }

  @Override
  public String url(int port) {
    return "tls://" + host + ":" + port;
  }

  @Override
  public List<String> workerBehind() {
    return List.of("nsenter", "--net=/run/netns/" + namespace);
  }

  @Override
  public boolean cut() throws IOException, InterruptedException {
    ip("link", "set", near, "down");
    return true;
  }

  @Override
  public boolean cutForWorkerOnly() throws IOException, InterruptedException {
    if (!Tool.isInstalled("ss")) {
      return false;
    }
    // The ends that the kernel sends meanwhile are lost.
    ip("-n", namespace, "link", "set", far, "down");
    Tool killed =
        Tool.run("nsenter", "--net=/run/netns/" + namespace, "ss", "-K", "-H", "dst", host);
    ip("-n", namespace, "link", "set", far, "up");
    return killed.exit() == 0 && !killed.said().isBlank();
  }

  @Override
  public boolean silence() throws IOException, InterruptedException {
    silent = true;
    return misled();
  }

  /** Half open in earnest: the worker is heard, and hears nothing. */
  private boolean misled() throws IOException, InterruptedException {
    String[] astray = {"neigh", "replace", worker, "lladdr", NOBODY, "dev", near, "nud"};
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(Arrays.asList(astray));
    command.add("permanent");
    return Tool.run(command.toArray(String[]::new)).exit() == 0;
  }

  @Override
  public boolean slow(int dose) throws IOException, InterruptedException {
    String[] delay = {"delay", (1 + dose) + "ms", "loss", (1 + dose / 10) + "%"};
    // Not every kernel has netem: a narrow pipe with a short queue delays and loses too.
    String[] narrow = {"rate", (1 + dose / 5) + "mbit", "burst", "16kb", "latency", "50ms"};
    return shaped("netem", delay) || shaped("tbf", narrow);
  }

  private boolean shaped(String kind, String[] how) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("tc", "qdisc", "replace", "dev", near, "root", kind));
    command.addAll(Arrays.asList(how));
    return Tool.isInstalled("tc") && Tool.run(command.toArray(String[]::new)).exit() == 0;
  }

  @Override
  public void join() throws IOException, InterruptedException {
    if (silent) {
      silent = false;
      Tool.run("ip", "neigh", "del", worker, "dev", near);
    }
    ip("link", "set", near, "up");
  }

  @Override
  public void quick() throws IOException, InterruptedException {
    if (Tool.isInstalled("tc")) {
      Tool.run("tc", "qdisc", "del", "dev", near, "root");
    }
  }

  @Override
  public void close() throws IOException {
    try {
      // Each goes with the other; which of them is still there depends on how far it came.
      Tool.run("ip", "link", "del", near);
      Tool.run("ip", "netns", "del", namespace);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted before " + namespace + " was removed", e);
    }
  }
}
