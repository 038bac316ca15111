package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A daemon as the command sees it that runs it in the foreground: started once, stopped once. */
interface Daemon {
  /** How the daemon is called in messages: {@code ingest} or {@code worker}. */
  String name();

  /**
   * Returns once it works; a start that fails leaves nothing behind.
   *
   * @param reload answers whoever asks the running daemon to read its configuration again
   */
  void start(Desk.Clerk reload) throws Exception;

  /**
   * Takes up the configuration as it stands on disk now. Never called twice at once.
   *
   * @param done is given what was done, one item a flux
   * @throws Refusal if nothing was changed, with the reason
   */
  void reload(Reply done) throws Refusal, IOException, InterruptedException;

  /**
   * Starts what could not run when the configuration was read, if it can now. Never called while
   * another call, or {@link #reload}, is under way.
   */
  void tryAgain() throws InterruptedException;

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
