package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.live.LiveClient;
import fr.epiconcept.navette.flux.live.LiveClient.Answer;
import fr.epiconcept.navette.flux.live.Question;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Each server's daemon asked over its socket for what the other one says. */
@ExtendWith(TellsOnFailure.class)
class ElsewhereTest {
  @TempDir Path root;

  private List<String> elsewhere(String side) throws IOException {
    List<String> items = new ArrayList<>();
    Path run = root.resolve(side.equals("ingest") ? "run-files" : "run-front");
    Answer answer =
        new LiveClient(run.resolve(side + ".sock"))
            .ask(Question.of("elsewhere").with("verb", "fluxes"), item -> items.add(words(item)));
    assertEquals(new Answer.Whole(), answer);
    return items;
  }

  /** As text that does not hang on the order of members. */
  private static String words(JsonNode item) {
    return item.get("from").asText()
        + " "
        + (item.has("silent")
            ? item.get("silent").asText()
            : item.get("item").get("flux").asText());
  }

  @Test
  void eachServerSaysWhatTheOtherSaysAndWhoIsSilent() throws Exception {
    try (TwoServers servers = TwoServers.in(root).with(Flux.named("labo"))) {
      servers.startBoth();
      TwoServers.awaitThat(
          "the worker is asked", () -> elsewhere("ingest").equals(List.of("front1 labo")));
      TwoServers.awaitThat(
          "the file server is asked", () -> elsewhere("worker").equals(List.of("files1 labo")));

      servers.worker().end();
      String away = "front1 it is not connected (or of an older version, which cannot be asked)";
      TwoServers.awaitThat(
          "the worker is known to be away", () -> elsewhere("ingest").equals(List.of(away)));

      servers.worker().start();
      TwoServers.awaitThat(
          "the worker is back", () -> elsewhere("ingest").equals(List.of("front1 labo")));
      servers.ingest().end();
      TwoServers.awaitThat(
          "the file server is known to be away",
          () -> elsewhere("worker").get(0).startsWith("files1 the link is down: "));
    }
  }
}
