package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.view.More;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What waits for people: a line a file while it is found, and a summary a flux at the end. */
final class PendingText implements PendingOutput {
  private static final Set<Place> ENDED = EnumSet.of(Place.DEAD, Place.QUARANTINE);

  /** Where it is tried again by itself; in the inbox the look comes anyhow. */
  private static final Set<Place> TRIED = EnumSet.of(Place.SPOOL, Place.LATER, Place.ANSWER);

  private static final int NAME = 24;

  private final PrintWriter out;
  private final int limit;
  private final Instant now;
  private final ZoneId zone;
  private final String format;
  private final Map<FluxName, Sum> sums = new TreeMap<>();

  /** What was found of one flux. */
  private static final class Sum {
    private final Map<Place, Integer> counts = new EnumMap<>(Place.class);
    private int hidden;
    private Instant oldest = Instant.MAX;

    private int add(Place place, int many, Instant since) {
      if (!ENDED.contains(place) && since.isBefore(oldest)) {
        oldest = since;
      }
      return counts.merge(place, many, Integer::sum);
    }
  }

  /**
   * Text for people.
   *
   * @param limit how many lines for each flux and place; 0: all
   * @param width of the longest name of a flux
   */
  PendingText(PrintWriter out, int limit, int width, Instant now, ZoneId zone) {
    this.out = out;
    this.limit = limit;
    this.now = now;
    this.zone = zone;
    this.format = "%-" + width + "s  %-10s  %7s  %-" + NAME + "s  %-" + FileId.LENGTH + "s  %s%n";
  }

  @Override
  public void waiting(Waiting file, boolean live) {
    Sum sum = sum(file.flux());
    int number = sum.add(file.place(), 1, file.since());
    if (limit > 0 && number > limit) {
      sum.hidden++;
      return;
    }
    out.printf(
        Locale.ROOT,
        format,
        file.flux(),
        file.place(),
        Periods.rough(Duration.between(file.since(), now)),
        file.name().isEmpty() ? "-" : file.name(),
        file.id().map(FileId::value).orElse("-"),
        why(file));
  }

  @Override
  public void more(More files) {
    Sum sum = sum(files.flux());
    sum.add(files.place(), files.more(), files.oldest());
    sum.hidden += files.more();
  }

  private Sum sum(FluxName flux) {
    return sums.computeIfAbsent(flux, fresh -> new Sum());
  }

  private String why(Waiting file) {
    boolean tried = file.next().isPresent() && TRIED.contains(file.place());
    return tried ? file.why() + "; again at " + clock(file.next().get(), now, zone) : file.why();
  }

  /** The time of day, with the day if that is not today. */
  static String clock(Instant time, Instant now, ZoneId zone) {
    ZonedDateTime local = time.atZone(zone);
    boolean today = local.toLocalDate().equals(now.atZone(zone).toLocalDate());
    return local.format(
        DateTimeFormatter.ofPattern(today ? "HH:mm:ss" : "uuuu-MM-dd HH:mm", Locale.ROOT));
  }

  @Override
  public void end(boolean whole) {
    if (sums.isEmpty()) {
      out.println(whole ? "nothing waits" : "nothing waits where it could be seen");
      return;
    }
    out.println();
    sums.forEach((flux, sum) -> out.println(flux + ": " + summary(sum)));
  }

  private String summary(Sum sum) {
    List<String> waits = new ArrayList<>();
    List<String> ended = new ArrayList<>();
    long total = 0;
    for (Map.Entry<Place, Integer> each : sum.counts.entrySet()) {
      String word = each.getKey().name().toLowerCase(Locale.ROOT);
      String count = number(each.getValue());
      if (ENDED.contains(each.getKey())) {
        ended.add(count + (each.getKey() == Place.DEAD ? " dead" : " in quarantine"));
      } else {
        waits.add(count + " " + word);
        total += each.getValue();
      }
    }
    List<String> parts = new ArrayList<>();
    parts.add(
        total == 0
            ? "nothing waits"
            : number(total)
                + (total == 1 ? " waits (" : " wait (")
                + String.join(", ", waits)
                + "), oldest "
                + Periods.rough(Duration.between(sum.oldest, now)));
    parts.addAll(ended);
    if (sum.hidden > 0) {
      parts.add(number(sum.hidden) + " not shown (--limit 0 shows all)");
    }
    return String.join("; ", parts);
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  @Override
  public void close() {
    out.flush();
  }
}
