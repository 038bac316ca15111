package fr.epiconcept.navette.broker;

import static java.util.stream.Collectors.toSet;

import fr.epiconcept.navette.broker.JournalDamage.Journal;
import fr.epiconcept.navette.broker.link.BrokerConnections;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import fr.epiconcept.navette.flux.config.SeveralWorkers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.ActivateCallback;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ActiveMQServers;
import org.apache.activemq.artemis.core.server.Consumer;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.settings.HierarchicalRepository;
import org.apache.activemq.artemis.spi.core.remoting.Acceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker within ingest's process: started from {@code broker.xml}, closed to everybody but the
 * accounts of the two property files, reachable by ingest itself without a password.
 *
 * <p>Thread-safe after {@link #start}.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final Duration ACTIVATION_LIMIT = Duration.ofSeconds(30);
  private static final AtomicInteger NEXT_SERVER_ID = new AtomicInteger(7400);

  private final ActiveMQServer server;
  private final DaemonConfig.Broker settings;
  private final JournalChoice journal;
  private final BrokerConnections inVm;
  private final LastServed lastServed;
  private boolean damaged;
  private Endpoint listening;
  private final List<FileWatch> watches = new ArrayList<>();

  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private volatile boolean closing;
  private volatile Runnable onDiskFailure = () -> {};

  /** Of nobody before the port is open. */
  private volatile Function<FluxName, Set<String>> mayTake = flux -> Set.of();

  private EmbeddedBroker(
      ActiveMQServer server,
      DaemonConfig.Broker settings,
      JournalChoice journal,
      BrokerConnections inVm,
      LastServed lastServed) {
    this.server = server;
    this.settings = settings;
    this.journal = journal;
    this.inVm = inVm;
    this.lastServed = lastServed;
    this.listening = settings.listen();
  }

  /** {@link #start(DaemonConfig.Broker, Collection, BeforeListening)} with nothing to do before. */
  public static EmbeddedBroker start(DaemonConfig.Broker settings, Collection<FluxName> fluxes)
      throws BrokerRefused {
    return start(settings, fluxes, BeforeListening.NOTHING);
  }

  /**
   * Starts the broker, declares the fluxes, does what must come first, and only then opens the
   * port. Takes seconds, never more than a minute.
   *
   * @throws BrokerRefused if any of it fails; nothing is left running then
   */
  public static EmbeddedBroker start(
      DaemonConfig.Broker settings, Collection<FluxName> fluxes, BeforeListening first)
      throws BrokerRefused {
    return start(settings, fluxes, first, new InternalAccount());
  }

  static EmbeddedBroker start(
      DaemonConfig.Broker settings,
      Collection<FluxName> fluxes,
      BeforeListening first,
      InternalAccount internal)
      throws BrokerRefused {
    Configuration configuration = BrokerXml.read(settings.xml());
    BrokerSetup setup =
        BrokerSetup.prepare(configuration, settings, NEXT_SERVER_ID.getAndIncrement());
    AtomicReference<EmbeddedBroker> self = new AtomicReference<>();
    Gate gate =
        new Gate(
            internal,
            settings.accounts(),
            account -> self.get().letIn(account),
            new RefusalLog(LOG, System::nanoTime));
    ActiveMQServer server = ActiveMQServers.newActiveMQServer(configuration, null, gate, true);
    server.registerBrokerPlugin(new Ghosts(server));
    LastServed lastServed = new LastServed();
    server.registerBrokerPlugin(lastServed);
    BrokerConnections inVm =
        BrokerConnections.inVm(setup.serverId(), InternalAccount.NAME, internal.token());
    EmbeddedBroker broker = new EmbeddedBroker(server, settings, setup.journal(), inVm, lastServed);
    self.set(broker);
    try {
      broker.activate();
      broker.declareAll(fluxes);
      first.with(broker);
      broker.listen();
      broker.watchFiles();
    } catch (BrokerRefused e) {
      throw broker.undone(e);
    } catch (Exception e) {
      throw broker.undone(
          new BrokerRefused(
              "the broker in " + settings.data() + " does not start: " + BrokerXml.oneLine(e), e));
    }
    LOG.info("broker listens on {}, journal {}", broker.listening, broker.journal());
    return broker;
  }

  private BrokerRefused undone(BrokerRefused cause) {
    close();
    return cause;
  }

  /** Artemis reports most failures of a start to a listener and returns as if all were well. */
  private void activate() throws Exception {
    AtomicReference<Exception> failure = new AtomicReference<>();
    server.registerActivationFailureListener(failure::set);
    server.registerIOCriticalErrorListener((cause, message, file) -> onDiskFailure.run());
    server.registerActivateCallback(
        new ActivateCallback() {
          @Override
          public void deActivate() {
            if (!closing) {
              stopped.complete(null);
            }
          }
        });
    Configuration configuration = server.getConfiguration();
    try (JournalDamage watch =
        new JournalDamage(
            new Journal(
                configuration.getJournalLocation().toPath(), configuration.getJournalFileSize()),
            new Journal(
                configuration.getBindingsLocation().toPath(), JournalDamage.BINDINGS_FILE_SIZE))) {
      server.start();
      long limit = System.nanoTime() + ACTIVATION_LIMIT.toNanos();
      while (!server.isActive() && failure.get() == null && System.nanoTime() < limit) {
        if (!server.isStarted()) {
          break;
        }
        server.waitForActivation(100, java.util.concurrent.TimeUnit.MILLISECONDS);
      }
      damaged = watch.seen();
    }
    if (!server.isActive()) {
      throw notActive(failure.get());
    }
    if (damaged) {
      LOG.error(
          "the broker's journal in {} was damaged: unreadable files, if there were any, stand in its"
              + " folder 'attic'; what they held is sent again",
          settings.data());
    }
  }

  private BrokerRefused notActive(Exception cause) {
    Path data = settings.data();
    String why = cause == null ? "it did not get ready" : BrokerXml.oneLine(cause);
    String told =
        FolderHolder.of(server.getConfiguration().getNodeManagerLockLocation().toPath())
            .map(
                holder ->
                    "another process (%s) already runs a broker in %s; stop it, or give this one a folder of its own (ingest.broker.data)"
                        .formatted(holder, data))
            .orElse(
                "the broker in %s does not start: %s; if its files are damaged, move the folder away and start again: everything without a receipt is sent again"
                    .formatted(data, why));
    return new BrokerRefused(told, cause);
  }

  private void declareAll(Collection<FluxName> fluxes) throws Exception {
    queue(Addresses.IDENTITY);
    queue(Addresses.INGEST_ASK, true);
    queue(Addresses.INGEST_FETCH, true);
    queue(Addresses.INGEST_BEGIN, true);
    fluxes.forEach(this::declare);
    List<Account> accounts = new Accounts(settings.accounts()).list();
    new LeftBehind(server).remove(accounts.stream().map(Account::name).collect(toSet()));
    for (Account account : accounts) {
      if (!account.admin()) {
        declareWorker(account.name());
      }
    }
  }

  private void listen() throws BrokerRefused {
    Acceptor acceptor = server.getRemotingService().getAcceptor(BrokerSetup.WORKERS);
    Endpoint wanted = settings.listen();
    try {
      acceptor.start();
    } catch (Exception e) {
      throw new BrokerRefused(
          "cannot listen on "
              + wanted
              + ": "
              + BrokerXml.oneLine(e)
              + "; is another broker running there? see ingest.broker.listen",
          e);
    }
    listening = new Endpoint(wanted.tls(), wanted.host(), acceptor.getActualPort());
  }

  private void watchFiles() throws IOException {
    AccountsTakenUp accounts = new AccountsTakenUp(server, settings.accounts());
    mayTake = accounts::mayTake;
    watches.add(FileWatch.start(accounts.files(), accounts, "accounts-watch"));
    if (settings.listen().tls()) {
      CertificateTakenUp certificate =
          new CertificateTakenUp(
              settings.tls().orElseThrow(),
              settings.data().toAbsolutePath(),
              server.getRemotingService().getAcceptor(BrokerSetup.WORKERS));
      watches.add(FileWatch.start(certificate.files(), certificate, "certificate-watch"));
    }
  }

  /**
   * Ingest's own connections, which need neither network nor password file. Closed with the broker.
   */
  public BrokerConnections inVm() {
    return inVm;
  }

  /** Makes the queues of a flux, and lets its workers use them. May be called again. */
  public void declare(FluxName flux) {
    queue(Addresses.deposits(flux));
    queue(Addresses.returns(flux));
    queue(Addresses.dead(flux));
    HierarchicalRepository<Set<Role>> security = server.getSecurityRepository();
    Permissions.of(flux).forEach(security::addMatch);
  }

  /** Shuts the flux's workers out. Its queues stay, with whatever they hold. */
  public void retire(FluxName flux) {
    HierarchicalRepository<Set<Role>> security = server.getSecurityRepository();
    Permissions.of(flux).keySet().forEach(security::removeMatch);
  }

  /** How many messages of its workers wait for a flux, those included that it is just taking. */
  public long returning(FluxName flux) {
    Queue queue = server.locateQueue(SimpleString.of(Addresses.returns(flux)));
    return queue == null ? 0 : queue.getMessageCount();
  }

  /**
   * Lets the flux's queue take deposits and give none, or give them again. What a worker has
   * already is not touched. Not remembered by the broker: whoever holds a flux does it at each
   * start, before {@link #listen} lets workers come. May be called again.
   *
   * @throws IllegalStateException if the flux has no queue
   */
  public void hold(FluxName flux, boolean held) {
    Queue queue = server.locateQueue(SimpleString.of(Addresses.deposits(flux)));
    if (queue == null) {
      throw new IllegalStateException("flux " + flux + " has no queue");
    }
    if (held) {
      queue.pause();
    } else {
      queue.resume();
    }
  }

  /**
   * Lets one worker at a time have the flux's deposits, the others being ready to take its place,
   * or all of them. What one has already stays with it. Remembered by the broker. May be called
   * again.
   *
   * @throws IllegalStateException if the flux has no queue
   */
  public void give(FluxName flux, SeveralWorkers.Mode mode) {
    String name = Addresses.deposits(flux);
    try {
      Queue updated =
          server.updateQueue(
              QueueConfiguration.of(name)
                  .setRoutingType(RoutingType.ANYCAST)
                  .setExclusive(mode == SeveralWorkers.Mode.ONE_ACTIVE));
      if (updated == null) {
        throw new IllegalStateException("flux " + flux + " has no queue");
      }
    } catch (IllegalStateException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(
          "cannot change queue " + name + ": " + BrokerXml.oneLine(e), e);
    }
  }

  /** The accounts that may take the deposits of a flux, as the broker knows them now. */
  public Set<String> mayTake(FluxName flux) {
    return mayTake.apply(flux);
  }

  /**
   * Makes the queues of a worker's receipts, of what it is asked, of what it fetches, and of what
   * it may begin. Done for each account at the start and at each login, so rarely needed. May be
   * called again.
   */
  public void declareWorker(String account) {
    queue(Addresses.worker(account));
    queue(Addresses.workerAsk(account), true);
    queue(Addresses.workerFetch(account), true);
    queue(Addresses.workerBegin(account), true);
    HierarchicalRepository<Set<Role>> security = server.getSecurityRepository();
    Permissions.of(account).forEach(security::addMatch);
  }

  /** A worker logs in: an account that was added after the start has no queue yet. */
  private void letIn(String account) {
    if (FluxName.parse(account).isPresent()
        && server.locateQueue(SimpleString.of(Addresses.worker(account))) == null) {
      declareWorker(account);
    }
  }

  /** Whether somebody reads what is asked of that account. */
  public boolean listens(String account) {
    return readers(Addresses.workerAsk(account)) > 0;
  }

  private void queue(String name) {
    queue(name, false);
  }

  /**
   * Makes a queue.
   *
   * @param fleeting whether it forgets what it holds once nobody reads it any more
   */
  private void queue(String name, boolean fleeting) {
    try {
      Queue queue =
          server.createQueue(
              QueueConfiguration.of(name)
                  .setRoutingType(RoutingType.ANYCAST)
                  .setDurable(true)
                  .setPurgeOnNoConsumers(fleeting)
                  .setAutoCreated(false)
                  .setAutoCreateAddress(true),
              true);
      LOG.debug("queue {} holds {} messages", name, queue.getMessageCount());
    } catch (Exception e) {
      throw new IllegalStateException("cannot make queue " + name + ": " + BrokerXml.oneLine(e), e);
    }
  }

  /**
   * The files of which a queue has a message, also one that a consumer has and did not settle.
   *
   * @throws IOException if there is no such queue
   */
  public Set<FileId> holding(String queue) throws IOException {
    return contents(queue).ids();
  }

  /**
   * Removes from a queue the messages of which the broker's disk has lost the end. Asks about each
   * that is there: for after a new start only.
   *
   * @return whose they were
   * @throws IOException if there is no such queue, or its disk does not answer
   */
  public Set<FileId> removeTorn(String queue) throws IOException {
    return contents(queue).removeTorn();
  }

  /**
   * Removes all that a queue holds, on disk when this returns. Only before workers may come.
   *
   * @return how many messages
   * @throws IOException if there is no such queue, or it cannot be emptied
   */
  public int empty(String queue) throws IOException {
    return contents(queue).removeAll();
  }

  private QueueContents contents(String queue) throws IOException {
    Queue found = server.locateQueue(SimpleString.of(queue));
    if (found == null) {
      throw new IOException("the broker has no queue " + queue);
    }
    return new QueueContents(found);
  }

  /** Where workers connect: the real port, also when the settings say 0. */
  public Endpoint listening() {
    return listening;
  }

  /** Which journal runs, and why. */
  public String journal() {
    return journal.words();
  }

  /** Whether this start found journal files that it could not read: messages may be lost. */
  public boolean journalWasDamaged() {
    return damaged;
  }

  /**
   * Whether the broker serves. It stops by itself when its disk fails under it; nothing but a
   * restart of the daemon helps then.
   */
  public boolean isActive() {
    return server.isActive();
  }

  /**
   * Whether a worker of that account is there. A session that sends lives on for a while after its
   * socket is gone; the one that reads receipts does not.
   */
  public boolean isLinked(String account) {
    return readers(Addresses.worker(account)) > 0;
  }

  /** How many sessions of workers take the flux's deposits now. */
  public int takers(FluxName flux) {
    return readers(Addresses.deposits(flux));
  }

  /** The same, one by one, by account. */
  public List<Taker> takersOf(FluxName flux) {
    Queue queue = server.locateQueue(SimpleString.of(Addresses.deposits(flux)));
    if (queue == null) {
      return List.of();
    }
    List<Taker> takers = new ArrayList<>();
    for (Consumer each : queue.getConsumers()) {
      if (each instanceof ServerConsumer consumer && !consumer.isBrowseOnly()) {
        ServerSession session = server.getSessionByID(consumer.getSessionID());
        if (session != null && session.getUsername() != null) {
          takers.add(
              new Taker(session.getUsername(), !queue.isExclusive() || lastServed.is(consumer)));
        }
      }
    }
    takers.sort(Comparator.comparing(Taker::account));
    return takers;
  }

  private int readers(String name) {
    Queue queue = server.locateQueue(SimpleString.of(name));
    return queue == null ? 0 : queue.getConsumerCount();
  }

  /**
   * Ends when the broker has stopped though nobody closed it: its disk was full, or failed. It does
   * not come back by itself.
   */
  public CompletionStage<Void> stopped() {
    return stopped;
  }

  /**
   * {@code then} runs as soon as a write to the broker's disk fails, before the broker stops. What
   * it said to have by then it may not have: a write that the disk took only in part counts as done
   * to Artemis, which sees nothing before the next one fails.
   *
   * @param then must return at once, on a thread of the broker's
   */
  public void whenItsDiskFails(Runnable then) {
    onDiskFailure = then;
  }

  /** Stops; returns after 20 s at the latest. Unfinished transactions are rolled back. */
  @Override
  public void close() {
    closing = true;
    watches.forEach(FileWatch::close);
    inVm.close();
    Thread stopper = new Thread(this::stop, "broker-stop");
    stopper.setDaemon(true);
    stopper.start();
    try {
      stopper.join(STOP_LIMIT.toMillis());
      if (stopper.isAlive()) {
        LOG.warn("the broker did not stop within {} s; it is left behind", STOP_LIMIT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop() {
    try {
      server.stop();
    } catch (Exception e) {
      LOG.warn("the broker stopped with an error: {}", BrokerXml.oneLine(e), e);
    }
  }
}
