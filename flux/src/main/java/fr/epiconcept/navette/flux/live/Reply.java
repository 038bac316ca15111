package fr.epiconcept.navette.flux.live;

import java.io.IOException;

/** Takes an answer as it is found. */
@FunctionalInterface
public interface Reply {
  /**
   * One item more.
   *
   * @param item a record, a map, a list or a tree of Jackson's: see {@link LiveJson}
   * @throws IOException if nobody listens any more
   */
  void item(Object item) throws IOException;
}
