package fr.epiconcept.navette.flux.log;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Listens to what the daemon is told about its logs. */
final class DaemonLog implements AutoCloseable {
  private final Logger logger;
  private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

  DaemonLog(Class<?> speaker) {
    logger = (Logger) LoggerFactory.getLogger(speaker);
    heard.start();
    logger.addAppender(heard);
  }

  List<String> lines() {
    return List.copyOf(heard.list).stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(heard);
  }
}
