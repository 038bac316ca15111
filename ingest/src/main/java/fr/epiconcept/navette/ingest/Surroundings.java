package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FluxName;

/** What a flux has outside of itself, as long as the configuration knows it. */
interface Surroundings {
  /** Makes its queues, if they are not there, and lets its workers in. */
  void prepare(FluxName flux);

  /** How many messages are on their way back to it. */
  long returning(FluxName flux);

  /** It has ended: its workers are shut out; its queues stay. */
  void clear(FluxName flux);
}
