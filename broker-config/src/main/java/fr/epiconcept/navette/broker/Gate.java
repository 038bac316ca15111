package fr.epiconcept.navette.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager5;
import org.apache.activemq.artemis.spi.core.security.jaas.NoCacheLoginException;
import org.apache.activemq.artemis.spi.core.security.jaas.PropertiesLoginModule;
import org.apache.activemq.artemis.spi.core.security.jaas.RolePrincipal;

/**
 * Lets accounts in: ingest's own by its token, all others as the two property files say, which are
 * read again whenever they change.
 */
final class Gate implements ActiveMQSecurityManager5 {
  private final InternalAccount internal;
  private final ActiveMQJAASSecurityManager files;
  private final Consumer<String> workerCame;
  private final RefusalLog refusals;

  /**
   * Makes the gate.
   *
   * @param workerCame is told the name of a worker account that was let in, before it does anything
   */
  Gate(InternalAccount internal, Path accounts, Consumer<String> workerCame, RefusalLog refusals) {
    this.internal = internal;
    this.files = new ActiveMQJAASSecurityManager("navette", new FromFiles(accounts));
    this.workerCame = workerCame;
    this.refusals = refusals;
  }

  @Override
  public Subject authenticate(
      String user, String password, RemotingConnection connection, String domain)
      throws NoCacheLoginException {
    String from = connection == null ? "nowhere" : connection.getRemoteAddress();
    if (internal.isMeant(user)) {
      if (internal.accepts(password, connection)) {
        return internal.subject();
      }
      refusals.login(user, from, "that name is ingest's own");
      // A remembered refusal would, for ten seconds, also meet ingest itself: the broker's memory
      // knows name and password, not the way by which they came.
      throw new NoCacheLoginException("ingest's own account, from outside");
    }
    Subject subject = fromFiles(user, password, connection, from);
    if (subject == null) {
      refusals.login(user, from, "unknown account or wrong password");
      return null;
    }
    if (subject.getPrincipals().contains(new RolePrincipal(Addresses.WORKERS))) {
      workerCame.accept(user);
    }
    return subject;
  }

  private Subject fromFiles(
      String user, String password, RemotingConnection connection, String from)
      throws NoCacheLoginException {
    if (user == null || user.isEmpty() || password == null) {
      return null;
    }
    try {
      return files.authenticate(user, password, connection, null);
    } catch (NoCacheLoginException e) {
      refusals.login(user, from, "the account files cannot be read: " + BrokerXml.oneLine(e));
      throw e;
    }
  }

  @Override
  public boolean authorize(Subject subject, Set<Role> roles, CheckType check, String address) {
    boolean may = files.authorize(subject, roles, check, address);
    if (!may) {
      refusals.use(files.getUserFromSubject(subject), check, address);
    }
    return may;
  }

  @Override
  public boolean validateUser(String user, String password) {
    throw new UnsupportedOperationException("the broker asks authenticate");
  }

  @Override
  public boolean validateUserAndRole(
      String user, String password, Set<Role> roles, CheckType check) {
    throw new UnsupportedOperationException("the broker asks authorize");
  }

  /**
   * Artemis's stock login by property files. Given to this one security manager only: JAAS's usual
   * place for it is global to the JVM.
   */
  private static final class FromFiles extends SecurityConfiguration {
    private final AppConfigurationEntry entry;

    FromFiles(Path folder) {
      Map<String, String> options = new HashMap<>();
      options.put("baseDir", folder.toString());
      options.put(PropertiesLoginModule.USER_FILE_PROP_NAME, Accounts.USERS);
      options.put(PropertiesLoginModule.ROLE_FILE_PROP_NAME, Accounts.ROLES);
      options.put("reload", "true");
      entry =
          new AppConfigurationEntry(
              PropertiesLoginModule.class.getName(),
              AppConfigurationEntry.LoginModuleControlFlag.REQUIRED,
              options);
    }

    @Override
    public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
      return new AppConfigurationEntry[] {entry};
    }
  }
}
