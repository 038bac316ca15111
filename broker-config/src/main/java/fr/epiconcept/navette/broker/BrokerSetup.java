package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.flux.config.DaemonConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.core.settings.impl.PageFullMessagePolicy;

/**
 * What {@code broker.xml} cannot know: folders, port, certificate, permissions, and which journal
 * this machine can run.
 *
 * @param serverId the broker's number among those of this JVM
 */
record BrokerSetup(int serverId, JournalChoice journal) {
  /** The acceptor for workers; started by hand, after everything else. */
  static final String WORKERS = "workers";

  // Far below the guard's reserve: the broker blocks in silence here.
  private static final long MOST_MIN_FREE = 64L << 20;

  private static final long MOST_ASKED = 32L << 20;

  static BrokerSetup prepare(
      Configuration configuration, DaemonConfig.Broker settings, int serverId)
      throws BrokerRefused {
    Path data = settings.data().toAbsolutePath();
    folders(configuration, data);
    JournalChoice journal =
        JournalChoice.of(
            configuration.getJournalType(), data, configuration.getJournalLocation().toPath());
    configuration.setJournalType(journal.type());
    configuration.setMinDiskFree(Math.min(MOST_MIN_FREE, settings.minFree() / 2));
    configuration.setConfigurationFileRefreshPeriod(-1);
    configuration.setSecurityEnabled(true);
    Permissions.ofTheBroker().forEach(configuration::putSecurityRoles);
    for (String asked :
        List.of(
            Addresses.INGEST_ASK,
            Addresses.ALL_WORKERS + "*" + Addresses.ASK,
            Addresses.INGEST_FETCH,
            Addresses.ALL_WORKERS + "*" + Addresses.FETCH,
            Addresses.INGEST_BEGIN,
            Addresses.ALL_WORKERS + "*" + Addresses.BEGIN)) {
      configuration.addAddressSetting(asked, bounded());
    }
    configuration.clearAcceptorConfigurations();
    configuration.addAcceptorConfiguration(
        new TransportConfiguration(
            InVMAcceptorFactory.class.getName(), Map.of("serverId", serverId), "in-vm"));
    configuration.addAcceptorConfiguration(workers(settings, data));
    return new BrokerSetup(serverId, journal);
  }

  /**
   * Questions, and bytes, that nobody reads: what is above that is dropped, and neither fills a
   * disk nor blocks.
   */
  private static AddressSettings bounded() {
    return new AddressSettings()
        .setPageLimitBytes(MOST_ASKED)
        .setPageFullMessagePolicy(PageFullMessagePolicy.DROP);
  }

  private static void folders(Configuration configuration, Path data) throws BrokerRefused {
    try {
      Files.createDirectories(data);
      if (!Files.isWritable(data)) {
        throw new IOException("this user may not write there");
      }
    } catch (IOException e) {
      throw new BrokerRefused(
          "cannot use the broker's folder "
              + data
              + ": "
              + BrokerXml.oneLine(e)
              + "; see ingest.broker.data",
          e);
    }
    configuration.setBindingsDirectory(data.resolve("bindings").toString());
    configuration.setJournalDirectory(data.resolve("journal").toString());
    configuration.setPagingDirectory(data.resolve("paging").toString());
    configuration.setLargeMessagesDirectory(data.resolve("large").toString());
  }

  private static TransportConfiguration workers(DaemonConfig.Broker settings, Path data)
      throws BrokerRefused {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put(TransportConstants.HOST_PROP_NAME, settings.listen().host());
    parameters.put(TransportConstants.PORT_PROP_NAME, settings.listen().port());
    parameters.put(TransportConstants.PROTOCOLS_PROP_NAME, "CORE");
    parameters.put(TransportConstants.AUTO_START, false);
    if (settings.listen().tls()) {
      DaemonConfig.ServerTls tls =
          settings
              .tls()
              .orElseThrow(
                  () ->
                      new BrokerRefused(
                          settings.listen()
                              + " needs a certificate and a key: see ingest.broker.tls"));
      Path pem = ServerIdentity.prepare(tls, data, InstantSource.system());
      parameters.put(TransportConstants.SSL_ENABLED_PROP_NAME, true);
      parameters.put(TransportConstants.KEYSTORE_TYPE_PROP_NAME, "PEMCFG");
      parameters.put(TransportConstants.KEYSTORE_PATH_PROP_NAME, pem.toString());
      parameters.put(TransportConstants.ENABLED_PROTOCOLS_PROP_NAME, "TLSv1.3,TLSv1.2");
    }
    return new TransportConfiguration(BoundedAcceptor.class.getName(), parameters, WORKERS);
  }
}
