package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a daemon has of the machine.
 *
 * @param resident MB
 */
record Appetite(String who, int threads, int descriptors, double resident) {
  static Appetite now(ProcessHandle daemon, String who) throws IOException {
    return new Appetite(
        who, Usage.threads(daemon), Usage.descriptors(daemon), Usage.resident(List.of(daemon)));
  }

  private Appetite orMore(Appetite other) {
    return new Appetite(
        who,
        Math.max(threads, other.threads),
        Math.max(descriptors, other.descriptors),
        Math.max(resident, other.resident));
  }

  void tell(Lab lab, Results results, String scenario) {
    String system = Results.NAVETTE;
    results.add(scenario, "threads of " + who, system, Unit.COUNT, threads);
    results.add(scenario, "descriptors of " + who, system, Unit.COUNT, descriptors);
    results.add(scenario, "RSS of " + who, system, Unit.MEGABYTES, resident);
    lab.say(
        "%s: %s, %d threads, %d descriptors, %s MB"
            .formatted(scenario, who, threads, descriptors, Unit.shown(resident)));
  }

  /** Looks at both again and again until it is stopped. */
  static Most watching(ProcessHandle ingest, ProcessHandle worker) {
    Most most = new Most(ingest, worker);
    most.start();
    return most;
  }

  /** The most that both daemons ever had while it ran. */
  static final class Most extends Thread {
    private static final long INTERVAL = 200;

    private final ProcessHandle ingest;
    private final ProcessHandle worker;
    private final List<Appetite> most = new ArrayList<>();
    private volatile boolean stopped;

    private Most(ProcessHandle ingest, ProcessHandle worker) {
      super("appetite");
      setDaemon(true);
      this.ingest = ingest;
      this.worker = worker;
    }

    @Override
    public void run() {
      try {
        while (!stopped) {
          look();
          sleep(INTERVAL);
        }
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private synchronized void look() throws IOException {
      Appetite files = now(ingest, "ingest, at most");
      Appetite front = now(worker, "worker, at most");
      if (most.isEmpty()) {
        most.addAll(List.of(files, front));
      } else {
        most.set(0, most.get(0).orMore(files));
        most.set(1, most.get(1).orMore(front));
      }
    }

    List<Appetite> end() throws InterruptedException {
      stopped = true;
      join();
      return List.copyOf(most);
    }
  }
}
