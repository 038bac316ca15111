package fr.epiconcept.navette.flux.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * {@code navette.yml}: what a daemon needs beside its fluxes.
 *
 * @param logs the folder of the flux logs (default {@code /var/log/epiconcept/flux})
 * @param run what lives as long as the daemons do (default {@code /run/navette})
 * @param ingest the file server's daemon; absent: none on this machine
 * @param worker the processing server's daemon; absent: none on this machine
 * @param alerts when somebody is called; a flux may say it otherwise
 */
public record DaemonConfig(
    Path logs,
    Path run,
    Optional<IngestDaemon> ingest,
    Optional<WorkerDaemon> worker,
    AlertRules alerts) {
  /** Daemons that call nobody. */
  public DaemonConfig(
      Path logs, Path run, Optional<IngestDaemon> ingest, Optional<WorkerDaemon> worker) {
    this(logs, run, ingest, worker, AlertRules.NONE);
  }

  /**
   * The daemon of the file server.
   *
   * @param spool where deposits stand until they have arrived, one folder a flux (default {@code
   *     /var/spool/navette})
   * @param state the daemon's own marks (default {@code /var/lib/navette/ingest})
   * @param broker the broker that it embeds
   */
  public record IngestDaemon(Path spool, Path state, Broker broker) {}

  /**
   * The embedded broker.
   *
   * @param data the folder of its journal, paging, bindings and large messages (default {@code
   *     /var/lib/navette/broker})
   * @param xml a {@code broker.xml} of the administrator's; absent: the packaged one
   * @param listen where workers connect
   * @param tls the server's certificate and key (PEM); present unless {@code listen} is plain
   * @param accounts the folder of {@code artemis-users.properties} and {@code
   *     artemis-roles.properties} (default {@code accounts} beside {@code navette.yml})
   * @param minFree bytes that stay free on the partition of {@code data}: below it nothing is
   *     published (default 512 MiB)
   */
  public record Broker(
      Path data,
      Optional<Path> xml,
      Endpoint listen,
      Optional<ServerTls> tls,
      Path accounts,
      long minFree) {}

  /**
   * Who the server is.
   *
   * @param certificate PEM, the chain with the server's own certificate first
   * @param key PEM (PKCS #8), readable by nobody but the daemon's user and group
   */
  public record ServerTls(Path certificate, Path key) {}

  /**
   * The daemon of the processing server.
   *
   * @param state the daemon's own marks and its spool of acknowledgements (default {@code
   *     /var/lib/navette/worker})
   * @param stopTimeout how long a stop waits for running scripts (default 30 s)
   * @param brokers the file servers' brokers by the name that fluxes use
   * @param scripts how many scripts run at once, over all fluxes (1 to 4096, default {@value
   *     #SCRIPTS})
   */
  public record WorkerDaemon(
      Path state, Duration stopTimeout, Map<String, BrokerAccess> brokers, int scripts) {
    /** Few enough for the memory of a front end, more than will hang at once on most days. */
    public static final int SCRIPTS = 64;

    public WorkerDaemon {
      brokers = Map.copyOf(brokers);
    }

    /** The same with another number of scripts. */
    public WorkerDaemon with(int otherScripts) {
      return new WorkerDaemon(state, stopTimeout, brokers, otherScripts);
    }

    /** One that lets as many scripts run as one that does not say. */
    public WorkerDaemon(Path state, Duration stopTimeout, Map<String, BrokerAccess> brokers) {
      this(state, stopTimeout, brokers, SCRIPTS);
    }
  }

  /**
   * How a worker reaches one broker.
   *
   * @param endpoint where it listens
   * @param account the worker's account there
   * @param passwordFile the account's password on its first line; readable by nobody but the
   *     daemon's user and group
   * @param ca the authorities that may have signed the server's certificate (PEM); absent: those of
   *     the Java runtime
   */
  public record BrokerAccess(
      Endpoint endpoint, String account, Path passwordFile, Optional<Path> ca) {}

  /**
   * An address: {@code tls://host:port}, or {@code tcp://host:port} on loopback, or {@code
   * tcp://host:port} anywhere with {@code plain: true} beside it.
   *
   * @param tls whether the link is encrypted
   * @param host a name or an address; an IPv6 address without brackets
   * @param port 1 to 65535; 0 for a listener lets the system choose (tests)
   */
  public record Endpoint(boolean tls, String host, int port) {
    @Override
    public String toString() {
      String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
      return (tls ? "tls://" : "tcp://") + shown + ":" + port;
    }
  }
}
