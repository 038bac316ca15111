package fr.epiconcept.navette.cli;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A daemon as the command sees it that runs it in the foreground: started once, stopped once. */
interface Daemon {
  /** How the daemon is called in messages: {@code ingest} or {@code worker}. */
  String name();

  /** Returns once it works; a start that fails leaves nothing behind. */
  void start() throws Exception;

  /** Ends when the daemon has ended by itself, with the cause if that was a failure. */
  CompletionStage<Void> ended();

  /**
   * Whether it makes progress. While it does not, the watchdog of systemd is not fed, and systemd
   * starts it again. Called from a thread of its own; must not wait.
   */
  boolean isProgressing();

  /** How long {@link #stop} may take; beyond it the process ends anyway. */
  Duration stopLimit();

  /** Stops in order; what cannot be ended in time is left so that the next start takes it up. */
  void stop() throws Exception;
}
