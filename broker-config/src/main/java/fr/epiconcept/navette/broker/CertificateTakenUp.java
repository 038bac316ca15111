package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.flux.config.DaemonConfig.ServerTls;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.apache.activemq.artemis.spi.core.remoting.Acceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the port show a renewed certificate. Links that are open stay; for some milliseconds no new
 * one can be made.
 */
final class CertificateTakenUp implements FileWatch.TakenUp {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateTakenUp.class);

  private final ServerTls tls;
  private final Path data;
  private final Acceptor acceptor;
  private final Seldom complaints = new Seldom(System::nanoTime);

  CertificateTakenUp(ServerTls tls, Path data, Acceptor acceptor) {
    this.tls = tls;
    this.data = data;
    this.acceptor = acceptor;
  }

  List<Path> files() {
    return List.of(tls.certificate(), tls.key());
  }

  @Override
  public boolean from() {
    try {
      // First, for a port that is opened again with files that are no good is closed to everybody.
      ServerIdentity.prepare(tls, data, InstantSource.system());
    } catch (BrokerRefused e) {
      LOG.error("{}; workers still see the certificate from before", BrokerXml.oneLine(e));
      return true;
    }
    try {
      acceptor.reload();
      LOG.info("the certificate {} is taken up", tls.certificate());
      return true;
    } catch (RuntimeException e) {
      if (complaints.isNew("certificate")) {
        LOG.error(
            "cannot open the port with the new certificate: {}; tried again each second",
            BrokerXml.oneLine(e));
      }
      return false;
    }
  }
}
