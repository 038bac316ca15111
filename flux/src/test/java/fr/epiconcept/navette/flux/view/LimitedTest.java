package fr.epiconcept.navette.flux.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.view.Selection.Part;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LimitedTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private final List<String> heard = new ArrayList<>();

  private Limited limited(int limit) {
    return new Limited(
        limit,
        new Listing() {
          @Override
          public void waiting(Waiting file) {
            heard.add(file.place() + " " + file.name());
          }

          @Override
          public void unseen(FluxName flux, String why) {
            heard.add(why);
          }
        });
  }

  private static Waiting file(Place place, String name, Instant since) {
    return new Waiting(
        LABO, place, Optional.empty(), name, 1, since, "", Optional.empty(), Optional.empty());
  }

  @Test
  void theFirstOfEachPlaceAreListedAndTheOthersCounted() throws IOException {
    Limited limited = limited(1);
    limited.waiting(file(Place.SPOOL, "a", NOON));
    limited.waiting(file(Place.SPOOL, "b", NOON.plusSeconds(9)));
    limited.waiting(file(Place.SPOOL, "c", NOON.plusSeconds(3)));
    limited.waiting(file(Place.INBOX, "d", NOON));
    limited.unseen(LABO, "why");
    assertEquals(List.of("SPOOL a", "INBOX d", "why"), heard);
    assertEquals(List.of(new More(LABO, Place.SPOOL, 2, NOON.plusSeconds(3))), limited.others());
  }

  @Test
  void withoutALimitAllAreListed() throws IOException {
    Limited limited = limited(0);
    limited.waiting(file(Place.SPOOL, "a", NOON));
    limited.waiting(file(Place.SPOOL, "b", NOON));
    assertEquals(List.of("SPOOL a", "SPOOL b"), heard);
    assertEquals(List.of(), limited.others());
  }

  @Test
  void aSelectionArrivesAsItWasSent() throws Refusal {
    Selection selection =
        Selection.all(NOON)
            .in(Set.of(Place.SPOOL, Place.DEAD))
            .of(new FileId("01M84Z0JV38N63DNTHRZ7PR7PT"))
            .of(Part.DEPOSITS)
            .atMost(50);
    Question question = selection.in(Question.of("pending"));
    assertEquals(selection, Selection.from(question, Instant.EPOCH));
    assertEquals(Selection.all(NOON), Selection.from(Question.of("pending"), NOON));
  }

  @Test
  void aSelectionThatNobodyUnderstandsIsRefused() {
    for (String word : List.of("place", "part", "id", "limit", "quarantined-since")) {
      Question question = Question.of("pending").with(word, "nonsense");
      assertThrows(Refusal.class, () -> Selection.from(question, NOON), word);
    }
  }
}
