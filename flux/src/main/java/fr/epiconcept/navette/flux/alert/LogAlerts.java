package fr.epiconcept.navette.flux.alert;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.alert.Alerts.Event;
import fr.epiconcept.navette.flux.config.AlertClass;
import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.log.LogLine.Level;
import fr.epiconcept.navette.flux.log.LogListener;
import fr.epiconcept.navette.flux.pulse.Pulses;
import fr.epiconcept.navette.flux.view.FluxStatus.LastError;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The lines of flux logs that somebody is called for. */
public final class LogAlerts implements LogListener {
  private final Alerts alerts;

  /** Knows which faults go on. */
  private final Pulses pulses = new Pulses(System::nanoTime);

  /** Since when those that cannot go on cannot. */
  private final Map<FluxName, Instant> suspended = new ConcurrentHashMap<>();

  /** Tells {@code alerts}. */
  public LogAlerts(Alerts alerts) {
    this.alerts = alerts;
  }

  @Override
  public void logged(FluxName flux, LogLine line) {
    pulses.logged(flux, line);
    if (line.level() != Level.INFO) {
      classOf(line).ifPresent(alert -> tell(alert, flux, line));
    }
    if (line.level() != Level.ERROR) {
      goesOn(flux);
    }
  }

  /** A flux may be suspended for several reasons at once: it goes on when the last one is over. */
  private void goesOn(FluxName flux) {
    Instant since = suspended.get(flux);
    if (since != null && pulses.of(flux).lastError().filter(LastError::lasts).isEmpty()) {
      suspended.remove(flux);
      alerts.over(
          new Event(
              AlertClass.SUSPENDED,
              flux,
              Optional.empty(),
              Optional.empty(),
              since,
              "flux " + flux + " goes on",
              Map.of()));
    }
  }

  /**
   * An outcome {@code interrupted} on the file server is no news (INFO): the worker has told it.
   */
  private static Optional<AlertClass> classOf(LogLine line) {
    return switch (line.event()) {
      case "quarantined" -> Optional.of(AlertClass.QUARANTINED);
      case "dead", "dead-without-content" -> Optional.of(AlertClass.DEAD);
      case "interrupted" -> Optional.of(AlertClass.INTERRUPTED);
      case "suspended", "receives-nothing", "script-not-started" ->
          Optional.of(AlertClass.SUSPENDED);
      default -> Optional.empty();
    };
  }

  private void tell(AlertClass alert, FluxName flux, LogLine line) {
    Map<String, String> values = new LinkedHashMap<>(line.fields());
    values.put("event", line.event());
    String what =
        line.field("name").or(() -> line.id().map(Object::toString)).orElse("flux " + flux);
    String why = line.field("reason").map(reason -> ": " + reason).orElse("");
    Event event =
        new Event(
            alert,
            flux,
            line.id(),
            line.field("name"),
            line.time().toInstant(),
            message(line, what) + why,
            values);
    if (alert == AlertClass.SUSPENDED) {
      suspended.putIfAbsent(flux, event.since());
      alerts.begins(event);
    } else {
      alerts.happens(event);
    }
  }

  private static String message(LogLine line, String what) {
    return switch (line.event()) {
      case "quarantined" -> what + " is in quarantine";
      case "dead" -> what + " is a dead letter";
      case "dead-without-content" -> what + " failed, and its content is no longer in the archive";
      case "interrupted" ->
          "the script was interrupted while it had "
              + what
              + line.field("then").map(then -> " (then: " + then + ")").orElse("");
      case "suspended" -> what + " cannot go on";
      case "receives-nothing" -> what + " receives nothing";
      default -> "the script cannot be started for " + what;
    };
  }
}
