package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.api.core.management.ActiveMQServerControl;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the links of accounts that were removed or may do less. The broker asks about an account
 * when a link is made and a queue is opened, not again while they stay open.
 *
 * <p>What an account gained, and another password, closes nothing.
 */
final class AccountsTakenUp implements FileWatch.TakenUp {
  private static final Logger LOG = LoggerFactory.getLogger(AccountsTakenUp.class);

  private final ActiveMQServer server;
  private final Path folder;
  private final Seldom complaints = new Seldom(System::nanoTime);
  private volatile Map<String, Account> known;

  AccountsTakenUp(ActiveMQServer server, Path folder) throws IOException {
    this.server = server;
    this.folder = folder;
    this.known = read();
  }

  List<Path> files() {
    return List.of(folder.resolve(Accounts.USERS), folder.resolve(Accounts.ROLES));
  }

  /** The workers' accounts that have the flux. */
  Set<String> mayTake(FluxName flux) {
    return known.values().stream()
        .filter(account -> account.fluxes().contains(flux))
        .map(Account::name)
        .collect(Collectors.toSet());
  }

  private Map<String, Account> read() throws IOException {
    return new Accounts(folder)
        .list().stream().collect(Collectors.toMap(Account::name, Function.identity()));
  }

  /** Whose links are open, ingest's own left out: its name is no account's. */
  private Set<String> connected() {
    return server.getSessions().stream()
        .map(ServerSession::getUsername)
        .filter(name -> name != null && FluxName.parse(name).isPresent())
        .collect(Collectors.toSet());
  }

  @Override
  public boolean from() {
    if (!files().stream().allMatch(Files::exists)) {
      // Out of reach, not emptied: whoever is in, stays.
      LOG.error("the account files in {} are gone: nobody can log in until they are back", folder);
      return true;
    }
    try {
      Map<String, Account> now = read();
      ActiveMQServerControl control = server.getActiveMQServerControl();
      control.clearAuthenticationCache();
      control.clearAuthorizationCache();
      for (String name : connected()) {
        Account old = known.get(name);
        Account account = now.get(name);
        if (account == null) {
          control.closeConnectionsForUser(name);
          LOG.info("account {} was removed: its links are closed", name);
        } else if (old != null && !account.mayAll(old)) {
          control.closeConnectionsForUser(name);
          LOG.info("account {} may do less than before: its links are closed", name);
        }
      }
      known = now;
      LOG.info("the accounts have changed: {} of them", now.size());
      return true;
    } catch (Exception e) {
      if (complaints.isNew("accounts")) {
        LOG.error(
            "cannot take up the accounts in {}: {}; tried again each second",
            folder,
            BrokerXml.oneLine(e));
      }
      return false;
    }
  }
}
