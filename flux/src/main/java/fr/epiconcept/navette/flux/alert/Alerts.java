package fr.epiconcept.navette.flux.alert;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.alert.Alert.Origin;
import fr.epiconcept.navette.flux.config.AlertClass;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.flux.turn.Turns;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls somebody. Events and conditions come from any thread and are noted at once; one thread
 * after the other runs a command for each alert.
 *
 * <p>The first event of a class and flux is told at once. Those that follow within {@code at-most}
 * are one alert with their number, when that time is over. An alert whose command fails is kept,
 * counted together with what follows, and tried again. A daemon that stops tells what it had kept
 * back; what cannot be told within seconds then is lost. So is the time of the last alert: after a
 * restart the first event is told at once.
 *
 * <p>There is one {@link Slot} for each class and flux (and account, or certificate), whatever the
 * number of events: that is all the memory that a storm needs.
 */
public final class Alerts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);

  private static final Duration AGAIN = Duration.ofMinutes(1);
  private static final Duration LONGEST_RUN = Duration.ofMinutes(1);
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final Origin origin;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Timing timing;
  private final AlertCommand commands;
  private final Turn turn;

  // Guarded by this.
  private AlertRules ofDaemon = AlertRules.NONE;
  private Map<FluxName, AlertRules> ofFluxes = Map.of();
  private final Map<Key, Slot> slots = new LinkedHashMap<>();
  private final Map<String, Map<Key, Condition>> standing = new HashMap<>();
  private String complaint = "";
  private long failures;
  private boolean delivering;
  private boolean closed;

  private record Key(AlertClass alert, Optional<FluxName> flux, String subject) {}

  /**
   * How long things take.
   *
   * @param again after how long an alert is tried again whose command failed
   * @param longestRun how long a command may run
   * @param lastWords how long the end of the daemon waits for alerts that are still to be told
   */
  record Timing(Duration again, Duration longestRun, Duration lastWords) {}

  /** An event that happened. */
  record Event(
      AlertClass alert,
      FluxName flux,
      Optional<FileId> id,
      Optional<String> name,
      Instant since,
      String message,
      Map<String, String> values) {}

  /** Calls nobody yet: see {@link #configure}. */
  public Alerts(Origin origin, Turns turns) {
    this(
        origin,
        turns,
        InstantSource.system(),
        System::nanoTime,
        new Timing(AGAIN, LONGEST_RUN, LAST_WORDS));
  }

  Alerts(Origin origin, Turns turns, InstantSource clock, LongSupplier nanoTime, Timing timing) {
    this.origin = origin;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.timing = timing;
    this.commands = new AlertCommand(timing.longestRun());
    this.turn = turns.turn("alerts", this::deliver);
  }

  // --- settings ---

  /** From now on these are the rules; what is to be told of a flux that is gone is dropped. */
  public synchronized void configure(AlertRules daemon, Collection<FluxConfig> fluxes) {
    ofDaemon = daemon;
    Map<FluxName, AlertRules> rules = new HashMap<>();
    fluxes.forEach(flux -> rules.put(flux.name(), flux.alerts()));
    ofFluxes = Map.copyOf(rules);
    slots.keySet().removeIf(key -> words(key).isEmpty());
    wake();
  }

  /** The rules of a flux; nobody is called for one that is unknown. */
  public synchronized AlertRules rules(FluxName flux) {
    return ofFluxes.getOrDefault(flux, AlertRules.NONE);
  }

  /** The rules for what concerns no single flux. */
  public synchronized AlertRules rules() {
    return ofDaemon;
  }

  private AlertRules rules(Key key) {
    return key.flux().map(this::rules).orElse(ofDaemon);
  }

  private List<String> words(Key key) {
    return rules(key).commandFor(key.alert());
  }

  // --- what happens ---

  /** An event of a flux. */
  synchronized void happens(Event event) {
    slot(event).ifPresent(slot -> slot.happens(news(event)));
    wake();
  }

  /** The same, of what lasts until it is {@link #over}; it may begin for several reasons. */
  synchronized void begins(Event event) {
    slot(event).ifPresent(slot -> slot.begins(news(event)));
    wake();
  }

  /** What {@link #begins} told of is over, in all that it had begun for. */
  synchronized void over(Event event) {
    Slot slot = slots.get(new Key(event.alert(), Optional.of(event.flux()), ""));
    if (slot != null && !closed) {
      slot.ends(news(event).over(clock.instant()));
      wake();
    }
  }

  private Optional<Slot> slot(Event event) {
    Key key = new Key(event.alert(), Optional.of(event.flux()), "");
    return words(key).isEmpty() || closed
        ? Optional.empty()
        : Optional.of(slots.computeIfAbsent(key, k -> new Slot()));
  }

  private Alert news(Event event) {
    return Alert.news(
            event.alert(),
            origin,
            Optional.of(event.flux()),
            clock.instant(),
            event.since(),
            event.message(),
            event.values())
        .about(event.id(), event.name());
  }

  /** A flux cannot start, and no line of its log says so. */
  public void down(FluxName flux, String why) {
    begins(
        new Event(
            AlertClass.SUSPENDED,
            flux,
            Optional.empty(),
            Optional.empty(),
            clock.instant(),
            "flux " + flux + " cannot go on: " + why,
            Map.of("reason", why)));
  }

  /**
   * It has started.
   *
   * @param since when it was {@link #down}
   */
  public void up(FluxName flux, Instant since) {
    over(
        new Event(
            AlertClass.SUSPENDED,
            flux,
            Optional.empty(),
            Optional.empty(),
            since,
            "flux " + flux + " has started",
            Map.of()));
  }

  /** Something happened that concerns no single flux. */
  public synchronized void happens(AlertClass alert, String message) {
    Key key = new Key(alert, Optional.empty(), "");
    if (words(key).isEmpty() || closed) {
      return;
    }
    Instant now = clock.instant();
    slots
        .computeIfAbsent(key, k -> new Slot())
        .happens(Alert.news(alert, origin, key.flux(), now, now, message, Map.of()));
    wake();
  }

  /**
   * All that is wrong now, as one observer sees it: what was not there before begins, what is not
   * there any more is over.
   */
  synchronized void stands(String observer, Collection<Condition> conditions) {
    if (closed) {
      return;
    }
    Map<Key, Condition> before = standing.getOrDefault(observer, Map.of());
    Map<Key, Condition> now = new LinkedHashMap<>();
    for (Condition condition : conditions) {
      Key key = new Key(condition.alert(), condition.flux(), condition.subject());
      if (!words(key).isEmpty() && now.put(key, condition) == null && !before.containsKey(key)) {
        slots.computeIfAbsent(key, k -> new Slot()).begins(news(condition));
      }
    }
    before.forEach(
        (key, condition) -> {
          if (!now.containsKey(key) && slots.containsKey(key)) {
            slots.get(key).ends(news(condition).over(clock.instant()));
          }
        });
    standing.put(observer, now);
    wake();
  }

  /** An observer is gone, and whatever it saw. Nothing of that is told to be over. */
  synchronized void forget(String observer) {
    standing.getOrDefault(observer, Map.of()).keySet().forEach(slots::remove);
    standing.remove(observer);
  }

  private Alert news(Condition condition) {
    return Alert.news(
        condition.alert(),
        origin,
        condition.flux(),
        clock.instant(),
        condition.since(),
        condition.message(),
        condition.values());
  }

  private void wake() {
    if (!slots.isEmpty()) {
      turn.wake();
    }
  }

  // --- telling it ---

  private void deliver() {
    Optional<Due> due = next();
    while (due.isPresent()) {
      tell(due.get());
      due = next();
    }
  }

  private record Due(List<String> words, Slot slot, Slot.Taken taken) {}

  /** What is to be told now; if that is nothing, the turn wakes when something will be. */
  private synchronized Optional<Due> next() {
    long now = nanoTime.getAsLong();
    OptionalLong soonest = OptionalLong.empty();
    for (Map.Entry<Key, Slot> entry : slots.entrySet()) {
      OptionalLong in = dueIn(entry, now);
      if (in.isPresent() && in.getAsLong() == 0) {
        delivering = true;
        Slot slot = entry.getValue();
        return Optional.of(new Due(words(entry.getKey()), slot, slot.take()));
      }
      if (in.isPresent() && (soonest.isEmpty() || in.getAsLong() < soonest.getAsLong())) {
        soonest = in;
      }
    }
    delivering = false;
    notifyAll();
    soonest.ifPresent(nanos -> turn.wakeIn(Duration.ofNanos(nanos)));
    return Optional.empty();
  }

  /** Who stops keeps nothing back: nobody would tell it later. */
  private OptionalLong dueIn(Map.Entry<Key, Slot> entry, long now) {
    long atMost = closed ? 0 : rules(entry.getKey()).atMost().toNanos();
    return entry.getValue().dueIn(now, atMost);
  }

  private void tell(Due due) {
    Alert alert = due.taken().alert();
    Optional<String> failure = commands.run(due.words(), alert);
    synchronized (this) {
      long now = nanoTime.getAsLong();
      if (failure.isEmpty()) {
        due.slot().told(due.taken(), now);
        succeeded();
      } else {
        due.slot().failed(due.taken(), now + timing.again().toNanos());
        failed(due.words().get(0), failure.get(), alert);
      }
    }
  }

  private void succeeded() {
    if (failures > 0) {
      LOG.info("alerts are told again, after {} failures", failures);
    }
    failures = 0;
    complaint = "";
  }

  private void failed(String program, String why, Alert alert) {
    failures++;
    String line = program + ": " + why;
    if (!line.equals(complaint)) {
      complaint = line;
      LOG.warn(
          "an alert ({}{}) is not told: {}; tried again every {} s, with what follows",
          alert.alert().word(),
          alert.flux().map(flux -> " of " + flux).orElse(""),
          line,
          timing.again().toSeconds());
    }
  }

  /**
   * Tells what is due, or was kept back to be folded, for five seconds at most, and ends the
   * command that still runs then.
   */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      wake();
    }
    awaitQuiet();
    commands.close();
    turn.close();
  }

  private synchronized void awaitQuiet() {
    long end = System.nanoTime() + timing.lastWords().toNanos();
    try {
      while (delivering || isDue()) {
        long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
        if (left <= 0) {
          return;
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isDue() {
    long now = nanoTime.getAsLong();
    return slots.entrySet().stream()
        .anyMatch(entry -> dueIn(entry, now).equals(OptionalLong.of(0)));
  }
}
