package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PendingTextTest {
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
  private static final FileId ID = new FileId("01M84Z0JV38N63DNTHRZ7PR7PT");
  private final StringWriter text = new StringWriter();

  private PendingText shown(int limit) {
    return new PendingText(new PrintWriter(text), limit, 5, NOW, ZoneOffset.UTC);
  }

  private static Waiting file(String flux, Place place, Duration age, Optional<Instant> next) {
    return new Waiting(
        new FluxName(flux),
        place,
        Optional.of(ID),
        "a.hl7",
        1,
        NOW.minus(age),
        "why",
        next,
        Optional.empty());
  }

  @Test
  void aFileIsALineAndAFluxASum() throws IOException {
    try (PendingText out = shown(0)) {
      out.waiting(
          file("labo", Place.LATER, Duration.ofMinutes(4), Optional.of(NOW.plusSeconds(60))), true);
      out.waiting(file("labo", Place.QUEUE, Duration.ofSeconds(3), Optional.empty()), true);
      out.waiting(file("labo", Place.DEAD, Duration.ofDays(5), Optional.empty()), true);
      out.waiting(file("radio", Place.QUARANTINE, Duration.ofHours(3), Optional.empty()), true);
      out.end(true);
    }
    assertEquals(
        """
        labo   LATER         4 min  a.hl7                     01M84Z0JV38N63DNTHRZ7PR7PT  why; again at 10:01:00
        labo   QUEUE           3 s  a.hl7                     01M84Z0JV38N63DNTHRZ7PR7PT  why
        labo   DEAD            5 d  a.hl7                     01M84Z0JV38N63DNTHRZ7PR7PT  why
        radio  QUARANTINE      3 h  a.hl7                     01M84Z0JV38N63DNTHRZ7PR7PT  why

        labo: 2 wait (1 queue, 1 later), oldest 4 min; 1 dead
        radio: nothing waits; 1 in quarantine
        """,
        text.toString());
  }

  @Test
  void whatIsBeyondTheLimitIsCounted() throws IOException {
    try (PendingText out = shown(2)) {
      for (int n = 0; n < 50_000; n++) {
        out.waiting(file("labo", Place.SPOOL, Duration.ofMinutes(4), Optional.empty()), true);
      }
      out.waiting(file("labo", Place.DEAD, Duration.ofMinutes(4), Optional.empty()), true);
      out.end(true);
    }
    assertEquals(5, text.toString().lines().count());
    assertEquals(
        "labo: 50,000 wait (50,000 spool), oldest 4 min; 1 dead; 49,998 not shown (--limit 0 shows"
            + " all)",
        text.toString().lines().skip(4).findFirst().orElseThrow());
  }

  @Test
  void whereNothingWaitsItSaysSo() throws IOException {
    try (PendingText out = shown(2)) {
      out.end(true);
    }
    assertEquals("nothing waits\n", text.toString());
  }

  @ParameterizedTest
  @CsvSource({"PT0S,0 s", "PT119S,119 s", "PT2M,2 min", "PT119M,119 min", "PT3H,3 h", "PT48H,2 d"})
  void agesAreInWords(Duration age, String words) {
    assertEquals(words, Periods.rough(age));
  }
}
