package fr.epiconcept.navette.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Marker;

/**
 * Keeps out of the log what Artemis says, often with a stack trace, and Navette says itself in one
 * line or expects every day. For {@code logback.xml}: {@code <turboFilter
 * class="fr.epiconcept.navette.broker.ArtemisNoise"/>}.
 */
public final class ArtemisNoise extends TurboFilter {
  private static final String ARTEMIS = "org.apache.activemq.";
  private static final String AUDIT = "org.apache.activemq.audit";
  private static final int CODE_LENGTH = "AMQ000000".length();

  private static final Set<String> SAID_BY_US =
      Set.of(
          "AMQ212002", // a listener still runs its script while its link is closed
          "AMQ212037", // a connection broke: BrokerLink says so
          "AMQ214016", // a connection could not be made: BrokerLink says why
          "AMQ222059", // a duplicate was dropped: that is what file ids are for
          "AMQ222061", // a client is gone
          "AMQ222107", // and its session was cleared
          "AMQ222216", // a login was refused: RefusalLog says so
          "AMQ224000", // a start failed: EmbeddedBroker refuses with the reason
          "AMQ224088", // a connection was not accepted in time: port scanners, health checks
          "AMQ224097"); // an acceptor did not start: EmbeddedBroker refuses with the reason

  /**
   * A client did not get through TLS: said once a minute for each host, for scanners never rest.
   */
  private static final String HANDSHAKE = "AMQ222208";

  private final Seldom seldom;

  /** Made by Logback. */
  public ArtemisNoise() {
    this(System::nanoTime);
  }

  ArtemisNoise(LongSupplier nanoTime) {
    this.seldom = new Seldom(nanoTime);
  }

  @Override
  public FilterReply decide(
      Marker marker, Logger logger, Level level, String format, Object[] params, Throwable t) {
    if (!logger.getName().startsWith(ARTEMIS)) {
      return FilterReply.NEUTRAL;
    }
    if (logger.getName().startsWith(AUDIT)) {
      return FilterReply.DENY;
    }
    if (format == null || format.length() < CODE_LENGTH) {
      return FilterReply.NEUTRAL;
    }
    String code = format.substring(0, CODE_LENGTH);
    if (code.equals(HANDSHAKE)) {
      return handshake(params);
    }
    return SAID_BY_US.contains(code) ? FilterReply.DENY : FilterReply.NEUTRAL;
  }

  private FilterReply handshake(Object[] params) {
    String from = params == null || params.length == 0 ? "" : String.valueOf(params[0]);
    return seldom.isNew(Seldom.host(from)) ? FilterReply.NEUTRAL : FilterReply.DENY;
  }
}
