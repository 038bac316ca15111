package fr.epiconcept.navette.flux.pulse;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.inbox.Inbox;
import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.log.LogLine.Level;
import fr.epiconcept.navette.flux.view.FluxStatus.LastError;
import fr.epiconcept.navette.flux.view.FluxStatus.LastFile;
import fr.epiconcept.navette.flux.view.FluxStatus.Scan;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** What the log of one flux has told. Safe for several threads; of bounded size. */
public final class Pulse {
  private static final int MOST_KEPT = 64;
  private static final int SCANS_MISSED = 3;

  /** A machine under load may be late by seconds. */
  private static final Duration SHORTEST_LIMIT = Duration.ofSeconds(10);

  /** The ends of a deposit. */
  private static final Set<String> ENDS =
      Set.of("processed", "failed", "interrupted", "quarantined", "dead");

  /** A flux takes files away from here. */
  private static final Set<String> OUTWARD =
      Set.of(
          "deposited",
          "claimed",
          "check-not-yet",
          "quarantined",
          "published",
          "answer-found",
          "answer-taken",
          "answer-sent");

  /** Faults that go on until something says that they are over. */
  private static final Set<String> LASTING =
      Set.of("suspended", "receives-nothing", "script-not-started");

  /** After one of these the file that they are about is no longer kept by a fault. */
  private static final Set<String> FILE_GOES_ON =
      Set.of("processed", "failed", "archived", "output", "published", "answered");

  private final LongSupplier nanoTime;

  // Guarded by this.
  private final Map<FileId, String> names = bounded();
  private final Map<String, LastError> lasting = bounded();
  private LastFile lastFile;
  private LastError lastError;
  private boolean outwardOnce;
  private long outwardAt;
  private long heardAt;

  /**
   * Nothing was heard yet.
   *
   * @param nanoTime the monotonic clock
   */
  public Pulse(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.heardAt = nanoTime.getAsLong();
  }

  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > MOST_KEPT;
      }
    };
  }

  /** The log told this. */
  public synchronized void hear(LogLine line) {
    heardAt = nanoTime.getAsLong();
    if (OUTWARD.contains(line.event())) {
      outwardOnce = true;
      outwardAt = heardAt;
    }
    if (line.level() == Level.ERROR) {
      fault(line);
    } else {
      over(line);
      line.id().ifPresent(id -> file(id, line));
    }
  }

  private void file(FileId id, LogLine line) {
    if (!line.fields().containsKey("answer") && line.field("name").isPresent()) {
      names.put(id, line.field("name").get());
    }
    // The worker says "interrupted" as a warning when a run is, and as its end when that is all.
    boolean runOnly = line.event().equals("interrupted") && line.level() == Level.WARN;
    if (ENDS.contains(line.event()) && !runOnly) {
      lastFile =
          new LastFile(
              id, Optional.ofNullable(names.get(id)), line.event(), line.time().toInstant());
    }
  }

  // --- faults ---

  private void fault(LogLine line) {
    LastError error =
        new LastError(
            line.time().toInstant(),
            line.event(),
            line.id(),
            reason(line),
            LASTING.contains(line.event()));
    line.field("instead-of").ifPresent(this::over);
    lastError = error;
    if (error.lasts()) {
      String key = key(error);
      lasting.remove(key);
      lasting.put(key, error);
    }
  }

  private static String reason(LogLine line) {
    return line.field("reason")
        .orElseGet(
            () ->
                line.fields().entrySet().stream()
                    .map(field -> field.getKey() + "=" + field.getValue())
                    .collect(Collectors.joining(" ")));
  }

  /** A flux may be suspended for several reasons at once, each of which ends on its own. */
  private static String key(LastError error) {
    return error.event()
        + (error.event().equals("suspended") && error.id().isEmpty() ? error.reason() : "")
        + error.id().map(FileId::value).orElse("");
  }

  private void over(LogLine line) {
    if (line.event().equals("goes-on")) {
      line.field("after").ifPresentOrElse(this::over, lasting::clear);
    } else if (line.id().isPresent() && isGoingOn(line)) {
      lasting.values().removeIf(error -> error.id().equals(line.id()));
    }
  }

  private void over(String reason) {
    lasting.values().removeIf(error -> error.id().isEmpty() && error.reason().equals(reason));
  }

  private static boolean isGoingOn(LogLine line) {
    return FILE_GOES_ON.contains(line.event())
        || (line.event().equals("again-later") && line.field("exit").isPresent());
  }

  // --- what was heard ---

  /** The last file that came to an end. */
  public synchronized Optional<LastFile> lastFile() {
    return Optional.ofNullable(lastFile);
  }

  /** A fault that goes on, the latest if there are several; or else the last one that was told. */
  public synchronized Optional<LastError> lastError() {
    LastError latest = null;
    for (LastError each : lasting.values()) {
      // The map keeps the order in which they were told.
      latest = each;
    }
    if (latest == null && lastError != null) {
      latest =
          new LastError(
              lastError.at(), lastError.event(), lastError.id(), lastError.reason(), false);
    }
    return Optional.ofNullable(latest);
  }

  /** How long ago anything was told; since the beginning, if nothing was. */
  public synchronized Duration silence() {
    return Duration.ofNanos(nanoTime.getAsLong() - heardAt);
  }

  /**
   * How a folder is watched: overdue if it was not listed for three times as long as it is to be,
   * and no file of it took a step meanwhile (a turn that takes thousands away lists nothing).
   *
   * @param busy how long the turn that lists it has been at work
   */
  public synchronized Scan scan(Inbox.Glance glance, Optional<Duration> busy, Instant now) {
    Duration limit = longest(glance.every().multipliedBy(SCANS_MISSED), SHORTEST_LIMIT);
    boolean missing = glance.listedAgo().orElse(glance.age()).compareTo(limit) > 0;
    boolean moving = outwardOnce && nanoTime.getAsLong() - outwardAt <= limit.toNanos();
    return new Scan(
        glance.listedAgo().map(now::minus),
        glance.every(),
        missing && !moving,
        busy.map(now::minus));
  }

  private static Duration longest(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }
}
