package fr.epiconcept.navette.flux.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import fr.epiconcept.navette.flux.FluxName;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The logs of the fluxes: one logger {@code flux.<name>} for each, one appender for each file.
 *
 * <p>They live in a Logback context of their own, so nothing that is done to the daemon's own
 * logging (its {@code logback.xml}, a reload of it) can lose an event of a file.
 */
public final class FluxLogs implements AutoCloseable {
  private final InstantSource clock;
  private final ZoneId zone;
  private final LoggerContext context = new LoggerContext();
  private final Map<Path, OutputStreamAppender<ILoggingEvent>> appenders = new HashMap<>();
  private final Map<FluxName, Path> files = new HashMap<>();
  private final List<LogListener> listeners = new CopyOnWriteArrayList<>();

  /** Logs in the system's time and time zone. */
  public FluxLogs() {
    this(InstantSource.system(), ZoneId.systemDefault());
  }

  /** Logs in that time, spelled as people in {@code zone} spell it. */
  public FluxLogs(InstantSource clock, ZoneId zone) {
    this.clock = clock;
    this.zone = zone;
    context.setName("flux");
    context.setMDCAdapter(new LogbackMDCAdapter());
    context.start();
  }

  /**
   * The log of {@code flux}, which goes to {@code file} from now on.
   *
   * <p>The file is opened, and made with mode 0640 where there is none, at the first event. Its
   * folder is not made: one that is missing may be a disk that is not mounted yet. Two fluxes may
   * share a file. A flux that was open goes on in the new file, also through the {@link FluxLog}
   * given before.
   */
  public synchronized FluxLog open(FluxName flux, Path file) {
    Path path = file.toAbsolutePath().normalize();
    Logger logger = loggerOf(flux);
    if (!path.equals(files.get(flux))) {
      close(flux);
      files.put(flux, path);
      logger.setLevel(Level.INFO);
      logger.setAdditive(false);
      logger.addAppender(appenders.computeIfAbsent(path, this::appender));
    }
    return new LineLog(logger, clock, zone, line -> hear(flux, line));
  }

  private void hear(FluxName flux, LogLine line) {
    listeners.forEach(listener -> listener.logged(flux, line));
  }

  /** From now on {@code listener} hears every line. */
  public void tell(LogListener listener) {
    listeners.add(listener);
  }

  /** Ends the log of {@code flux}; events that still come are dropped. No matter if not open. */
  public synchronized void close(FluxName flux) {
    Path path = files.remove(flux);
    if (path == null) {
      return;
    }
    OutputStreamAppender<ILoggingEvent> appender = appenders.get(path);
    loggerOf(flux).detachAppender(appender);
    if (!files.containsValue(path)) {
      appenders.remove(path);
      appender.stop();
    }
  }

  /** Ends all logs. */
  @Override
  public synchronized void close() {
    Map.copyOf(files).keySet().forEach(this::close);
    context.stop();
  }

  private Logger loggerOf(FluxName flux) {
    return context.getLogger("flux." + flux.value());
  }

  private OutputStreamAppender<ILoggingEvent> appender(Path path) {
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setName(path.toString());
    appender.setEncoder(new LineEncoder());
    appender.setOutputStream(new LogFile(path, this::gapLine));
    appender.start();
    return appender;
  }

  private String gapLine(long lost) {
    return new LogLine(
            LineLog.now(clock, zone),
            LogLine.Level.WARN,
            Optional.empty(),
            "log-gap",
            Map.of("lost", Long.toString(lost)))
        .toString();
  }
}
