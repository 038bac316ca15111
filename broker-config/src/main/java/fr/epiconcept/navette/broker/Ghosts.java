package fr.epiconcept.navette.broker;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.Objects;
import org.apache.activemq.artemis.api.core.ActiveMQDisconnectedException;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerSessionPlugin;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a worker that comes back take the place of its own ghost: a connection whose death only the
 * worker has seen. Until the broker sees it too, some 17 s later, the ghost holds files that were
 * on their way, and whoever receives meanwhile would get those behind them first.
 *
 * <p>A worker names its connection ({@code Connection.setClientID}) by the same word each time. The
 * broker refuses a name that is taken; with this, whoever had it under the same account is gone
 * when the refusal arrives, and its files are back in their places: the next try succeeds.
 */
final class Ghosts implements ActiveMQServerSessionPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(Ghosts.class);
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(5);

  private final ActiveMQServer server;

  Ghosts(ActiveMQServer server) {
    this.server = server;
  }

  @Override
  public void duplicateSessionMetadataFailure(ServerSession comes, String key, String name) {
    ServerSession ghost = server.lookupSession(key, name);
    if (ghost == null || !Objects.equals(ghost.getUsername(), comes.getUsername())) {
      return;
    }
    RemotingConnection connection = ghost.getRemotingConnection();
    if (connection == null || connection == comes.getRemotingConnection()) {
      return;
    }
    LOG.info(
        "account {} comes back from {}: its connection from {} was dead and is closed",
        comes.getUsername(),
        comes.getRemotingConnection().getRemoteAddress(),
        connection.getRemoteAddress());
    connection.fail(new ActiveMQDisconnectedException("its worker came back"));
    awaitGone(connection);
  }

  /** Its sessions are closed one after the other; each gives back its files before it is gone. */
  private void awaitGone(RemotingConnection connection) {
    long end = System.nanoTime() + LIMIT.toNanos();
    try {
      while (server.getSessions().stream()
              .anyMatch(session -> session.getRemotingConnection() == connection)
          && System.nanoTime() < end) {
        NANOSECONDS.sleep(LOOK.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
