package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.time.InstantSource;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.apache.activemq.artemis.api.core.ActiveMQNotConnectedException;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;

/** The flux of a {@link Front} as one start of the daemon makes it; links come as a test says. */
final class AtWork implements AutoCloseable {
  final FluxWorker flux;
  private final EmbeddedBroker broker;
  private final Turns turns = new Turns();
  private final FolderWatcher watcher;
  private Connection receiving;
  private Connection sending;

  AtWork(Front front, Home home, Checkpoint checkpoint) throws IOException {
    broker = home.broker();
    watcher = FolderWatcher.start("inotify");
    flux =
        new FluxWorker(
            Front.LABO,
            front.section(),
            Home.ACCOUNT,
            (deposit, from, out, over) -> front.large.fetch(deposit, from, out, over),
            (flux, id, round, step) -> front.server.may(flux, id, round, step),
            front.state,
            front.log,
            new FluxWorker.Shared(
                new FileIds(InstantSource.system()),
                turns,
                watcher,
                InstantSource.system(),
                checkpoint,
                front.places));
  }

  AtWork(Front front, Home home) throws IOException {
    this(front, home, Checkpoint.NONE);
  }

  /** The link for receiving is made. */
  AtWork receives() throws JMSException {
    receiving = broker.inVm().open(Tuning.receiving(0));
    flux.receivingOn(receiving);
    receiving.start();
    return this;
  }

  /** The link for sending is made. */
  AtWork sends(String era) throws JMSException {
    sending = broker.inVm().open(Tuning.sending());
    sending.start();
    flux.sendingOn(sending, era);
    return this;
  }

  /** The connection that sends. */
  Connection sending() {
    return sending;
  }

  /**
   * The link for receiving dies. What it held goes back at once; a listener that still works does
   * not keep us.
   */
  void loses() {
    flux.receivingOver();
    closeInBackground(receiving);
  }

  /** The link for receiving breaks, and nobody has said so yet. */
  void cut() {
    ((ActiveMQConnection) receiving)
        .getSessionFactory()
        .getConnection()
        .fail(new ActiveMQNotConnectedException("cut by the test"));
  }

  private static void closeInBackground(Connection connection) {
    Thread closer =
        new Thread(
            () -> {
              try {
                connection.close();
              } catch (JMSException e) {
                // It is dead anyhow.
              }
            });
    closer.setDaemon(true);
    closer.start();
  }

  @Override
  public void close() throws JMSException {
    flux.stopTaking();
    flux.terminateScripts();
    if (receiving != null) {
      closeInBackground(receiving);
    }
    if (sending != null) {
      sending.close();
    }
    flux.close();
    watcher.close();
    turns.close();
  }
}
