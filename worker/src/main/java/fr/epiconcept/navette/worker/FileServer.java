package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.EraReader;
import fr.epiconcept.navette.broker.ask.Asking;
import fr.epiconcept.navette.broker.ask.Elsewhere;
import fr.epiconcept.navette.broker.ask.Place;
import fr.epiconcept.navette.broker.ask.Verbs;
import fr.epiconcept.navette.broker.begin.Beginning;
import fr.epiconcept.navette.broker.begin.Note.State;
import fr.epiconcept.navette.broker.fetch.Fetching;
import fr.epiconcept.navette.broker.link.Backoff;
import fr.epiconcept.navette.broker.link.BrokerConnections;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.broker.link.LinkLog;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.broker.message.Malformed;
import fr.epiconcept.navette.broker.message.OtherVersion;
import fr.epiconcept.navette.broker.message.Parcel;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.view.DaemonStatus.LinkStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.jms.Connection;
import javax.jms.InvalidClientIDException;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.Session;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file server as its workers see it: three links to its broker and the fluxes that come over
 * them.
 *
 * <p>Two for files, because the broker keeps the session of a sender without waiting for a while
 * after its socket is gone, with all that it had received; so what receives must not send that way.
 * One for questions and the bytes of large files, which can so do nothing to the others.
 */
final class FileServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FileServer.class);

  /** No less than what is fetched at once. */
  private static final int FETCHED_AHEAD = 8 << 20;

  private static final Duration FETCH_PATIENCE = Duration.ofSeconds(30);

  /** A word takes a sync of the file server's; who gets none asks again. */
  private static final Duration WORD_PATIENCE = Duration.ofSeconds(5);

  private static final int RECEIPTS_AHEAD = 64 << 10;

  private final String name;
  private final String account;
  private final String instance;
  private final Endpoint endpoint;
  private final List<FluxWorker> fluxes = new CopyOnWriteArrayList<>();
  private final Turns turns;
  private final BrokerConnections connections;
  private final BrokerLink sending;
  private final BrokerLink receiving;
  private final Set<FluxName> known = ConcurrentHashMap.newKeySet();
  private final Asking asking;
  private final Fetching fetching;
  private final Beginning beginning;
  private final BrokerLink asks;

  /** Receipts for fluxes that are known and not there: unsettled until they are. */
  private final List<Message> early = new ArrayList<>();

  // The links of the moment. A lock each: one link that hangs keeps not the other.
  private final Object receivingLock = new Object();
  private final Object sendingLock = new Object();
  private Connection receivesOn;
  private Connection sendsOn;
  private String sendsIn;

  /**
   * Links that are not started.
   *
   * @param instance which worker this is, the same after each start
   * @param desk has the answers to what that file server asks
   */
  FileServer(String name, BrokerAccess access, String instance, Turns turns, Desk desk) {
    this.name = name;
    this.account = access.account();
    this.instance = instance;
    this.endpoint = access.endpoint();
    this.turns = turns;
    this.connections = BrokerConnections.to(access);
    this.fetching = new Fetching(account, FETCH_PATIENCE);
    this.beginning = new Beginning(account, this::howFar, turns::execute, WORD_PATIENCE);
    this.asking = new Asking(Place.ofWorker(account, name, () -> known), desk, Verbs.OF_INGEST);
    // Whatever keeps one of the three down keeps the others down: it is said once.
    LinkLog log = LinkLog.shared(name, 3);
    this.sending =
        new BrokerLink(
            name + " (sending)",
            connections,
            Tuning.sending(),
            new SendingUser(),
            Backoff.standard(),
            log);
    this.receiving =
        new BrokerLink(
            name,
            connections,
            Tuning.receiving(RECEIPTS_AHEAD),
            new ReceivingUser(),
            Backoff.standard(),
            log);
    this.asks =
        new BrokerLink(
            name + " (asking)",
            connections,
            Tuning.receiving(FETCHED_AHEAD),
            BrokerLink.User.both(asking, BrokerLink.User.both(fetching, beginning)),
            Backoff.standard(),
            log);
  }

  /** From now on that file server may ask about the flux, whether it can start or not. */
  void know(FluxName flux) {
    known.add(flux);
  }

  /** With {@code flux}: whether it comes from there. */
  boolean concerns(Question question) {
    return question.get("flux").stream()
        .allMatch(flux -> known.stream().anyMatch(its -> its.value().equals(flux)));
  }

  /** Where the bytes of its large files are. */
  FetchedFile.Source large() {
    return (deposit, from, out, over) ->
        fetching.fetch(deposit.flux(), deposit.id(), from, deposit.size(), out, over);
  }

  /** Who knows what other workers have begun. */
  Others.Server others() {
    return beginning::may;
  }

  private Optional<State> howFar(FluxName flux, FileId id, int round) {
    return fluxes.stream()
        .filter(its -> its.name().equals(flux))
        .findFirst()
        .flatMap(its -> its.howFar(id, round));
  }

  /** As one that can be asked. */
  Elsewhere.Other other() {
    return Elsewhere.over(asking, name);
  }

  /** A flux that comes over these links: it gets those that are up now, and all that follow. */
  void add(FluxWorker flux) {
    synchronized (receivingLock) {
      synchronized (sendingLock) {
        // In the place of a closed one, which took its receipts until now.
        fluxes.removeIf(other -> other.name().equals(flux.name()));
        synchronized (early) {
          fluxes.add(flux);
        }
        if (receivesOn != null) {
          flux.receivingOn(receivesOn);
        }
        if (sendsOn != null) {
          try {
            sendOn(flux);
          } catch (JMSException e) {
            // Made anew, it comes to this flux too.
            sending.fail(sendsOn, e);
          }
        }
      }
    }
    turns.execute(this::takeEarly);
  }

  private void takeEarly() {
    List<Message> messages;
    synchronized (early) {
      messages = List.copyOf(early);
      early.clear();
    }
    messages.forEach(this::confirmed);
  }

  /** It takes no receipts any more. */
  void remove(FluxName flux) {
    known.remove(flux);
    fluxes.removeIf(its -> its.name().equals(flux));
    known.remove(flux);
  }

  String account() {
    return account;
  }

  void start() {
    sending.start();
    receiving.start();
    asks.start();
  }

  /** How the two links that carry files are. */
  List<BrokerLink.State> links() {
    return List.of(receiving.state(), sending.state());
  }

  private final class SendingUser implements BrokerLink.User {
    @Override
    public void linked(Connection connection) throws JMSException {
      Optional<String> era = EraReader.read(connection);
      if (era.isEmpty()) {
        throw new JMSException("the broker has no era yet: its ingest is just starting");
      }
      synchronized (sendingLock) {
        sendsOn = connection;
        sendsIn = era.get();
        for (FluxWorker flux : fluxes) {
          sendOn(flux);
        }
      }
    }

    @Override
    public void unlinked(String why) {
      synchronized (sendingLock) {
        sendsOn = null;
        fluxes.forEach(FluxWorker::sendingOver);
      }
    }
  }

  private void sendOn(FluxWorker flux) throws JMSException {
    Connection connection = sendsOn;
    String era = sendsIn;
    try {
      flux.sendingOn(connection, era);
    } catch (RuntimeException e) {
      // One flux's fault is no reason to take the link from the others.
      LOG.error("flux {} sends nothing until the link is made anew", flux.name(), e);
    }
    turns.execute(() -> tellOutcomesAgain(flux, connection, era));
  }

  private void tellOutcomesAgain(FluxWorker flux, Connection connection, String era) {
    try {
      flux.tellOutcomesAgain(connection, era);
    } catch (IOException | JMSException e) {
      LOG.warn("flux {}: not all outcomes are told again: {}", flux.name(), e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class ReceivingUser implements BrokerLink.User {
    @Override
    public void linked(Connection connection) throws JMSException {
      takePlace(connection);
      Session session =
          connection.createSession(false, ActiveMQJMSConstants.INDIVIDUAL_ACKNOWLEDGE);
      session
          .createConsumer(session.createQueue(Addresses.worker(account)))
          .setMessageListener(FileServer.this::confirmed);
      synchronized (receivingLock) {
        receivesOn = connection;
        fluxes.forEach(flux -> flux.receivingOn(connection));
      }
    }

    @Override
    public void unlinked(String why) {
      synchronized (receivingLock) {
        receivesOn = null;
        fluxes.forEach(FluxWorker::receivingOver);
      }
      synchronized (early) {
        // They come again.
        early.clear();
      }
    }
  }

  /**
   * What a link brings may come only when nothing is with an earlier one of ours: a cut that we
   * alone have seen leaves one at the broker, with files that come before all others. It is gone
   * once its name is refused to us.
   */
  private void takePlace(Connection connection) throws JMSException {
    String itsName = account + "/" + instance;
    try {
      connection.setClientID(itsName);
    } catch (InvalidClientIDException ghost) {
      connection.setClientID(itsName);
    }
  }

  /** A receipt of the file server's. Nothing may escape from a listener. */
  private void confirmed(Message message) {
    try {
      Parcel parcel = Contract.read(message);
      Optional<FluxWorker> flux;
      synchronized (early) {
        flux = fluxes.stream().filter(its -> its.name().equals(parcel.flux())).findFirst();
        if (flux.isEmpty() && parcel instanceof Receipt && known.contains(parcel.flux())) {
          // The flux cannot start yet (its folder is away, a disk is full). Lost, its file would be
          // waited for until there is another broker.
          early.add(message);
          return;
        }
      }
      if (parcel instanceof Receipt receipt && flux.isPresent()) {
        flux.get().confirmed(receipt);
      } else {
        LOG.warn("{} sent a message that is no receipt for a flux of ours: {}", name, parcel.id());
      }
      settle(message);
    } catch (OtherVersion e) {
      LOG.error("{}: {}", name, e.getMessage());
    } catch (Malformed e) {
      LOG.error("{} sent a malformed message: {}", name, e.getMessage());
      settle(message);
    } catch (IOException e) {
      // The file stays in the spool and is sent once more to a new broker: harmless, and told.
      LOG.warn("a receipt of {} has no effect: {}", name, e.toString());
      settle(message);
    } catch (JMSException | RuntimeException e) {
      LOG.warn("a receipt of {} cannot be taken: {}", name, e.toString());
    }
  }

  private synchronized void settle(Message message) {
    try {
      message.acknowledge();
    } catch (JMSException linkDied) {
      LOG.debug("comes again", linkDied);
    }
  }

  /**
   * How both links that carry files are: up as one, down for the reason of the one that is down.
   */
  LinkStatus status() {
    BrokerLink.State down = sending.state().up() ? receiving.state() : sending.state();
    Instant since =
        down.up() && sending.state().since().isAfter(down.since())
            ? sending.state().since()
            : down.since();
    return new LinkStatus(
        name,
        Optional.of(endpoint.toString()),
        down.up(),
        Optional.of(since),
        down.up() ? Optional.empty() : Optional.of(down.lastError().orElse("it is being made")),
        List.of());
  }

  /** Whether both links that carry files are up or trying. */
  boolean isTrying() {
    return sending.isAlive() && receiving.isAlive();
  }

  @Override
  public void close() {
    asking.close();
    asks.close();
    receiving.close();
    sending.close();
    connections.close();
  }
}
