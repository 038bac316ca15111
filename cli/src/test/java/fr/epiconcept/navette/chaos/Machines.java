package fr.epiconcept.navette.chaos;

import fr.epiconcept.navette.e2e.DaemonProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the daemons running as systemd does: one that ends by itself is started again. One that is
 * down on purpose stays down until it is wanted again.
 */
final class Machines implements Runnable {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration BEFORE_RESTART = Duration.ofMillis(500);

  private final Machine ingest;
  private final Map<Front, Machine> workers = new EnumMap<>(Front.class);
  private final List<String> ends = new ArrayList<>();
  private final long began = System.nanoTime();
  private volatile boolean over;

  Machines(Site site) {
    ingest = new Machine("ingest", site.ingest());
    for (Front front : Front.present()) {
      workers.put(front, new Machine("worker of " + front.account, site.worker(front)));
    }
  }

  /** A daemon, and whether it shall run. Guarded by itself. */
  final class Machine {
    private final String name;
    private final DaemonProcess daemon;
    private boolean wanted = true;
    private boolean frozen;
    private boolean launched;
    private int starts;

    private Machine(String name, DaemonProcess daemon) {
      this.name = name;
      this.daemon = daemon;
    }

    /** Ends it by SIGKILL; it stays down. */
    synchronized void kill() {
      down();
      frozen = false;
      daemon.end();
    }

    /** The same, and everything that it has started, as a control group ends. */
    synchronized void killGroup() {
      down();
      frozen = false;
      if (daemon.isAlive()) {
        List<ProcessHandle> group = daemon.descendants();
        daemon.end();
        group.forEach(ProcessHandle::destroyForcibly);
      }
    }

    /** Stops it in order; it stays down. */
    synchronized void stop() throws IOException, InterruptedException {
      down();
      thaw();
      if (daemon.isAlive()) {
        daemon.terminate();
      }
    }

    private void down() {
      wanted = false;
      launched = false;
    }

    synchronized void freeze() throws IOException, InterruptedException {
      if (daemon.isAlive()) {
        daemon.pause();
        frozen = true;
      }
    }

    synchronized void thaw() throws IOException, InterruptedException {
      if (frozen && daemon.isAlive()) {
        daemon.resume();
      }
      frozen = false;
    }

    /**
     * It is down from here until it is wanted again: whatever stands on its disk may be changed.
     */
    synchronized void want() {
      wanted = true;
    }

    private synchronized boolean isDown() {
      return !daemon.isAlive();
    }

    private synchronized void launch() throws IOException {
      if (wanted && !daemon.isAlive()) {
        daemon.launch();
        launched = true;
        starts++;
      }
    }

    /** How it ended, if nobody told it to; said once. */
    private synchronized String ownEnd() {
      if (!launched || daemon.isAlive()) {
        return "";
      }
      launched = false;
      return "%s ended by itself, exit %d, at %.1f s".formatted(name, daemon.exit(), age());
    }

    synchronized boolean isFrozen() {
      return frozen;
    }

    private synchronized boolean isReady() throws IOException {
      return !wanted || frozen || (daemon.isAlive() && daemon.isReady());
    }

    synchronized int starts() {
      return starts;
    }
  }

  private double age() {
    return (System.nanoTime() - began) / 1e9;
  }

  Machine ingest() {
    return ingest;
  }

  Machine worker(Front front) {
    return workers.get(front);
  }

  List<Machine> all() {
    List<Machine> all = new ArrayList<>(List.of(ingest));
    all.addAll(workers.values());
    return all;
  }

  /** Waits until all are ready, but not for long: a daemon may be unable to be. */
  void awaitReady(Duration atMost) throws IOException {
    long end = System.nanoTime() + atMost.toNanos();
    while (System.nanoTime() < end && !areReady()) {
      Rest.of(LOOK);
    }
  }

  private boolean areReady() throws IOException {
    for (Machine machine : all()) {
      if (!machine.isReady()) {
        return false;
      }
    }
    return true;
  }

  /** Ends of a daemon that nobody had asked for: how and when. */
  synchronized List<String> ownEnds() {
    return List.copyOf(ends);
  }

  @Override
  public void run() {
    while (!over) {
      for (Machine machine : all()) {
        if (machine.isDown()) {
          String end = machine.ownEnd();
          if (!end.isEmpty()) {
            synchronized (this) {
              ends.add(end);
            }
            Rest.of(BEFORE_RESTART);
          }
          try {
            machine.launch();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        }
      }
      Rest.of(LOOK);
    }
  }

  void end() {
    over = true;
  }
}
