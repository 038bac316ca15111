package fr.epiconcept.navette.flux.life;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.view.LifeEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks for the lives of some files in the logs of one flux: which ids are meant, and then every
 * line that tells of them or of what answers them.
 */
final class LogSearch {
  /** Ids run ahead of a clock that stepped back, and clocks differ. */
  private static final Duration DOUBT = Duration.ofDays(1);

  /** A life has some tens of events; the output of scripts makes it more. */
  private static final int MOST_EVENTS = 20_000;

  /** An acknowledgement leads to its deposit, and that to its acknowledgements. */
  private static final int MOST_TURNS = 4;

  private final FluxName flux;
  private final LogReader logs;
  private final int most;
  private final Set<FileId> stories = new TreeSet<>();
  private final List<LifeEvent> events = new ArrayList<>();
  private int left;

  /**
   * The search in one flux's logs.
   *
   * @param most the lives of so many files are told, those of the newest
   */
  LogSearch(FluxName flux, LogReader logs, int most) {
    this.flux = flux;
    this.logs = logs;
    this.most = most;
  }

  /** Searches. What cannot be read is told by the reader. */
  void find(Sought sought) throws IOException {
    if (sought.id().isPresent()) {
      stories.add(sought.id().get());
    } else {
      findIds(sought);
    }
    for (int turn = 0; turn < MOST_TURNS && !stories.isEmpty(); turn++) {
      Turn lines = new Turn();
      Instant first = stories.iterator().next().time().minus(DOUBT);
      logs.read(first, lines);
      if (lines.earlier.isEmpty()) {
        return;
      }
      stories.addAll(lines.earlier);
    }
  }

  private void findIds(Sought sought) throws IOException {
    TreeSet<FileId> found = new TreeSet<>();
    Set<FileId> dropped = new HashSet<>();
    Needles needles = new Needles(sought.needles());
    logs.read(
        Instant.MIN,
        new LogScan.Lines() {
          @Override
          public Needles needles() {
            return needles;
          }

          @Override
          public void line(LogLine line) {
            Optional<FileId> story = event(line).story();
            if (sought.matches(line) && story.isPresent() && found.add(story.get())) {
              dropped.remove(story.get());
            }
            while (found.size() > most) {
              dropped.add(found.pollFirst());
            }
          }
        });
    stories.addAll(found);
    left = dropped.size();
  }

  private LifeEvent event(LogLine line) {
    return new LifeEvent(
        line.time().toInstant(),
        flux,
        line.id(),
        line.level().toString(),
        line.event(),
        line.fields());
  }

  /** One look through the logs. */
  private final class Turn implements LogScan.Lines {
    private final Set<FileId> known = new HashSet<>(stories);
    private final Set<FileId> earlier = new HashSet<>();
    private Needles needles = needlesOf(known);

    Turn() {
      events.clear();
    }

    @Override
    public Needles needles() {
      return needles;
    }

    @Override
    public void line(LogLine line) {
      LifeEvent event = event(line);
      if (event.id().isEmpty()) {
        return;
      }
      FileId id = event.id().get();
      Optional<FileId> answer = event.idAt("answer");
      Optional<FileId> related = event.idAt("related").or(() -> event.idAt("replay-of"));
      boolean mine = known.contains(id);
      if (!mine && answer.filter(known::contains).isPresent()) {
        // Asked for by the id of its acknowledgement: what came before was not looked at.
        earlier.add(id);
        mine = true;
      } else if (mine && event.event().startsWith("answer-")) {
        related.filter(deposit -> !known.contains(deposit)).ifPresent(earlier::add);
      }
      if (!mine && related.filter(known::contains).isEmpty()) {
        // A script that prints ids is no event of theirs.
        return;
      }
      if (events.size() < MOST_EVENTS) {
        events.add(event);
      } else {
        logs.tell("more than " + MOST_EVENTS + " events: the later ones are not told");
      }
      if (mine) {
        learn(answer);
      } else if (event.event().startsWith("answer-") || event.event().equals("replay")) {
        // A replay is a story of its own, but whoever asks for the first wants its end too.
        learn(Optional.of(id));
      }
    }

    /** What is told of an acknowledgement comes after the line by which it is known as one. */
    private void learn(Optional<FileId> answer) {
      if (answer.isPresent() && known.add(answer.get())) {
        needles = needlesOf(known);
      }
    }
  }

  private static Needles needlesOf(Set<FileId> ids) {
    return new Needles(
        ids.stream().map(id -> id.value().getBytes(StandardCharsets.US_ASCII)).toList());
  }

  /** The deposits that are meant, in order of arrival. */
  Set<FileId> stories() {
    return stories;
  }

  /** What the logs tell of them, in the order of writing. */
  List<LifeEvent> events() {
    return events;
  }

  /** So many older files of that name are not told of. */
  int left() {
    return left;
  }
}
