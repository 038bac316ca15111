package fr.epiconcept.navette.flux.life;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.flux.view.LifeEvent;
import fr.epiconcept.navette.flux.view.Searched;
import fr.epiconcept.navette.flux.view.Trace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * What one server knows of a file: {@code {"event":…}} for each event, {@code {"trace":…}} for what
 * stands on disk, and for each flux {@code {"searched":…}} after those.
 */
public final class Lives {
  /** The word by which a daemon is asked, with {@code what}, and {@code flux} and {@code all}. */
  public static final String VERB = "show";

  private static final int MOST = 20;
  private static final int MOST_OF_ALL = 1000;

  private final Supplier<Collection<Searchable>> fluxes;
  private final Supplier<Map<FluxName, Path>> logs;

  /** A search takes a few megabytes, and reads as fast as the disk does: one at a time. */
  private final Semaphore turn = new Semaphore(1);

  /**
   * The lives of the files of these fluxes. Both suppliers are asked at each question.
   *
   * @param fluxes those that run
   * @param logs where each flux of this daemon writes its log, also those that do not run now:
   *     their lines are in it all the same
   */
  public Lives(Supplier<Collection<Searchable>> fluxes, Supplier<Map<FluxName, Path>> logs) {
    this.fluxes = fluxes;
    this.logs = logs;
  }

  /** The question for a file. */
  public static Question question(Sought sought, boolean all) {
    return Question.of(VERB).with("what", sought.toString()).with("all", Boolean.toString(all));
  }

  /** The answer to {@link #question}, of one flux where {@code flux} names it. */
  public void answer(Question question, Asker asker, Reply reply)
      throws Refusal, IOException, InterruptedException {
    Sought sought =
        question
            .get("what")
            .flatMap(Sought::parse)
            .orElseThrow(() -> new Refusal("show what? an id, a name or a SHA-256"));
    if (!asker.here() && question.get("flux").or(() -> question.get("fluxes")).isEmpty()) {
      throw new Refusal("another machine may ask of its own fluxes only, and names none");
    }
    List<Searchable> meant = new ArrayList<>();
    for (Searchable each : fluxes.get()) {
      if (isMeant(each.flux(), question)) {
        meant.add(each);
      }
    }
    if (!asker.here()) {
      // A line of log does not say whose it is: one that others write too is not for their eyes.
      Set<Path> closed = closedTo(question);
      for (Searchable each : meant) {
        if (closed.contains(real(each.log()))) {
          reply.item(Map.of("searched", closed(each.flux())));
        }
      }
      meant.removeIf(each -> closed.contains(real(each.log())));
    }
    turn.acquire();
    try {
      tell(sought, question.get("all").filter("true"::equals).isPresent(), meant, reply);
    } finally {
      turn.release();
    }
  }

  /** The logs into which fluxes write that this question is not about. */
  private Set<Path> closedTo(Question question) {
    Set<Path> closed = new HashSet<>();
    logs.get()
        .forEach(
            (flux, log) -> {
              if (!isMeant(flux, question)) {
                closed.add(real(log));
              }
            });
    return closed;
  }

  /** One log has one path, by whatever links it is reached. */
  private static Path real(Path log) {
    try {
      return log.toRealPath();
    } catch (IOException notThere) {
      return log.toAbsolutePath().normalize();
    }
  }

  private static Searched closed(FluxName flux) {
    return new Searched(
        flux,
        0,
        Optional.empty(),
        List.of("the log of " + flux + " is that of other fluxes too: ask on that server"),
        0);
  }

  /** {@code flux} is what the user asks for, {@code fluxes} what another machine may ask for. */
  private static boolean isMeant(FluxName flux, Question question) {
    boolean asked = question.get("flux").filter(only -> !only.equals(flux.value())).isEmpty();
    return asked
        && question
            .get("fluxes")
            .filter(own -> !Arrays.asList(own.split(",", -1)).contains(flux.value()))
            .isEmpty();
  }

  /** Tells all that these fluxes have. */
  public static void tell(Sought sought, boolean all, Collection<Searchable> fluxes, Reply reply)
      throws IOException {
    Set<Path> read = new HashSet<>();
    for (Searchable each : fluxes) {
      LogReader logs = new LogReader(each.log());
      LogSearch search = new LogSearch(each.flux(), logs, all ? MOST_OF_ALL : MOST);
      if (read.add(each.log())) {
        search.find(sought);
      } else {
        // Another flux writes the same log; an id leads to the files all the same.
        sought.id().ifPresent(search.stories()::add);
      }
      for (LifeEvent event : search.events()) {
        reply.item(Map.of("event", event));
      }
      Traces traces = new Traces(each, ZoneId.systemDefault(), logs::tell);
      for (FileId id : search.stories()) {
        for (Trace trace : traces.of(id)) {
          reply.item(Map.of("trace", trace));
        }
      }
      for (Trace trace : traces.inbox(sought)) {
        reply.item(Map.of("trace", trace));
      }
      reply.item(
          Map.of(
              "searched",
              new Searched(each.flux(), logs.files(), logs.since(), logs.unread(), search.left())));
    }
  }
}
