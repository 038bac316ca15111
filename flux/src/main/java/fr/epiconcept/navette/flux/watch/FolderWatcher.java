package fr.epiconcept.navette.flux.watch;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.linux.Poller;
import fr.epiconcept.navette.flux.linux.WakeUp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what happens in any number of folders: one thread, one inotify descriptor. All methods may
 * be called from any thread.
 *
 * <p>A folder that goes away is looked for every second. Whether each path still leads to the
 * folder that is watched (a symbolic link changed, a parent renamed, something mounted over it: no
 * event tells that) is asked every ten seconds.
 *
 * <p>A folder on a network file system is never touched by the watcher's thread, which could hang
 * there with all fluxes: it stays polled until it is watched anew.
 */
public final class FolderWatcher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderWatcher.class);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration CHECK = Duration.ofSeconds(10);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

  /** A look may come early by this part of the time between two. */
  private static final int EARLY = 5;

  private static final long NEVER = Duration.ofDays(36_500).toNanos();
  private static final int FOLDER_ENDED =
      Inotify.DELETE_SELF | Inotify.MOVE_SELF | Inotify.UNMOUNT | Inotify.IGNORED;

  private final Inotify inotify;
  private final Links links;
  private final WakeUp wakeUp;
  private final long retryNanos;
  private final long checkNanos;
  private final Thread thread;
  private final Queue<WatchedFolder> missingFromTheStart = new ConcurrentLinkedQueue<>();

  private volatile boolean stopping;

  /** A folder that is watched. */
  public interface Watch extends AutoCloseable {
    /** Whether no events are promised: the owner's rescan is all there is. May change with time. */
    boolean isPolling();

    /** Why it is so and what could be done; empty if not {@link #isPolling()}. */
    String whyPolling();

    /** Ends it; a call of the listener that runs at this moment ends by itself. May be repeated. */
    @Override
    void close();
  }

  /**
   * Is told of one folder, on the watcher's thread: must answer at once. What it throws is logged.
   *
   * <p>Files, links and subfolders alike are told. A hard link made in the folder, or a subfolder,
   * is only ever {@code opened}.
   */
  public interface Listener {
    /** A new name: a writer may be at work. */
    void opened(FileName name);

    /** A writer has closed the file, complete or not. */
    void closed(FileName name);

    /** Renamed to that name, from outside or within the folder. */
    void movedIn(FileName name);

    /** Deleted, or renamed away from that name. */
    void left(FileName name);

    /**
     * A new name, of a folder: told as one of a file, unless the listener wants to know.
     *
     * @param moved whether it was renamed to that name, with all that it may hold
     */
    default void folderCame(FileName name, boolean moved) {
      if (moved) {
        movedIn(name);
      } else {
        opened(name);
      }
    }

    /** Events may be missing: list the whole folder. */
    void lost(String why);

    /** There is no folder at the path any more (or none that can be read). */
    void folderGone();

    /** There is one again, maybe another one; {@code lost} follows. */
    void folderBack();
  }

  FolderWatcher(
      String threadName, Inotify inotify, Links.Kinds kinds, Duration retry, Duration check)
      throws IOException {
    this.inotify = inotify;
    this.links = new Links(inotify, kinds);
    this.wakeUp = new WakeUp();
    this.retryNanos = retry.toNanos();
    this.checkNanos = check.toNanos();
    this.thread = new Thread(this::run, threadName);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Starts the thread.
   *
   * @throws IOException if the kernel gives no more watchers; the message names the limit
   */
  public static FolderWatcher start(String threadName) throws IOException {
    return start(threadName, RETRY, CHECK);
  }

  /**
   * Starts the thread.
   *
   * @param retry how often a missing folder is looked for
   * @param check how often each path is asked whether it leads to the same folder still
   * @throws IOException if the kernel gives no more watchers; the message names the limit
   */
  public static FolderWatcher start(String threadName, Duration retry, Duration check)
      throws IOException {
    Inotify inotify = new Inotify();
    try {
      return new FolderWatcher(threadName, inotify, NativeFiles::kindOf, retry, check);
    } catch (IOException noWakeUp) {
      inotify.close();
      throw noWakeUp;
    }
  }

  /**
   * Watches a folder, there or not. What happens in it after this call has answered is told: list
   * it after, not before. If it is not there, the listener is told {@code folderGone} soon.
   *
   * @throws IllegalStateException after {@link #close()}
   */
  public Watch watch(Path folder, Listener listener) {
    WatchedFolder watch =
        new WatchedFolder(folder, new Link.Missing("not looked for yet"), listener, links::remove);
    // Not yet for the watcher's thread to look at: it could hang where this one may.
    watch.nextLook(System.nanoTime() + NEVER);
    links.add(watch);
    if (stopping) {
      watch.close();
      throw new IllegalStateException("the watcher of " + folder + " is closed");
    }
    if (!watch.link().isThere()) {
      missingFromTheStart.add(watch);
    }
    planNextLook(watch);
    wakeUp.signal();
    return watch;
  }

  /**
   * Watches a folder that is there, as it is reached now, for whoever hears by another watch when
   * its name goes or comes to mean another: nobody looks after that here. If the kernel loses
   * events the listener is told nothing, that of the other watch is. The folder must be on a local
   * file system.
   *
   * @param way may be one by an open descriptor, which need not stay open
   * @throws IOException if it cannot be watched, with the limit that was reached if there was one
   */
  public Watch watchBelow(Path way, Listener listener) throws IOException {
    WatchedFolder watch =
        new WatchedFolder(way, new Link.Missing("not watched yet"), listener, links::removeBelow);
    links.addBelow(watch);
    if (stopping) {
      watch.close();
      throw new IOException("the watcher is closed");
    }
    return watch;
  }

  /** Stops; waits up to two seconds for a listener that is being told something. */
  @Override
  public void close() {
    stopping = true;
    wakeUp.signal();
    if (Thread.currentThread() != thread) {
      try {
        thread.join(STOP_LIMIT.toMillis());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // --- the thread ---

  private void run() {
    // The descriptors are closed here, where nobody waits on them any more.
    try (inotify;
        wakeUp;
        Poller poller = new Poller(inotify.number(), wakeUp.number())) {
      while (!stopping) {
        try {
          turn(poller);
        } catch (IOException | RuntimeException | Error fault) {
          LOG.error("watching folders failed for once; tried again in a second", fault);
          tellAllLost("watching failed for once: " + fault);
          LockSupport.parkNanos(RETRY.toNanos());
        }
      }
    }
  }

  private void turn(Poller poller) throws IOException {
    poller.await(untilNextLook());
    wakeUp.clear();
    tellMissingFromTheStart();
    for (Inotify.Event event : inotify.read()) {
      tell(event);
    }
    lookAgain();
  }

  private long untilNextLook() {
    long now = System.nanoTime();
    long soonest = Long.MAX_VALUE;
    for (WatchedFolder watch : links.all()) {
      if (!isForGood(watch.link())) {
        soonest = Math.min(soonest, Math.max(0, watch.nextLook() - now));
      }
    }
    return soonest;
  }

  private void tellMissingFromTheStart() {
    WatchedFolder watch = missingFromTheStart.poll();
    while (watch != null) {
      if (!watch.link().isThere()) {
        watch.tellGone(watch.link());
      }
      watch = missingFromTheStart.poll();
    }
  }

  private void tell(Inotify.Event event) {
    if (event.is(Inotify.OVERFLOW)) {
      overflow();
    } else if (event.is(FOLDER_ENDED)) {
      folderEnded(event);
    } else {
      for (WatchedFolder watch : links.all()) {
        if (watch.isAttachedTo(event.watch())) {
          watch.tell(event);
        }
      }
      for (WatchedFolder watch : links.below(event.watch())) {
        watch.tell(event);
      }
    }
  }

  private void overflow() {
    LOG.warn("more folder events than the kernel keeps (sysctl fs.inotify.max_queued_events)");
    tellAllLost("more events than the kernel keeps (sysctl fs.inotify.max_queued_events)");
  }

  private void tellAllLost(String why) {
    for (WatchedFolder watch : links.all()) {
      if (watch.link() instanceof Link.Attached) {
        watch.tellLost(why);
        // The end of the folder may be among what was lost.
        watch.nextLook(System.nanoTime());
      }
    }
  }

  private void folderEnded(Inotify.Event event) {
    int number = event.watch();
    if (event.is(Inotify.IGNORED)) {
      // Not when it only moved: by then it may be watched under its new name, by the same number.
      links.below(number).forEach(links::removeBelow);
    }
    for (WatchedFolder watch : links.all()) {
      if (watch.isAttachedTo(number)) {
        Link before = watch.link();
        links.set(watch, new Link.Missing("removed, renamed or unmounted"));
        watch.tellChange(before, watch.link());
        watch.nextLook(System.nanoTime());
      }
    }
  }

  /** Whoever is looked at a little early is so with others from then on: fewer wake-ups. */
  private void lookAgain() {
    for (WatchedFolder watch : links.all()) {
      long early = (watch.link().isThere() ? checkNanos : retryNanos) / EARLY;
      boolean due = !isForGood(watch.link()) && watch.nextLook() - System.nanoTime() <= early;
      if (due) {
        Link before = watch.link();
        links.renew(watch);
        watch.tellChange(before, watch.link());
        planNextLook(watch);
      }
    }
  }

  private void planNextLook(WatchedFolder watch) {
    boolean there = watch.link().isThere();
    watch.nextLook(System.nanoTime() + (there ? checkNanos : retryNanos));
  }

  private static boolean isForGood(Link link) {
    return link instanceof Link.Polled polled && polled.forGood();
  }
}
