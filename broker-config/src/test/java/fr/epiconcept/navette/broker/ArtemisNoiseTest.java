package fr.epiconcept.navette.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ArtemisNoiseTest {
  private static final String HANDSHAKE = "AMQ222208: SSL handshake failed for client from {}: {}.";

  private final AtomicLong now = new AtomicLong();
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private Logger server;

  @BeforeEach
  void open() {
    LoggerContext context = new LoggerContext();
    context.addTurboFilter(new ArtemisNoise(now::get));
    server = context.getLogger("org.apache.activemq.artemis.core.server");
    said.setContext(context);
    said.start();
    server.addAppender(said);
  }

  private List<String> said() {
    return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void whoFailsAtTlsInALoopIsNamedOnceAMinute() {
    for (int port = 1000; port < 1100; port++) {
      server.warn(HANDSHAKE, "/192.0.2.7:" + port, "not an SSL/TLS record");
    }
    server.warn(HANDSHAKE, "/192.0.2.8:1", "no cipher suites in common");
    assertEquals(2, said().size(), () -> said().toString());

    now.addAndGet(Duration.ofMinutes(1).toNanos());
    server.warn(HANDSHAKE, "/192.0.2.7:1", "not an SSL/TLS record");
    assertEquals(3, said().size(), () -> said().toString());
  }

  @Test
  void whatNavetteSaysItselfIsNotSaidByTheBrokerToo() {
    server.warn("AMQ222216: Security problem while authenticating: {}", "x");
    server.warn("AMQ222999: something that nobody else says");

    assertEquals(List.of("AMQ222999: something that nobody else says"), said());
  }
}
