package fr.epiconcept.navette.chaos;

import java.util.List;

/** The processing servers. Each has a worker with an account, folders and logs of its own. */
enum Front {
  FIRST(1, "front1", "front"),
  /** Beside the first, for the fluxes that have several workers. The link's faults spare it. */
  SECOND(2, "front2", "front2");

  /** As it stands in what its scripts write down. */
  final int number;

  final String account;

  /** What its folders and files are called. */
  final String label;

  Front(int number, String account, String label) {
    this.number = number;
    this.account = account;
    this.label = label;
  }

  String secret() {
    return "secret of " + account;
  }

  /** The second one takes part in runs that ask for it: it takes time of the others. */
  static List<Front> present() {
    return Boolean.getBoolean("navette.chaos.second") ? List.of(FIRST, SECOND) : List.of(FIRST);
  }

  static List<Front> of(Flux flux) {
    return flux.hasSeveralWorkers() ? present() : List.of(FIRST);
  }
}
