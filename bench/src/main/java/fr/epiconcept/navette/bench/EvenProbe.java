package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/** Files that come to many fluxes in turn, at a rate; how long the files of each have to wait. */
final class EvenProbe {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * What came out.
   *
   * @param longest seconds that a file of each flux had to wait at most
   */
  record Waits(double filesPerSecond, Collection<Double> longest) {}

  private EvenProbe() {}

  /** {@code each} files for each of them, {@code rate} files a second in all. */
  static Waits of(List<Carrier> carriers, int each, int size, int rate)
      throws IOException, InterruptedException {
    List<Deposits> staged = new ArrayList<>();
    for (Carrier carrier : carriers) {
      staged.add(Deposits.staged(carrier, each, size));
    }
    Map<String, Long> deposited = new ConcurrentHashMap<>();
    try (Inotify inotify = new Inotify()) {
      Map<Integer, Integer> fluxes = new HashMap<>();
      for (int i = 0; i < carriers.size(); i++) {
        fluxes.put(inotify.watch(carriers.get(i).storage(), Inotify.DELETE), i);
      }
      int files = each * carriers.size();
      FutureTask<Waits> task = new FutureTask<>(() -> watch(inotify, fluxes, deposited, files));
      Thread watch = new Thread(task, "watch");
      watch.setDaemon(true);
      watch.start();
      deposit(staged, each, rate, deposited);
      return task.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static void deposit(
      List<Deposits> staged, int each, int rate, Map<String, Long> deposited) throws IOException {
    long begun = System.nanoTime();
    int number = 0;
    for (int round = 0; round < each; round++) {
      for (Deposits flux : staged) {
        long due = begun + number++ * 1_000_000_000L / rate;
        LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
        // Before: it may be done before the rename has returned
        deposited.put(flux.nextName(), System.nanoTime());
        flux.deposit();
      }
    }
  }

  private static Waits watch(
      Inotify inotify, Map<Integer, Integer> fluxes, Map<String, Long> deposited, int files)
      throws IOException {
    Map<Integer, Double> longest = new HashMap<>();
    long first = System.nanoTime();
    long last = first;
    int done = 0;
    while (done < files) {
      List<Inotify.Event> events = inotify.await(PATIENCE);
      if (events.isEmpty()) {
        throw new IllegalStateException(
            "%d of %d files, and none more after %s".formatted(done, files, PATIENCE));
      }
      for (Inotify.Event event : events) {
        Long begun = deposited.remove(event.name());
        if (begun != null) {
          done++;
          last = event.nanos();
          longest.merge(fluxes.get(event.watch()), (last - begun) / 1e9, Math::max);
        }
      }
    }
    return new Waits(files / ((last - first) / 1e9), longest.values());
  }
}
