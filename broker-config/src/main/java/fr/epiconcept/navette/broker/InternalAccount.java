package fr.epiconcept.navette.broker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import javax.security.auth.Subject;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMConnection;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.security.jaas.RolePrincipal;
import org.apache.activemq.artemis.spi.core.security.jaas.UserPrincipal;

/**
 * Ingest's own account: a new random token for each start, kept in memory only, and good only from
 * within the process. Its name breaks the rule for account names, so no file can hold it.
 */
final class InternalAccount {
  static final String NAME = "navette/ingest";
  static final String ROLE = "navette/ingest";

  private final String token;

  InternalAccount() {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    token = HexFormat.of().formatHex(random);
  }

  String token() {
    return token;
  }

  boolean isMeant(String user) {
    return NAME.equals(user);
  }

  boolean accepts(String password, RemotingConnection from) {
    return password != null
        && from != null
        && from.getTransportConnection() instanceof InVMConnection
        && MessageDigest.isEqual(bytes(token), bytes(password));
  }

  Subject subject() {
    return new Subject(
        true, Set.of(new UserPrincipal(NAME), new RolePrincipal(ROLE)), Set.of(), Set.of());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
