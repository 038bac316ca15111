package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.life.Sought;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.view.Selection;
import fr.epiconcept.navette.flux.view.Trace;
import fr.epiconcept.navette.flux.view.Waiting;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells the whole life of a file. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "where is a file? its whole life as both servers tell it, and why it is not processed now",
      "Of several files of one name the newest is told, and the others are listed. Without a daemon"
          + " to ask, the logs and the disk of this machine are read."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:told", "1:nothing is known of such a file", "2:usage or configuration"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette show ORU_0001.hl7                        by its name",
      "  navette show 01M84Z0JV38N63DNTHRZ7PR7PT          by its id (an answer's too)",
      "  navette show 9f86d081884c                        by the front of its SHA-256",
      "  navette show ORU_0001.hl7 --flux labo --all      all of that name, each whole"
    })
final class ShowCommand implements Callable<Integer> {
  /** What follows differs with what was asked, and is told once. */
  private static final Pattern SILENCE =
      Pattern.compile("(?<= does not answer|^the other servers cannot be asked):.*");

  @Spec CommandSpec spec;
  @Mixin CommonOptions common;

  @Parameters(paramLabel = "ID|NAME|SHA256", description = "which file")
  String what;

  @Option(names = "--flux", paramLabel = "FLUX", description = "in that flux only")
  FluxName flux;

  @Option(names = "--all", description = "tell of each that fits the whole life")
  boolean all;

  @Option(names = "--json", description = "as JSON; see docs/json.md")
  boolean json;

  private final InstantSource clock = InstantSource.system();
  private final ZoneId zone = ZoneId.systemDefault();
  private final Set<String> told = new HashSet<>();
  private final Set<String> notes = new LinkedHashSet<>();

  @Override
  public Integer call() throws IOException {
    Machine machine = Machine.of(common.config());
    Optional<FluxName> only = Optional.ofNullable(flux);
    machine.fluxes(only);
    Sought sought =
        Sought.parse(what)
            .orElseThrow(
                () -> new ParameterException(spec.commandLine(), "an id, a name or a SHA-256?"));
    Known known = new Known();
    new LifeSources(machine, sought, only, all, known, this::say).ask();
    List<Story> stories = new ArrayList<>(known.stories());
    sought.id().ifPresent(id -> stories.sort(Comparator.comparing(each -> !isOf(each, id))));
    Map<FileId, List<Waiting>> waiting = new HashMap<>();
    if (stories.isEmpty()) {
      // Its logs may be gone, or not open to us: what waits is known by name too.
      collect(machine, only, selection(sought), each -> isMeant(each, sought)).stream()
          .filter(each -> each.id().isPresent())
          .forEach(
              each -> waiting.computeIfAbsent(each.id().get(), id -> new ArrayList<>()).add(each));
      waiting.forEach((id, its) -> stories.add(bare(id, its)));
    } else {
      for (Story story : whole(stories)) {
        Selection one = Selection.all(Instant.EPOCH).of(story.id());
        waiting.put(story.id(), collect(machine, Optional.of(story.flux()), one, each -> true));
      }
    }
    if (stories.isEmpty() && known.inbox().isEmpty()) {
      throw new CommandFailed(ExitCode.FAILED, unknown(known));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      json(out, sought, known, stories, waiting);
    } else {
      text(out, machine, known, stories, waiting);
    }
    return ExitCode.DONE.code();
  }

  private List<Story> whole(List<Story> stories) {
    return all ? stories : stories.subList(0, Math.min(1, stories.size()));
  }

  private static boolean isOf(Story story, FileId id) {
    return story.id().equals(id)
        || story.answers().stream().anyMatch(answer -> answer.id().equals(id));
  }

  private static Selection selection(Sought sought) {
    Selection every = Selection.all(Instant.EPOCH);
    return sought.id().map(every::of).orElse(every);
  }

  private static boolean isMeant(Waiting each, Sought sought) {
    return sought.id().isPresent() ? each.id().equals(sought.id()) : sought.isNamed(each.name());
  }

  /** A file of which only that it waits is known. */
  private static Story bare(FileId id, List<Waiting> waiting) {
    Waiting first = waiting.get(0);
    Trace trace =
        new Trace(
            first.flux(),
            Optional.of(id),
            "where it waits",
            first.name(),
            first.path().orElse("the place where it waits"),
            Optional.of(first.bytes()),
            Optional.empty());
    return new Story(id, first.flux(), List.of(), List.of(trace));
  }

  private List<Waiting> collect(
      Machine machine, Optional<FluxName> only, Selection selection, Predicate<Waiting> wanted)
      throws IOException {
    List<Waiting> found = new ArrayList<>();
    PendingOutput output =
        new PendingOutput() {
          @Override
          public void waiting(Waiting file, boolean live) {
            if (wanted.test(file)) {
              found.add(file);
            }
          }

          @Override
          public void end(boolean whole) {}

          @Override
          public void close() {}
        };
    Merger merger = new Merger(clock.instant(), zone);
    try {
      new WhatWaits(machine, only, selection, output, this::say, merger).tell();
    } catch (IOException e) {
      say("what waits is not known: " + ExitCode.explain(e));
    }
    return found;
  }

  private void text(
      PrintWriter out,
      Machine machine,
      Known known,
      List<Story> stories,
      Map<FileId, List<Waiting>> waiting)
      throws IOException {
    ShowText text = new ShowText(out, zone);
    for (Trace trace : known.inbox()) {
      Selection inbox = Selection.all(clock.instant()).in(Set.of(Waiting.Place.INBOX));
      text.inbox(
          trace,
          collect(
              machine,
              Optional.of(trace.flux()),
              inbox,
              each -> each.path().equals(Optional.of(trace.path()))));
    }
    List<Story> whole = whole(stories);
    for (int i = 0; i < whole.size(); i++) {
      if (i > 0 || !known.inbox().isEmpty()) {
        out.println();
      }
      Story story = whole.get(i);
      List<Waiting> its = waiting.getOrDefault(story.id(), List.of());
      text.story(story, NowOf.of(story, its, zone), its);
    }
    text.others(stories.subList(whole.size(), stories.size()));
    int left = known.looks().stream().mapToInt(look -> look.searched().left()).max().orElse(0);
    if (left > 0) {
      out.println("and " + left + " older ones" + (all ? "" : "; --all tells of more"));
    }
  }

  private void json(
      PrintWriter out,
      Sought sought,
      Known known,
      List<Story> stories,
      Map<FileId, List<Waiting>> waiting)
      throws IOException {
    List<ShownLives.Life> lives = new ArrayList<>();
    int whole = whole(stories).size();
    for (Story story : stories) {
      List<Waiting> its = waiting.getOrDefault(story.id(), List.of());
      lives.add(ShownLives.Life.of(story, NowOf.of(story, its, zone), its, lives.size() < whole));
    }
    ShownLives shown =
        new ShownLives(
            sought.toString(), lives, known.inbox(), known.looks(), new ArrayList<>(notes));
    out.println(LiveJson.mapper().writeValueAsString(shown));
  }

  private String unknown(Known known) {
    int logs = known.looks().stream().mapToInt(look -> look.searched().logs()).sum();
    Optional<Instant> since =
        known.looks().stream()
            .flatMap(look -> look.searched().since().stream())
            .min(Comparator.naturalOrder());
    return "nothing is known of "
        + fr.epiconcept.navette.flux.log.OneLine.of(what)
        + " in "
        + logs
        + (logs == 1 ? " log" : " logs")
        + since.map(first -> " back to " + Moments.of(first, zone)).orElse("")
        + (notes.isEmpty() ? "" : " (not all could be asked or read: see above)")
        + "; it may be older than the logs, or never came; `navette pending` shows the inbox";
  }

  /** Each server's silence is told once, whoever found it out. */
  private void say(String line) {
    if (told.add(SILENCE.splitAsStream(line).findFirst().orElse(line))) {
      notes.add(line);
      PrintWriter err = spec.commandLine().getErr();
      err.println(spec.qualifiedName() + ": " + line);
      err.flush();
    }
  }
}
