package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Many files at once: from the first deposit until the last one is done. */
final class BatchProbe {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** By what a file is known to be done. */
  enum Sign {
    /** Its script has removed it from storage. */
    SCRIPT_ENDED(Inotify.DELETE) {
      @Override
      void watch(Inotify inotify, Carrier carrier) throws IOException {
        super.watch(inotify, carrier);
        inotify.watch(carrier.script(), Inotify.OPEN | Inotify.CLOSE_NOWRITE);
      }
    },
    /** As before, where the script is no copy of one's own. */
    VANISHED(Inotify.DELETE),
    /** It has its name in storage. */
    STORED(Inotify.MOVED_TO);

    private final int event;

    Sign(int event) {
      this.event = event;
    }

    void watch(Inotify inotify, Carrier carrier) throws IOException {
      inotify.watch(carrier.storage(), event);
    }

    boolean isIn(Inotify.Event seen) {
      return seen.is(event) && !seen.name().startsWith(".");
    }
  }

  /**
   * What came out.
   *
   * @param seconds from the first deposit until all are done
   * @param inScripts seconds during which a script ran, if never two did at once
   * @param cpu seconds of all processes, until nothing was under way any more
   */
  record Batch(int files, double seconds, double inScripts, double cpu) {
    double filesPerSecond() {
      return files / seconds;
    }

    double cpuPerThousand() {
      return cpu / files * 1000;
    }

    /** What is left when scripts take no time. */
    double filesPerSecondBesideScripts() {
      return files / (seconds - inScripts);
    }
  }

  /** The moments at which the first and the last file were done, and the time in scripts. */
  record Seen(long first, long last, long inScripts) {}

  private BatchProbe() {}

  static Batch of(Carrier carrier, Sign sign, int files, int size)
      throws IOException, InterruptedException {
    return of(List.of(carrier), sign, files, size);
  }

  /** The same number of files for each of them, all at once. */
  static Batch of(List<Carrier> carriers, Sign sign, int each, int size)
      throws IOException, InterruptedException {
    List<Deposits> staged = new ArrayList<>();
    for (Carrier carrier : carriers) {
      staged.add(Deposits.staged(carrier, each, size));
    }
    int files = each * carriers.size();
    Collection<ProcessHandle> processes = carriers.get(0).processes();
    try (Watch watch = Watch.over(carriers, sign, files)) {
      double cpu = Usage.cpu(processes);
      long begun = System.nanoTime();
      for (Deposits deposits : staged) {
        deposits.depositAll();
      }
      Seen seen = watch.await();
      for (Carrier carrier : carriers) {
        carrier.settle();
      }
      return new Batch(
          files, (seen.last() - begun) / 1e9, seen.inScripts() / 1e9, Usage.cpu(processes) - cpu);
    }
  }

  /** Counts files that are done, in a thread that does nothing else: its times are theirs. */
  static final class Watch implements AutoCloseable {
    private final Inotify inotify;
    private final FutureTask<Seen> task;

    private Watch(Inotify inotify, FutureTask<Seen> task) {
      this.inotify = inotify;
      this.task = task;
    }

    static Watch over(Carrier carrier, Sign sign, int files) throws IOException {
      return over(List.of(carrier), sign, files);
    }

    private static Watch over(List<Carrier> carriers, Sign sign, int files) throws IOException {
      Inotify inotify = new Inotify();
      for (Carrier carrier : carriers) {
        sign.watch(inotify, carrier);
      }
      FutureTask<Seen> task =
          new FutureTask<>(() -> watch(inotify, files, carriers.get(0).system(), sign));
      Thread thread = new Thread(task, "watch");
      thread.setDaemon(true);
      thread.start();
      return new Watch(inotify, task);
    }

    private static Seen watch(Inotify inotify, int files, String system, Sign sign)
        throws IOException {
      int done = 0;
      long first = 0;
      long last = 0;
      long inScripts = 0;
      long opened = 0;
      while (done < files) {
        List<Inotify.Event> events = inotify.await(PATIENCE);
        if (events.isEmpty()) {
          throw new IllegalStateException(
              "%s: %d of %d files, and none more after %s"
                  .formatted(system, done, files, PATIENCE));
        }
        for (Inotify.Event event : events) {
          if (sign.isIn(event) && done < files) {
            done++;
            last = event.nanos();
            first = first == 0 ? last : first;
          } else if (event.is(Inotify.OPEN)) {
            opened = event.nanos();
          } else if (event.is(Inotify.CLOSE_NOWRITE)) {
            inScripts += event.nanos() - opened;
          }
        }
      }
      return new Seen(first, last, inScripts);
    }

    Seen await() throws InterruptedException {
      try {
        return task.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }

    @Override
    public void close() {
      // The thread ends by itself, at the latest when nothing happens any more
      if (task.isDone()) {
        inotify.close();
      }
    }
  }
}
