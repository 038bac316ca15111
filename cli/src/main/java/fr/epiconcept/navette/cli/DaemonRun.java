package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a daemon from its start to its orderly end: SIGTERM and SIGINT stop it, SIGHUP lets it read
 * its configuration again, and systemd is told.
 *
 * <p>A stop is bounded, also one that comes while the start hangs: when the daemon's limit is over,
 * the process ends as it would in a crash, which every step on the way of a file is made for.
 */
final class DaemonRun {
  private static final Logger LOG = LoggerFactory.getLogger(DaemonRun.class);

  /** Rarely: a file system that hangs may keep a thread for each try. */
  private static final Duration TRY_AGAIN = Duration.ofSeconds(30);

  /** What systemd grants beyond our own limit, so that we say why we end. */
  private static final Duration LAST_WORD = Duration.ofSeconds(10);

  private final Daemon daemon;
  private final Systemd systemd;
  private final IntConsumer halt;
  private final Object reloading = new Object();
  private final CompletableFuture<String> stopAsked = new CompletableFuture<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(work -> thread(work, "stop-and-watchdog"));
  private final ScheduledExecutorService trials =
      Executors.newSingleThreadScheduledExecutor(work -> thread(work, "try-again"));

  /**
   * @param halt ends the process at once with an exit code
   */
  DaemonRun(Daemon daemon, Systemd systemd, IntConsumer halt) {
    this.daemon = daemon;
    this.systemd = systemd;
    this.halt = halt;
  }

  /** Returns once the daemon has stopped. */
  ExitCode run() throws Exception {
    Signals.on("TERM", () -> askToStop("SIGTERM"));
    Signals.on("INT", () -> askToStop("SIGINT"));
    Signals.on("HUP", this::hangUp);
    try {
      // A reload that is asked for meanwhile waits: it is for a daemon that runs.
      synchronized (reloading) {
        daemon.start(this::reload);
        if (!stopAsked.isDone()) {
          systemd.ready();
          feedWatchdog();
          tryAgainLater();
          LOG.info("navette {} is ready", daemon.name());
        }
      }
      ExitCode code = untilTheEnd();
      systemd.stopping(daemon.stopLimit().plus(LAST_WORD));
      if (!stopAsked.isDone()) {
        boundStop();
      }
      daemon.stop();
      LOG.info("navette {} has stopped", daemon.name());
      return code;
    } finally {
      timer.shutdownNow();
      trials.shutdownNow();
    }
  }

  // --- reload ---

  /** On a thread of the signal's own. */
  private void hangUp() {
    LOG.info("navette {} reads its configuration again: SIGHUP", daemon.name());
    try {
      reload(item -> {});
    } catch (Refusal | IOException | RuntimeException told) {
      LOG.debug("nothing is changed", told);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void reload(Question question, Asker asker, Reply reply)
      throws Refusal, IOException, InterruptedException {
    LOG.info("navette {} reads its configuration again: {} asks", daemon.name(), asker);
    reload(reply);
  }

  /** One after the other; for systemd each is one that has begun and ended. */
  private void reload(Reply reply) throws Refusal, IOException, InterruptedException {
    synchronized (reloading) {
      if (stopAsked.isDone()) {
        throw new Refusal("navette " + daemon.name() + " stops");
      }
      systemd.reloading();
      try {
        daemon.reload(reply);
      } catch (Refusal refused) {
        LOG.error("nothing is changed: {}", refused.getMessage());
        throw refused;
      } catch (IOException | RuntimeException e) {
        LOG.error("the configuration is not taken up, or not told to whoever asked", e);
        throw e;
      } finally {
        systemd.ready();
      }
    }
  }

  /** On a thread of its own: the watchdog waits for no file system. */
  @SuppressWarnings("FutureReturnValueIgnored") // tryAgain keeps its exceptions to itself
  private void tryAgainLater() {
    trials.scheduleWithFixedDelay(
        this::tryAgain, TRY_AGAIN.toMillis(), TRY_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tryAgain() {
    synchronized (reloading) {
      if (stopAsked.isDone()) {
        return;
      }
      try {
        daemon.tryAgain();
      } catch (RuntimeException e) {
        LOG.warn("what could not run cannot be tried again now", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // --- the end ---

  private void askToStop(String why) {
    if (stopAsked.complete(why)) {
      LOG.info("navette {} stops: {}", daemon.name(), why);
      boundStop();
    }
  }

  private ExitCode untilTheEnd() {
    CompletableFuture<Void> ended = daemon.ended().toCompletableFuture();
    try {
      CompletableFuture.anyOf(stopAsked, ended).join();
    } catch (CompletionException | CancellationException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      LOG.error("navette {} cannot go on and stops", daemon.name(), cause);
      return ExitCode.of(cause);
    }
    return ExitCode.DONE;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // giveUp ends the process: nobody waits for it
  private void boundStop() {
    Duration limit = daemon.stopLimit();
    timer.schedule(() -> giveUp(limit), limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void giveUp(Duration limit) {
    LOG.error(
        "navette {} did not stop within {} s and ends as it is; the next start takes up what is"
            + " under way",
        daemon.name(),
        limit.toSeconds());
    halt.accept(ExitCode.FAILED.code());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // feed keeps its exceptions to itself
  private void feedWatchdog() {
    systemd
        .watchdog()
        .ifPresent(
            // Not at once: systemd counts from the start, and no flux has been looked at yet.
            interval ->
                timer.scheduleWithFixedDelay(
                    this::feed, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void feed() {
    try {
      if (daemon.isProgressing()) {
        systemd.alive();
      } else {
        LOG.warn("navette {} makes no progress: systemd's watchdog is not fed", daemon.name());
      }
    } catch (RuntimeException e) {
      LOG.warn("Whether navette {} makes progress cannot be told", daemon.name(), e);
    }
  }

  private static Thread thread(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
