package fr.epiconcept.navette.broker.carry;

import fr.epiconcept.navette.flux.log.FluxLog;
import java.time.Duration;
import java.util.Optional;

/** Says a fault that comes again every few seconds once, until it is another or over. */
final class Complaint {
  private final FluxLog log;

  /** Written in the turn; whoever asks what waits reads it. */
  private volatile String said = "";

  Complaint(FluxLog log) {
    this.log = log;
  }

  void say(String what, Exception cause, Duration again) {
    String line = what + ": " + cause;
    if (!line.equals(said)) {
      String before = said.isEmpty() ? null : said;
      said = line;
      log.error(null, "suspended", "reason", line, "again-in", again, "instead-of", before);
    }
  }

  /** The fault of the moment, or nothing. */
  Optional<String> present() {
    String now = said;
    return now.isEmpty() ? Optional.empty() : Optional.of(now);
  }

  void over() {
    if (!said.isEmpty()) {
      log.info(null, "goes-on", "after", said);
      said = "";
    }
  }
}
