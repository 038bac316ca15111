package fr.epiconcept.navette.cli;

import info.faljse.SDNotify.SDNotify;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What systemd, if it started us, wants to hear ({@code Type=notify}); nothing otherwise. */
final class Systemd {
  private final boolean listens;
  private final Optional<Duration> watchdog;

  private Systemd(boolean listens, Optional<Duration> watchdog) {
    this.listens = listens;
    this.watchdog = watchdog;
  }

  /** As the environment of the process says. */
  static Systemd of(Map<String, String> environment) {
    boolean listens = !environment.getOrDefault("NOTIFY_SOCKET", "").isEmpty();
    return new Systemd(listens, listens ? interval(environment) : Optional.empty());
  }

  /** Twice as often as systemd asks for. */
  private static Optional<Duration> interval(Map<String, String> environment) {
    String pid = environment.getOrDefault("WATCHDOG_PID", "");
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    boolean meantForUs = pid.isEmpty() || pid.equals(Long.toString(ProcessHandle.current().pid()));
    return meantForUs && micros.matches("[1-9][0-9]{0,15}")
        ? Optional.of(Duration.ofNanos(Long.parseLong(micros) * 500))
        : Optional.empty();
  }

  /** How often {@link #alive} is expected; empty: never. */
  Optional<Duration> watchdog() {
    return watchdog;
  }

  void ready() {
    if (listens) {
      SDNotify.sendNotify();
    }
  }

  /**
   * The configuration is read again; {@link #ready} follows. The time is that of CLOCK_MONOTONIC,
   * which Java's nanoTime reads on Linux: by it {@code Type=notify-reload} knows that this is the
   * answer to its signal.
   */
  void reloading() {
    if (listens) {
      SDNotify.sendRaw("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
    }
  }

  void alive() {
    if (listens) {
      SDNotify.sendWatchdog();
    }
  }

  /**
   * The daemon stops.
   *
   * @param atMost how long that may take: systemd waits for it, though its unit may say less
   */
  void stopping(Duration atMost) {
    if (listens) {
      SDNotify.sendRaw("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + atMost.toNanos() / 1000);
    }
  }
}
