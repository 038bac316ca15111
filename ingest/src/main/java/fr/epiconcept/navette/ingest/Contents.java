package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.util.Set;

/** Looks into the broker's queues of a flux. */
interface Contents {
  Queued of(FluxName flux) throws IOException;

  /**
   * Takes away dead letters of which the broker's disk has lost the end.
   *
   * @return whose they were
   */
  Set<FileId> removeTornLetters(FluxName flux) throws IOException;

  static Contents of(EmbeddedBroker broker) {
    return new Contents() {
      @Override
      public Queued of(FluxName flux) throws IOException {
        return Queued.of(broker, flux);
      }

      @Override
      public Set<FileId> removeTornLetters(FluxName flux) throws IOException {
        return broker.removeTorn(Addresses.dead(flux));
      }
    };
  }
}
