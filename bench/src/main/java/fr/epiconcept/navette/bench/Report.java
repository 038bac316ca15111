package fr.epiconcept.navette.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Results as JSON, for whoever wants to compare runs. */
final class Report {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Results results;
  private final Map<String, String> machine;
  private final Map<String, String> options;

  Report(Results results, Map<String, String> machine, Map<String, String> options) {
    this.results = results;
    this.machine = machine;
    this.options = options;
  }

  void write(Path file) throws IOException {
    JSON.writeValue(file.toFile(), json());
  }

  ObjectNode json() {
    ObjectNode root = JSON.createObjectNode();
    machine.forEach(root.putObject("machine")::put);
    options.forEach(root.putObject("options")::put);
    ArrayNode figures = root.putArray("figures");
    for (Figure figure : results.all()) {
      Distribution rounds = figure.distribution();
      ObjectNode node =
          figures
              .addObject()
              .put("scenario", figure.scenario())
              .put("what", figure.what())
              .put("system", figure.system())
              .put("unit", figure.unit().label)
              .put("median", rounds.median())
              .put("least", rounds.least())
              .put("most", rounds.most());
      figure.rounds().forEach(node.putArray("rounds")::add);
    }
    ArrayNode goals = root.putArray("goals");
    for (Goal goal : Goals.ALL) {
      if (goal.verdict(results) instanceof Goal.Verdict.Measured measured) {
        goals
            .addObject()
            .put("scenario", goal.scenario())
            .put("what", goal.what())
            .put("goal", goal.words())
            .put("value", measured.value())
            .put("met", measured.met());
      }
    }
    ObjectNode notes = root.putObject("notes");
    for (String scenario : results.scenarios()) {
      results.notes(scenario).forEach(notes.withArray(scenario)::add);
    }
    return root;
  }
}
