package fr.epiconcept.navette.flux.log;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.log.LogLine.Level;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns events into lines and gives them to the flux's logger. */
final class LineLog implements FluxLog {
  private static final Logger DAEMON = LoggerFactory.getLogger(LineLog.class);

  private final Logger logger;
  private final InstantSource clock;
  private final ZoneId zone;
  private final Consumer<LogLine> hears;

  LineLog(Logger logger, InstantSource clock, ZoneId zone, Consumer<LogLine> hears) {
    this.logger = logger;
    this.clock = clock;
    this.zone = zone;
    this.hears = hears;
  }

  @Override
  public void info(FileId idOrNull, String event, Object... keysAndValues) {
    LogLine line = line(Level.INFO, idOrNull, event, keysAndValues);
    logger.info(line.toString());
    hears.accept(line);
  }

  @Override
  public void warn(FileId idOrNull, String event, Object... keysAndValues) {
    LogLine line = line(Level.WARN, idOrNull, event, keysAndValues);
    logger.warn(line.toString());
    hears.accept(line);
  }

  @Override
  public void error(FileId idOrNull, String event, Object... keysAndValues) {
    LogLine line = line(Level.ERROR, idOrNull, event, keysAndValues);
    logger.error(line.toString());
    hears.accept(line);
  }

  private LogLine line(Level level, FileId idOrNull, String event, Object... keysAndValues) {
    OffsetDateTime now = now(clock, zone);
    Optional<FileId> id = Optional.ofNullable(idOrNull);
    try {
      return new LogLine(now, level, id, event, fields(keysAndValues));
    } catch (RuntimeException e) {
      // A mistake in our own call; it must not cost a file its way, nor go unseen
      DAEMON.error("An event could not be logged as it should; this is a fault of Navette", e);
      Map<String, String> what = Map.of("why", String.valueOf(e.getMessage()));
      return new LogLine(now, Level.ERROR, id, "log-fault", what);
    }
  }

  static OffsetDateTime now(InstantSource clock, ZoneId zone) {
    return clock.instant().atZone(zone).toOffsetDateTime();
  }

  private static Map<String, String> fields(Object... keysAndValues) {
    if (keysAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("a key without a value, or a value without a key");
    }
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String key = (String) keysAndValues[i];
      String value = ValueText.of(keysAndValues[i + 1]);
      if (value != null && fields.put(key, value) != null) {
        throw new IllegalArgumentException("the key " + key + " stands twice");
      }
    }
    return fields;
  }
}
