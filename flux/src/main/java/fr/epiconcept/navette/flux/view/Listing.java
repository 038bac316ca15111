package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;

/** Takes what waits as it is found: nobody keeps 50,000 of them. */
public interface Listing {
  /**
   * One file more.
   *
   * @throws IOException if nobody listens any more
   */
  void waiting(Waiting file) throws IOException;

  /**
   * Something could not be looked at: there may be more than is listed.
   *
   * @param why one line, with the path
   * @throws IOException if nobody listens any more
   */
  void unseen(FluxName flux, String why) throws IOException;
}
