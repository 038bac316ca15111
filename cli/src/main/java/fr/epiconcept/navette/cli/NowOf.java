package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.cli.Story.Answer;
import fr.epiconcept.navette.flux.view.LifeEvent;
import fr.epiconcept.navette.flux.view.Trace;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What became of a file, and what its operator can do.
 *
 * @param state one word: {@code processed}, {@code failed}, {@code dead}, {@code quarantined},
 *     {@code replayed}, {@code waiting}, {@code unknown}
 * @param words the same for people, in one line
 * @param next what to do; nothing if there is nothing to be done
 */
record NowOf(String state, String words, Optional<String> next) {

  /**
   * The state of a story.
   *
   * @param waiting where it waits, by the servers' word
   */
  static NowOf of(Story story, List<Waiting> waiting, ZoneId zone) {
    Optional<Waiting> deposit =
        waiting.stream()
            .filter(each -> each.id().equals(Optional.of(story.id())))
            .filter(each -> each.place() != Place.ANSWER)
            .findFirst();
    if (deposit.isPresent()) {
      return waits(story, deposit.get(), zone);
    }
    return story.end().map(end -> ended(story, end, zone)).orElseGet(() -> untold(story, zone));
  }

  private static NowOf waits(Story story, Waiting file, ZoneId zone) {
    String since = Moments.of(file.since(), zone);
    String id = " --id " + story.id();
    return switch (file.place()) {
      case DEAD ->
          new NowOf(
              "dead",
              "dead letter since " + since + ": " + file.why(),
              Optional.of(
                  "mend the cause, then `navette replay " + file.flux() + id + "` runs it again"));
      case QUARANTINE ->
          new NowOf(
              "quarantined",
              "in quarantine since " + since + ": " + file.why(),
              Optional.of(
                  "look at "
                      + file.path().orElse("it")
                      + "; what is right after all is put into the inbox again"));
      default ->
          new NowOf(
              "waiting",
              "waits since "
                  + since
                  + " ("
                  + file.place().name().toLowerCase(Locale.ROOT)
                  + "): "
                  + file.why()
                  + file.next().map(at -> "; next at " + Moments.of(at, zone)).orElse(""),
              next(file));
    };
  }

  private static Optional<String> next(Waiting file) {
    return switch (file.place()) {
      case HELD -> Optional.of("`navette resume " + file.flux() + "` lets it go on");
      case INBOX ->
          Optional.of(
              "if its sender is done, `navette rescan " + file.flux() + "` looks at it again");
      case LATER, PROCESSING -> Optional.empty();
      default -> Optional.of("`navette status` says whether both servers run and are linked");
    };
  }

  private static NowOf ended(Story story, Heard end, ZoneId zone) {
    LifeEvent event = end.event();
    String at = Moments.of(event.time(), zone);
    String why = event.value("reason").map(reason -> ": " + reason).orElse("");
    String id = " --id " + story.id();
    return switch (event.event()) {
      case "processed" ->
          new NowOf(
              "processed",
              "processed "
                  + at
                  + " by "
                  + event.value("worker").orElse(end.server())
                  + event.value("exit").map(exit -> ", exit " + exit).orElse("")
                  + event.value("duration").map(took -> ", " + took).orElse("")
                  + answers(story),
              Optional.empty());
      case "quarantined" ->
          new NowOf(
              "quarantined",
              "quarantined " + at + why,
              Optional.of(
                  "it was taken out of quarantine since; what is right after all is put into the"
                      + " inbox again"));
      case "replayed" ->
          new NowOf(
              "replayed",
              "replayed " + at + event.value("as").map(as -> " as " + as).orElse(""),
              event.value("as").map(as -> "`navette show " + as + "` tells how that ended"));
      case "failed" ->
          new NowOf(
              "failed",
              "failed " + at + why,
              Optional.of(
                  "once the file server has it as a dead letter, `navette replay "
                      + story.flux()
                      + id
                      + "` runs it again"));
      default ->
          new NowOf(
              "dead",
              "dead letter since " + at + why,
              Optional.of("`navette replay " + story.flux() + id + "` runs it again"));
    };
  }

  private static String answers(Story story) {
    StringBuilder words = new StringBuilder();
    for (Answer answer : story.answers()) {
      words
          .append("; acknowledgement ")
          .append(answer.name())
          .append(answer.delivered() ? " in out" : " not told to be in out yet");
    }
    return words.toString();
  }

  /** No log that was read says how it ended. */
  private static NowOf untold(Story story, ZoneId zone) {
    Optional<Trace> mark =
        story.traces().stream().filter(trace -> trace.says().isPresent()).findFirst();
    if (mark.isPresent()) {
      String says = mark.get().says().get();
      return new NowOf(says.split("[,:]", 2)[0], says + ", says its mark", Optional.empty());
    }
    Optional<Trace> kept = story.traces().stream().findFirst();
    String last =
        story.events().isEmpty()
            ? "no log tells of it"
            : "last heard of as "
                + last(story).event().event()
                + " "
                + Moments.of(last(story).event().time(), zone)
                + " by "
                + last(story).server();
    String where =
        kept.map(trace -> "; it stands in the " + trace.where() + ": " + trace.path()).orElse("");
    return new NowOf(
        "unknown",
        last + where + "; where could be looked, it does not wait",
        Optional.of("ask on the other server too; `navette balance " + story.flux() + "` counts"));
  }

  private static Heard last(Story story) {
    return story.events().get(story.events().size() - 1);
  }
}
