package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.flux.FluxName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.core.security.Role;

/**
 * Who may do what at which address.
 *
 * <p>The most specific match <em>replaces</em> {@code #}, it does not add to it: so each names
 * ingest and the administrators again.
 */
final class Permissions {
  private static final Role INGEST = everything(InternalAccount.ROLE);
  private static final Role ADMIN = everything(Addresses.ADMIN);

  private Permissions() {}

  /** Everything that no other match names: no worker at all. */
  static Map<String, Set<Role>> ofTheBroker() {
    return Map.of(
        "#",
        Set.of(INGEST, ADMIN),
        Addresses.IDENTITY,
        with(only(Addresses.WORKERS, false, false, true)),
        Addresses.INGEST_ASK,
        with(only(Addresses.WORKERS, true, false, false)),
        Addresses.INGEST_FETCH,
        with(only(Addresses.WORKERS, true, false, false)),
        Addresses.INGEST_BEGIN,
        with(only(Addresses.WORKERS, true, false, false)));
  }

  /** A flux: its workers read deposits and answer, nothing else. */
  static Map<String, Set<Role>> of(FluxName flux) {
    String role = Addresses.fluxRole(flux);
    Map<String, Set<Role>> matches = new LinkedHashMap<>();
    matches.put(Addresses.deposits(flux), with(only(role, false, true, true)));
    matches.put(Addresses.returns(flux), with(only(role, true, false, false)));
    return matches;
  }

  /** A worker's own receipts, what it is asked, and what it fetches. */
  static Map<String, Set<Role>> of(String account) {
    Set<Role> itself = with(only(Addresses.workerRole(account), false, true, false));
    return Map.of(
        Addresses.worker(account),
        itself,
        Addresses.workerAsk(account),
        itself,
        Addresses.workerFetch(account),
        itself,
        Addresses.workerBegin(account),
        itself);
  }

  private static Set<Role> with(Role worker) {
    return Set.of(INGEST, ADMIN, worker);
  }

  private static Role only(String name, boolean send, boolean consume, boolean browse) {
    return new Role(
        name, send, consume, false, false, false, false, false, browse, false, false, false, false);
  }

  private static Role everything(String name) {
    return new Role(name, true, true, true, true, true, true, true, true, true, true, true, true);
  }
}
