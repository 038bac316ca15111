package fr.epiconcept.navette.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What a class says in the log while this is open. */
public final class Said extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
  private final Logger logger;

  private Said(Logger logger) {
    this.logger = logger;
  }

  public static Said by(Class<?> who) {
    Logger logger = (Logger) LoggerFactory.getLogger(who);
    Said said = new Said(logger);
    said.start();
    logger.setLevel(Level.DEBUG);
    logger.addAppender(said);
    return said;
  }

  public List<ILoggingEvent> events() {
    return events;
  }

  public List<String> lines() {
    return events.stream()
        .filter(e -> e.getLevel().isGreaterOrEqual(Level.INFO))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Override
  protected void append(ILoggingEvent event) {
    events.add(event);
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setLevel(null);
  }
}
