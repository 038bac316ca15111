package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.broker.Account;
import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.flux.config.Configuration;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.Fault;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.SeveralWorkers.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Fluxes that several workers shall share, compared with the accounts that there are. */
final class SharedFluxes {
  private SharedFluxes() {}

  /** A warning for each that fewer than two accounts have; none where nobody can tell. */
  static List<Fault> warnings(Configuration configuration) {
    List<Fault> warnings = new ArrayList<>();
    configuration
        .daemon()
        .flatMap(DaemonConfig::ingest)
        .ifPresent(ingest -> warn(configuration, ingest.broker().accounts(), warnings));
    return warnings;
  }

  private static void warn(Configuration configuration, Path folder, List<Fault> warnings) {
    List<Account> accounts;
    try {
      accounts = new Accounts(folder).list();
    } catch (IOException notForThisUser) {
      return;
    }
    for (FluxConfig flux : configuration.fluxes()) {
      long have = accounts.stream().filter(each -> each.fluxes().contains(flux.name())).count();
      boolean sharing =
          flux.ingest().filter(its -> its.workers().mode() == Mode.SHARING).isPresent();
      if (sharing && have < 2) {
        warnings.add(
            new Fault(
                flux.file(),
                0,
                0,
                "ingest.workers: 'sharing', and "
                    + (have == 0 ? "no account has" : "only one account has")
                    + " this flux: give it to another (navette accounts grant)",
                Fault.Severity.WARNING));
      }
    }
  }
}
