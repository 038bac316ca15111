package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.view.Waiting;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;

/** What waits as one array, written while it is found. */
final class PendingJson implements PendingOutput {
  private final PrintWriter out;
  private final int limit;
  private final JsonGenerator json;
  private final Map<String, Integer> shown = new HashMap<>();

  /**
   * Begins the array.
   *
   * @param limit how many of each flux and place; 0: all
   */
  PendingJson(PrintWriter out, int limit) throws IOException {
    this.out = out;
    this.limit = limit;
    json = LiveJson.mapper().getFactory().createGenerator(out);
    json.writeStartArray();
  }

  @Override
  public void waiting(Waiting file, boolean live) throws IOException {
    int number = shown.merge(file.flux() + " " + file.place(), 1, Integer::sum);
    if (limit == 0 || number <= limit) {
      ObjectNode tree = LiveJson.mapper().valueToTree(file);
      tree.put("source", live ? "live" : "disk");
      json.writeTree(tree);
    }
  }

  @Override
  public void end(boolean whole) throws IOException {
    json.writeEndArray();
    json.flush();
    out.println();
  }

  @Override
  public void close() throws IOException {
    // Whatever went wrong before the end: half an array is to be seen as half.
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
    json.close();
  }
}
