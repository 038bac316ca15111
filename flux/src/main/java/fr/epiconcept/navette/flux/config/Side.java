package fr.epiconcept.navette.flux.config;

/** One of the two daemons, and the part of the configuration that it reads. */
public enum Side {
  /** The file server. */
  INGEST,
  /** The processing server. */
  WORKER;

  /** The name of its section. */
  String section() {
    return this == INGEST ? "ingest" : "worker";
  }
}
