package fr.epiconcept.navette.flux.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;

/**
 * What a daemon says to journald, for the pattern of {@code logback.xml}: the message on one line,
 * whatever names it holds, and its cause.
 *
 * <p>A cause is one line too, unless it is an error or {@code -Dnavette.debug} is set: an
 * administrator who reads "connection refused" fifty times needs no fifty stack traces.
 */
public final class DaemonLine extends ClassicConverter {
  @Override
  public String convert(ILoggingEvent event) {
    String message = Quoting.oneLine(event.getFormattedMessage());
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown == null) {
      return message;
    }
    if (event.getLevel().isGreaterOrEqual(Level.ERROR) || isDebug()) {
      return message + "\n" + ThrowableProxyUtil.asString(thrown).stripTrailing();
    }
    String cause = thrown.getClassName() + ": " + thrown.getMessage();
    return message + " (" + Quoting.oneLine(cause) + ")";
  }

  /** Set without a value it counts too; only "false" takes it back. */
  private static boolean isDebug() {
    String set = System.getProperty("navette.debug");
    return set != null && !set.equals("false");
  }
}
