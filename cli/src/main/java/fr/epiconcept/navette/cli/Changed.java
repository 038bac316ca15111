package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.live.LiveJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;

/** What a command that may be repeated says to a program: whether it had anything to do. */
final class Changed {
  private Changed() {}

  static void tell(PrintWriter out, boolean changed) throws IOException {
    out.println(LiveJson.mapper().writeValueAsString(Map.of("changed", changed)));
  }
}
