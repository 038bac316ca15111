package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.cli.Left.Taken;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Configuration;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.Fault;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.Settings;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.reload.Standing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a reload would do to the fluxes of one daemon.
 *
 * @param side whose
 * @param silent why it cannot be asked; empty if it was. All fluxes would start then
 * @param nothing why a reload would change nothing at all; empty if it would
 * @param taken changed settings of the daemon itself that it takes up
 * @param restart changed settings of the daemon itself, which only a restart takes up
 * @param fluxes one entry a flux, by name
 */
record Diff(
    Side side,
    Optional<String> silent,
    Optional<String> nothing,
    List<Settings.Change> taken,
    List<Settings.Change> restart,
    List<One> fluxes) {

  /** What would become of a flux. */
  enum What {
    NEW,
    REMOVED,
    CHANGED,
    UNCHANGED,
    /** Its file has a fault. */
    FAULTY,
    /** It would go on with the settings that it has. */
    REFUSED
  }

  /**
   * One flux.
   *
   * @param why one line, where there is something to say
   * @param files that wait now, and would belong to somebody else, or to nobody
   */
  record One(
      FluxName flux,
      What what,
      Optional<String> why,
      List<Settings.Change> changes,
      List<Left> files) {}

  /** What the daemon says of itself. */
  record Answer(Optional<String> silent, Map<String, String> daemon, List<Running> fluxes) {
    static Answer silent(String why) {
      return new Answer(Optional.of(why), Map.of(), List.of());
    }
  }

  static Diff of(Configuration tried, Side side, Answer answer) {
    Optional<String> nothing = Plan.whyNothing(tried, side, !answer.fluxes().isEmpty());
    if (nothing.isPresent()) {
      return new Diff(side, answer.silent(), nothing, List.of(), List.of(), List.of());
    }
    DaemonConfig now = tried.daemon().orElseThrow();
    Map<String, String> its = Settings.of(now, side).shown();
    boolean silent = answer.silent().isPresent();
    return new Diff(
        side,
        answer.silent(),
        nothing,
        silent ? List.of() : Plan.takenUp(answer.daemon(), its),
        silent ? List.of() : Plan.needsRestart(answer.daemon(), its),
        new Comparison(tried, side, answer).all());
  }

  /** Flux by flux. */
  private static final class Comparison {
    private final Side side;
    private final Map<FluxName, Running> before = new TreeMap<>();
    private final Map<FluxName, FluxConfig> after = new TreeMap<>();
    private final Map<FluxName, Fault> faulty;
    private final Map<Path, Owner> ownersAfter = new HashMap<>();

    /** Who takes files from a folder, and which. */
    private record Owner(FluxName flux, Optional<ReadyRules> ready) {}

    Comparison(Configuration tried, Side side, Answer answer) {
      this.side = side;
      answer.fluxes().forEach(each -> before.put(each.flux(), each));
      Plan.mine(tried, side).forEach(each -> after.put(each.name(), each));
      faulty = Plan.faulty(tried);
      for (FluxConfig each : after.values()) {
        owns(Running.watched(each, side), new Owner(each.name(), Running.ready(each, side)));
      }
      // Those that go on as they run let go of nothing, whoever else wants it.
      for (Running each : before.values()) {
        if (faulty.containsKey(each.flux()) || leftInSpool(each).isPresent()) {
          owns(each.watched(), new Owner(each.flux(), each.ready()));
        }
      }
    }

    private void owns(Optional<Path> folder, Owner owner) {
      folder.ifPresent(watched -> ownersAfter.put(real(watched), owner));
    }

    private static Path real(Path folder) {
      try {
        return folder.toRealPath();
      } catch (IOException notThere) {
        return folder.normalize();
      }
    }

    List<One> all() {
      Set<FluxName> names = new TreeSet<>(before.keySet());
      names.addAll(after.keySet());
      names.addAll(faulty.keySet());
      return names.stream().map(this::one).toList();
    }

    private One one(FluxName name) {
      if (faulty.containsKey(name)) {
        String then =
            before.containsKey(name) ? "it would go on as it runs: " : "it would not run: ";
        return new One(
            name, What.FAULTY, Optional.of(then + faulty.get(name)), List.of(), List.of());
      }
      Optional<Running> runs = Optional.ofNullable(before.get(name));
      FluxConfig wanted = after.get(name);
      if (runs.isEmpty()) {
        return new One(name, What.NEW, whyItWaits(wanted), List.of(), foundBy(wanted));
      }
      if (wanted == null) {
        return removed(runs.get());
      }
      boolean same = runs.get().same().orElse(false);
      if (same && runs.get().state() == Standing.State.RUNS) {
        return new One(name, What.UNCHANGED, Optional.empty(), List.of(), List.of());
      }
      return changed(runs.get(), wanted, same);
    }

    /** A folder is another's only when the first has let go of it. */
    private Optional<String> whyItWaits(FluxConfig wanted) {
      Optional<Path> watched = Running.watched(wanted, side);
      return watched
          .map(folder -> ownersAfter.get(real(folder)))
          .filter(owner -> !owner.flux().equals(wanted.name()))
          .map(
              owner ->
                  "it would wait: flux " + owner.flux() + " still has " + watched.orElseThrow());
    }

    /** What waits where a new flux will look, if it was nobody's so far. */
    private List<Left> foundBy(FluxConfig wanted) {
      Optional<Path> watched = Running.watched(wanted, side).map(Comparison::real);
      boolean wasOwned =
          before.values().stream()
              .map(each -> each.watched().map(Comparison::real))
              .anyMatch(watched::equals);
      return wasOwned
          ? List.of()
          : watched
              .flatMap(
                  folder ->
                      Left.waiting(
                          folder, takes(Running.ready(wanted, side)), "they would be taken"))
              .stream()
              .toList();
    }

    private One removed(Running runs) {
      List<Left> files = new ArrayList<>(leftIn(runs));
      runs.spool()
          .flatMap(
              spool ->
                  Left.spooled(spool, "it would stay linked until they have come to their end"))
          .ifPresent(files::add);
      return new One(runs.flux(), What.REMOVED, runs.why(), List.of(), files);
    }

    private One changed(Running runs, FluxConfig wanted, boolean same) {
      List<Settings.Change> changes =
          Settings.changes(runs.settings(), Settings.of(wanted, side).shown());
      if (changes.isEmpty() && !same) {
        changes = List.of(Settings.maskedOnly());
      }
      Optional<Left> spooled = leftInSpool(runs);
      if (spooled.isPresent()) {
        return new One(
            runs.flux(),
            What.REFUSED,
            Optional.of("its spool cannot move while files stand in it"),
            changes,
            List.of(spooled.get()));
      }
      List<Left> files = new ArrayList<>();
      Optional<Path> from = runs.watched().map(Comparison::real);
      if (from.equals(Running.watched(wanted, side).map(Comparison::real))) {
        files.addAll(otherwiseReady(from, runs.ready(), Running.ready(wanted, side)));
      } else {
        files.addAll(leftIn(runs));
        files.addAll(foundBy(wanted));
      }
      return new One(runs.flux(), What.CHANGED, whyItWaits(wanted).or(runs::why), changes, files);
    }

    private Optional<Left> leftInSpool(Running runs) {
      Optional<Path> to =
          Optional.ofNullable(after.get(runs.flux()))
              .flatMap(FluxConfig::ingest)
              .map(IngestSection::spool)
              .map(Comparison::real);
      return runs.spool()
          .filter(from -> to.isPresent() && !real(from).equals(to.get()))
          .flatMap(from -> Left.spooled(from, "they would be left behind"));
    }

    /** The files of a folder that is no longer its flux's: the next one may take others. */
    private List<Left> leftIn(Running runs) {
      List<Left> files = new ArrayList<>();
      if (runs.watched().isPresent()) {
        Path folder = runs.watched().get();
        Owner next = ownersAfter.get(real(folder));
        Taken so = takes(runs.ready());
        Taken then = next == null ? Taken.NONE : takes(next.ready());
        String whose = next == null ? "" : "flux " + next.flux() + "'s";
        Left.waiting(folder, so.and(then), "they would be " + whose).ifPresent(files::add);
        Left.waiting(folder, so.butNot(then), "nobody would take them").ifPresent(files::add);
        Left.waiting(folder, then.butNot(so), "they were not taken, and would be " + whose)
            .ifPresent(files::add);
      }
      return onceIfUnseen(files);
    }

    /** Of a folder that this user may not see, one word is enough. */
    private static List<Left> onceIfUnseen(List<Left> files) {
      return files.stream()
          .filter(each -> each.files().isEmpty())
          .findFirst()
          .map(List::of)
          .orElse(files);
    }

    /** The files of one folder under other rules. */
    private static List<Left> otherwiseReady(
        Optional<Path> folder, Optional<ReadyRules> from, Optional<ReadyRules> to) {
      List<Left> files = new ArrayList<>();
      if (folder.isPresent() && !from.equals(to)) {
        Taken then = takes(to);
        Taken so = takes(from);
        Left.waiting(folder.get(), so.butNot(then), "they would not be taken any more")
            .ifPresent(files::add);
        Left.waiting(folder.get(), then.butNot(so), "they were not taken, and would be")
            .ifPresent(files::add);
      }
      return onceIfUnseen(files);
    }

    private static Taken takes(Optional<ReadyRules> rules) {
      return rules.map(Left::takenBy).orElse(Taken.NONE);
    }
  }
}
