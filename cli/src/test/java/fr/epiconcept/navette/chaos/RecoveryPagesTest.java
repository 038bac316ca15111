package fr.epiconcept.navette.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whoever is called because of one of these faults finds it in the first table of the recovery
 * page, by what is seen, and behind its link what to do. In French, and in English.
 */
class RecoveryPagesTest {
  private static final Path DOCS = Path.of("../docs");
  private static final Pattern HEADING = Pattern.compile("(?m)^## (\\d+)\\. (.+)$");
  private static final Pattern LINK = Pattern.compile("\\]\\(#(\\d+)-([^)]*)\\)");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| .*\\]\\(#\\d+-.*\\|$");

  /** Where a fault is told, and words of the software that are seen then. */
  private record Place(int section, String seen) {}

  // A switch without a default: who adds a fault has to say where its page is, or nothing compiles.
  private static Place placeOf(Fault.Kind kind) {
    return switch (kind) {
      case KILL_INGEST, KILL_BOTH, STOP_INGEST -> new Place(1, "`ingest is NOT RUNNING`");
      case KILL_SECOND -> new Place(24, "`has begun it`");
      case FREEZE_SECOND -> new Place(3, "`has not answered for 15 s`");
      case KILL_WORKER, KILL_WORKER_GROUP, STOP_WORKER -> new Place(2, "`worker is NOT RUNNING`");
      case FREEZE_INGEST, FREEZE_WORKER -> new Place(3, "`has not answered for 15 s`");
      case LINK_CUT, LINK_CUT_ONE_SIDE, LINK_SLOW -> new Place(4, "`no link to files1`");
      case LINK_HALF_OPEN -> new Place(4, "`Did not receive data`");
      case BROKER_WIPED -> new Place(7, "`begins a new era`");
      case JOURNAL_CUT -> new Place(7, "`journal was damaged`");
      case DISK_BROKER -> new Place(5, "`has no room`");
      case DISK_FILES, DISK_FRONT, DISK_OTHER -> new Place(5, "`No space left on device`");
      case DISK_LOGS -> new Place(25, "`Cannot write the log`");
      case RIGHTS -> new Place(6, "`AccessDeniedException`");
      case VANISHED -> new Place(6, "`NoSuchFileException`");
      case SCRIPT_GONE -> new Place(11, "`script-not-started`");
      case CLOCK_INGEST_BACK, CLOCK_INGEST_FORWARD -> new Place(20, "journaux|logs");
      case CLOCK_WORKER_BACK, CLOCK_WORKER_FORWARD -> new Place(20, "journaux|logs");
      case ROTATION, ROTATION_COPY -> new Place(25, "tourné|rotated");
    };
  }

  /** The page in one language. */
  private record Page(String file, String text, String atStake) {
    static Page of(String file, String atStake) {
      try {
        return new Page(file, Files.readString(DOCS.resolve(file)), atStake);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    /** The rows that lead to that section, of the table before the first section. */
    List<String> rowsTo(int section) {
      String begin = text.substring(0, text.indexOf("\n## 1. "));
      return ROW.matcher(begin)
          .results()
          .map(row -> row.group())
          .filter(row -> row.contains("](#" + section + "-"))
          .toList();
    }

    Map<Integer, String> headings() {
      Map<Integer, String> headings = new TreeMap<>();
      Matcher all = HEADING.matcher(text);
      while (all.find()) {
        headings.put(Integer.parseInt(all.group(1)), all.group(2));
      }
      return headings;
    }

    String section(int number) {
      int begin = text.indexOf("\n## " + number + ". ");
      assertTrue(begin >= 0, file + " has no section " + number);
      int end = text.indexOf("\n## ", begin + 1);
      return text.substring(begin, end < 0 ? text.length() : end);
    }

    @Override
    public String toString() {
      return file;
    }
  }

  static Stream<Page> pages() {
    return Stream.of(
        Page.of("reprise.md", "**Ce qui est en jeu.**"),
        Page.of("en/reprise.md", "**What is at stake.**"));
  }

  // --- the tests ---

  @ParameterizedTest
  @EnumSource
  void everyFaultOfTheChaosRunIsFoundByWhatIsSeen(Fault.Kind kind) {
    Place place = placeOf(kind);
    Pattern seen = Pattern.compile(place.seen());
    pages()
        .forEach(
            page -> {
              assertTrue(
                  page.rowsTo(place.section()).stream().anyMatch(row -> seen.matcher(row).find()),
                  () ->
                      page
                          + ": who sees "
                          + place.seen()
                          + " ("
                          + kind.words
                          + ") is not led to section "
                          + place.section());
              assertTrue(
                  page.section(place.section()).contains(page.atStake()),
                  () -> page + ": what is at stake is missing in section " + place.section());
              assertTrue(
                  page.section(place.section()).contains("\n```"),
                  () -> page + ": there is no command in section " + place.section());
            });
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyNumberLeadsToItsHeading(Page page) {
    Map<Integer, String> headings = page.headings();
    LINK.matcher(page.text())
        .results()
        .forEach(
            link -> {
              int number = Integer.parseInt(link.group(1));
              assertTrue(headings.containsKey(number), () -> page + ": " + link.group());
              assertEquals(anchor(headings.get(number)), link.group(2), page + ": " + number);
            });
  }

  @Test
  void theTableIsOnOneScreen() {
    pages()
        .forEach(
            page -> {
              String begin = page.text().substring(0, page.text().indexOf("\n## 1. "));
              long rows = ROW.matcher(begin).results().count();
              assertTrue(rows <= 30, () -> page + ": " + rows + " rows");
            });
  }

  /** As GitHub makes it of a heading. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}\\- ]", "").replace(' ', '-');
  }
}
