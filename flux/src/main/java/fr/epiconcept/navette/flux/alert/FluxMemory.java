package fr.epiconcept.navette.flux.alert;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.alert.Alerts.Event;
import fr.epiconcept.navette.flux.config.AlertClass;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.log.LogListener;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the file server must remember of one flux to miss something: when the last deposit came, and
 * which processed deposits wait for an acknowledgement. In memory only: a restart begins anew, and
 * alarms nobody.
 */
public final class FluxMemory implements LogListener {
  private static final Logger LOG = LoggerFactory.getLogger(FluxMemory.class);

  private final FluxName flux;
  private final Alerts alerts;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final int most;

  // Guarded by this.
  private Moment lastDeposit;
  private final Map<FileId, Moment> awaited = new LinkedHashMap<>();

  /** Their acknowledgements were quicker than their outcomes. */
  private final Set<FileId> early = new LinkedHashSet<>();

  private boolean capTold;

  private record Moment(Instant at, long nanos) {}

  /**
   * Remembers nothing yet.
   *
   * @param most for how many deposits at once an acknowledgement is awaited
   */
  public FluxMemory(
      FluxName flux, Alerts alerts, InstantSource clock, LongSupplier nanoTime, int most) {
    this.flux = flux;
    this.alerts = alerts;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.most = most;
    this.lastDeposit = now();
  }

  private Moment now() {
    return new Moment(clock.instant(), nanoTime.getAsLong());
  }

  @Override
  public synchronized void logged(FluxName itsFlux, LogLine line) {
    switch (line.event()) {
      case "deposited" -> lastDeposit = now();
      case "processed" -> line.id().ifPresent(this::processed);
      case "acknowledged" -> line.id().ifPresent(this::acknowledged);
      default -> {}
    }
  }

  private void processed(FileId id) {
    if (early.remove(id) || alerts.rules(flux).acknowledgement().isEmpty()) {
      return;
    }
    if (awaited.size() < most) {
      awaited.put(id, now());
    } else if (!capTold) {
      capTold = true;
      LOG.warn(
          "flux {}: {} processed deposits wait for their acknowledgements; an overdue one of those"
              + " that follow is not told until they are fewer",
          flux,
          most);
    }
  }

  private void acknowledged(FileId id) {
    if (awaited.remove(id) == null && alerts.rules(flux).acknowledgement().isPresent()) {
      early.add(id);
      if (early.size() > most) {
        Iterator<FileId> oldest = early.iterator();
        oldest.next();
        oldest.remove();
      }
    }
  }

  /** Tells the acknowledgements that are overdue, each once. */
  public void tellOverdue() {
    alerts
        .rules(flux)
        .acknowledgement()
        .ifPresent(limit -> overdue(limit).forEach(alerts::happens));
  }

  private synchronized List<Event> overdue(Duration limit) {
    List<Event> events = new ArrayList<>();
    long now = nanoTime.getAsLong();
    Iterator<Map.Entry<FileId, Moment>> oldestFirst = awaited.entrySet().iterator();
    while (oldestFirst.hasNext()) {
      Map.Entry<FileId, Moment> next = oldestFirst.next();
      if (now - next.getValue().nanos() < limit.toNanos()) {
        break;
      }
      oldestFirst.remove();
      events.add(event(next.getKey(), next.getValue().at(), limit));
    }
    capTold = capTold && awaited.size() >= most;
    return events;
  }

  private Event event(FileId id, Instant processed, Duration limit) {
    return new Event(
        AlertClass.ACKNOWLEDGEMENT,
        flux,
        Optional.of(id),
        Optional.empty(),
        processed,
        id + " was processed, and no acknowledgement of it has come within " + words(limit),
        Map.of("within", words(limit)));
  }

  /** That no file has come for too long, if that is so. */
  public synchronized Optional<Condition> silence() {
    AlertRules rules = alerts.rules(flux);
    return rules
        .silence()
        .filter(limit -> nanoTime.getAsLong() - lastDeposit.nanos() >= limit.toNanos())
        .map(
            limit ->
                new Condition(
                    AlertClass.SILENCE,
                    Optional.of(flux),
                    "",
                    lastDeposit.at(),
                    "no file has come to flux " + flux + " for " + words(limit),
                    Map.of("limit", words(limit))));
  }

  /** Such as {@code 1 h 30 m}. */
  static String words(Duration time) {
    StringBuilder text = new StringBuilder();
    unit(text, time.toDays(), "d");
    unit(text, time.toHoursPart(), "h");
    unit(text, time.toMinutesPart(), "m");
    unit(text, time.toSecondsPart(), "s");
    return text.isEmpty() ? "0 s" : text.toString().strip();
  }

  private static void unit(StringBuilder text, long count, String unit) {
    if (count > 0) {
      text.append(count).append(' ').append(unit).append(' ');
    }
  }
}
