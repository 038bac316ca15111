package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.view.LifeEvent;
import fr.epiconcept.navette.flux.view.Trace;
import fr.epiconcept.navette.flux.view.Waiting;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A file's life for people. What came from outside never ends a line or moves the cursor. */
final class ShowText {
  private final PrintWriter out;
  private final ZoneId zone;

  ShowText(PrintWriter out, ZoneId zone) {
    this.out = out;
    this.zone = zone;
  }

  /** The whole of one story. */
  void story(Story story, NowOf now, List<Waiting> waiting) {
    out.println((story.name().isEmpty() ? "(name not known)" : OneLine.of(story.name())));
    fact("id", story.id() + " (flux " + story.flux() + ")");
    story.bytes().ifPresent(bytes -> fact("size", bytes + " bytes"));
    story.sha256().ifPresent(hash -> fact("sha256", hash));
    fact("received", Moments.of(story.received(), zone));
    story.replayOf().ifPresent(first -> fact("replay of", first.value()));
    story.replayedAs().ifPresent(later -> fact("replayed as", later.value()));
    fact("now", OneLine.of(now.words()));
    now.next().ifPresent(next -> fact("do", OneLine.of(next)));
    for (Trace trace : story.traces()) {
      if (trace.says().isEmpty()) {
        fact("at", trace.path() + " (" + trace.where() + ")");
      }
    }
    for (Waiting each : waiting) {
      if (each.place() == Waiting.Place.ANSWER) {
        fact("answer", OneLine.of(each.name()) + " is not home yet: " + OneLine.of(each.why()));
      }
    }
    events(story);
  }

  private void fact(String what, String value) {
    out.println("  " + String.format(Locale.ROOT, "%-12s", what) + value);
  }

  private void events(Story story) {
    String day = "";
    int servers = story.events().stream().mapToInt(each -> each.server().length()).max().orElse(0);
    for (Heard heard : story.events()) {
      LifeEvent event = heard.event();
      String its = Moments.day(event.time(), zone);
      if (!its.equals(day)) {
        day = its;
        out.println(day);
      }
      String head =
          "  "
              + Moments.time(event.time(), zone)
              + "  "
              + String.format(Locale.ROOT, "%-" + servers + "s", heard.server())
              + "  ";
      out.println(head + (event.event().equals("output") ? output(event) : words(event, story)));
    }
  }

  private static String output(LifeEvent event) {
    return "  | " + OneLine.of(event.value("line").orElse(""));
  }

  private static String words(LifeEvent event, Story story) {
    StringBuilder words = new StringBuilder();
    if (!event.level().equals("INFO")) {
      words.append(event.level()).append(' ');
    }
    words.append(event.event());
    if (!event.id().equals(java.util.Optional.of(story.id()))) {
      event.id().ifPresent(id -> words.append(" [").append(id).append(']'));
    }
    for (Map.Entry<String, String> value : event.values().entrySet()) {
      words
          .append(' ')
          .append(OneLine.of(value.getKey()))
          .append('=')
          .append(LogLine.spelled(value.getValue()));
    }
    return words.toString();
  }

  /** One line for each of the others. */
  void others(List<Story> stories) {
    if (stories.isEmpty()) {
      return;
    }
    out.println();
    out.println("others that fit (--all tells each whole; show ID tells one):");
    for (Story story : stories) {
      out.println(
          "  "
              + story.id()
              + "  "
              + Moments.of(story.received(), zone)
              + "  "
              + story.flux()
              + "  "
              + OneLine.of(story.name())
              + "  "
              + NowOf.of(story, List.of(), zone).state());
    }
  }

  /** What nobody has taken yet. */
  void inbox(Trace trace, List<Waiting> waiting) {
    out.println(trace.name());
    fact("at", trace.path());
    String why =
        waiting.stream()
            .filter(each -> each.path().equals(java.util.Optional.of(trace.path())))
            .map(each -> OneLine.of(each.why()))
            .findFirst()
            .orElse("`navette pending " + trace.flux() + " --place inbox` says why");
    fact("now", "in the inbox of flux " + trace.flux() + ", not taken yet: " + why);
  }
}
