package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which of the files that wait are asked for.
 *
 * @param places those in one of these
 * @param id the file of that id, and what answers or repeats it; empty: all
 * @param part which kind
 * @param quarantinedSince quarantine keeps everything for ever: of what is there, only what was
 *     claimed since then
 * @param limit how many of each flux and place are to be listed, the others only counted; 0: all
 */
public record Selection(
    Set<Place> places, Optional<FileId> id, Part part, Instant quarantinedSince, int limit) {
  /** Which kind of file. */
  public enum Part {
    ALL,
    /** Deposits, and their outcomes on the way home. */
    DEPOSITS,
    /** Acknowledgements on the way home. */
    ANSWERS
  }

  public Selection {
    places = Set.copyOf(places);
  }

  /** Everything that waits, and what came to quarantine since then. */
  public static Selection all(Instant quarantinedSince) {
    return new Selection(
        EnumSet.allOf(Place.class), Optional.empty(), Part.ALL, quarantinedSince, 0);
  }

  /** The same of these places. */
  public Selection in(Set<Place> others) {
    return new Selection(others, id, part, quarantinedSince, limit);
  }

  /** The same of one file. */
  public Selection of(FileId only) {
    return new Selection(places, Optional.of(only), part, quarantinedSince, limit);
  }

  /** The same, but no more than so many of each flux and place. */
  public Selection atMost(int many) {
    return new Selection(places, id, part, quarantinedSince, many);
  }

  /** The same of one kind. */
  public Selection of(Part other) {
    return new Selection(places, id, other, quarantinedSince, limit);
  }

  /** Whether files at that place are asked for. */
  public boolean wants(Place place) {
    return places.contains(place);
  }

  /** Whether the file of that id is asked for, which answers or repeats {@code related}. */
  public boolean wants(FileId file, Optional<FileId> related) {
    return id.isEmpty() || id.get().equals(file) || id.equals(related);
  }

  /** Whether files of that kind are asked for. */
  public boolean wants(Part kind) {
    return part == Part.ALL || part == kind;
  }

  /** {@code question} with this. */
  public Question in(Question question) {
    Question with =
        question
            .with(
                "place",
                places.stream().map(Selection::spelled).sorted().collect(Collectors.joining(",")))
            .with("part", spelled(part))
            .with("quarantined-since", quarantinedSince.toString())
            .with("limit", Integer.toString(limit));
    return id.isPresent() ? with.with("id", id.get().value()) : with;
  }

  /**
   * What a question asks for.
   *
   * @param now without a word about quarantine, only what was claimed from now on is asked for
   * @throws Refusal if it says what there is not
   */
  public static Selection from(Question question, Instant now) throws Refusal {
    try {
      Set<Place> places = EnumSet.noneOf(Place.class);
      if (question.get("place").isEmpty()) {
        places.addAll(EnumSet.allOf(Place.class));
      } else {
        Arrays.stream(question.get("place").get().split(","))
            .filter(word -> !word.isEmpty())
            .forEach(word -> places.add(Place.valueOf(word.toUpperCase(Locale.ROOT))));
      }
      return new Selection(
          places,
          question.get("id").map(FileId::new),
          Part.valueOf(question.get("part").orElse("all").toUpperCase(Locale.ROOT)),
          question.get("quarantined-since").map(Instant::parse).orElse(now),
          question.get("limit").map(Integer::parseInt).orElse(0));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new Refusal("not understood: " + e.getMessage());
    }
  }

  private static String spelled(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }
}
