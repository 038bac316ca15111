package fr.epiconcept.navette.flux.reload;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Settings;
import fr.epiconcept.navette.flux.reload.Standing.State;
import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.view.Reloaded;
import fr.epiconcept.navette.flux.view.Reloaded.Done;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place of one flux in a {@link Lineup}: a step brings what runs closer to what is wanted, and
 * is done again until both are the same.
 */
final class Slot<F> {
  private static final Logger LOG = LoggerFactory.getLogger(Lineup.class);

  private final Lineup<F> lineup;
  private final Hands<F> hands;
  private final FluxName name;
  private final Turn turn;

  // The step's own, but that everybody may look at them.
  private volatile F flux;
  private volatile FluxConfig config;
  private volatile boolean windingUp;
  private volatile String waitsFor = "";
  private volatile String refused = "";
  private volatile String failed = "";

  // Guarded by the lineup.
  private Optional<FluxConfig> wanted;
  private Set<Path> held = Set.of();
  private Optional<FluxConfig> before = Optional.empty();
  private Change change = Change.NONE;

  Slot(Lineup<F> lineup, FluxConfig first, Turns turns) {
    this.lineup = lineup;
    this.hands = lineup.hands();
    this.name = first.name();
    this.config = first;
    this.wanted = Optional.of(first);
    this.turn = turns.turn(name + " reload", this::step);
  }

  FluxName name() {
    return name;
  }

  // --- what is wanted ---

  /** A flux that is new. */
  Change begin() {
    synchronized (lineup) {
      change = new Change(this::meanwhile);
      turn.wake();
      return change;
    }
  }

  /** Another wish, or the same. */
  Change want(Optional<FluxConfig> wish) {
    synchronized (lineup) {
      boolean settled = flux != null && !windingUp && isConfig(wanted);
      if (settled && isConfig(wish)) {
        return Change.done(untouched(wish.get()));
      }
      wanted = wish;
      before = Optional.ofNullable(flux == null ? null : config);
      refused = "";
      change = new Change(this::meanwhile);
      turn.wake();
      return change;
    }
  }

  /** What differs, if anything, is no business of the flux itself: who is called for it. */
  private Reloaded untouched(FluxConfig wish) {
    List<Settings.Change> differing =
        Settings.changes(Settings.of(config, lineup.side()), Settings.of(wish, lineup.side()));
    config = wish;
    wanted = Optional.of(wish);
    return Reloaded.of(name, differing.isEmpty() ? Done.UNCHANGED : Done.CHANGED, Optional.empty())
        .with(differing);
  }

  private boolean isConfig(Optional<FluxConfig> wish) {
    return wish.isPresent() && lineup.isSame(config, wish.get());
  }

  boolean isUnwanted() {
    return wanted.isEmpty();
  }

  private Optional<FluxConfig> wanted() {
    synchronized (lineup) {
      return wanted;
    }
  }

  // --- one step ---

  void step() {
    if (lineup.isClosed()) {
      return;
    }
    Optional<FluxConfig> wish = wanted();
    if (flux == null) {
      wish.ifPresentOrElse(this::open, this::forget);
    } else if (wish.isEmpty()) {
      windUp();
    } else if (windingUp || !isConfig(wish)) {
      become(wish.get());
    } else {
      settled();
    }
  }

  private void open(FluxConfig wish) {
    // Links are followed here, on a thread of its own: the folder may hang.
    Optional<String> other = lineup.take(this, Folders.real(hands.holds(wish)));
    if (other.isPresent()) {
      waitFor(other.get());
      turn.wakeIn(lineup.openAgain());
      return;
    }
    try {
      flux = hands.open(wish);
      config = wish;
    } catch (IOException | RuntimeException e) {
      down(wish, e.toString());
      return;
    }
    waitsFor = "";
    if (!failed.isEmpty()) {
      failed = "";
      hands.recovered(wish);
    }
    // The wish may be another one by now.
    turn.wake();
  }

  private void down(FluxConfig wish, String why) {
    if (lineup.isClosed()) {
      return;
    }
    release(Set.of());
    waitsFor = "";
    if (!why.equals(failed)) {
      failed = why;
      hands.fails(wish, why);
    }
    ends(Done.DOWN, Optional.of(why));
    turn.wakeIn(lineup.openAgain());
  }

  /** One that is wanted again while it winds up, too: it is made anew. */
  private void become(FluxConfig wish) {
    Optional<String> obstacle = obstacle(wish);
    if (obstacle.isPresent() && !windingUp) {
      refuse(wish, obstacle.get());
      return;
    }
    waitFor("what is under way ends first");
    F old = flux;
    FluxConfig from = config;
    if (!closed(old)) {
      return;
    }
    // Something may have come while it was closed.
    obstacle = obstacle(old, from, wish);
    flux = null;
    windingUp = false;
    release(Set.of());
    obstacle.ifPresent(why -> refuse(wish, from, why));
    turn.wake();
  }

  private boolean closed(F old) {
    try {
      hands.close(old);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Optional<String> obstacle(FluxConfig wish) {
    return obstacle(flux, config, wish);
  }

  private Optional<String> obstacle(F runs, FluxConfig from, FluxConfig to) {
    try {
      return hands.obstacle(runs, from, to);
    } catch (IOException e) {
      return Optional.of("what stands in its folders cannot be seen: " + e);
    }
  }

  private void refuse(FluxConfig wish, String why) {
    refuse(wish, config, why);
    turn.wake();
  }

  private void refuse(FluxConfig wish, FluxConfig instead, String why) {
    LOG.error("flux {} goes on with the settings that it had: {}", name, why);
    synchronized (lineup) {
      if (wanted.equals(Optional.of(wish))) {
        wanted = Optional.of(instead);
        refused = why;
      }
    }
  }

  private void windUp() {
    if (!windingUp) {
      windingUp = true;
      waitsFor = "";
      hands.windUp(flux);
      release(Folders.real(hands.holdsWindingUp(config)));
    }
    Optional<String> underWay;
    try {
      underWay = hands.underWay(flux);
    } catch (IOException e) {
      underWay = Optional.of("what is under way cannot be seen: " + e);
    }
    if (underWay.isPresent()) {
      if (waitsFor.isEmpty()) {
        LOG.info("flux {} was removed and takes nothing new; it waits: {}", name, underWay.get());
      }
      waitsFor = underWay.get();
      ends(Done.DRAINING, underWay);
      turn.wakeIn(lineup.lookAgain());
    } else if (closed(flux)) {
      flux = null;
      turn.wake();
    }
  }

  private void forget() {
    release(Set.of());
    // Before it is dropped: whoever wants it again then opens it after this.
    hands.removed(name);
    if (lineup.drop(this)) {
      LOG.info("flux {} was removed and has ended", name);
      ends(Done.REMOVED, Optional.empty());
    }
  }

  private void settled() {
    boolean isNew;
    synchronized (lineup) {
      isNew = before.isEmpty();
    }
    waitsFor = "";
    if (!refused.isEmpty()) {
      ends(Done.REFUSED, Optional.of(refused));
    } else if (ends(isNew ? Done.NEW : Done.CHANGED, Optional.empty())) {
      LOG.info("flux {} {}", name, isNew ? "is new and runs" : "runs with its new settings");
    }
  }

  // --- what is told ---

  private void waitFor(String what) {
    if (!what.equals(waitsFor)) {
      waitsFor = what;
      LOG.info("flux {} waits: {}", name, what);
    }
  }

  private boolean ends(Done done, Optional<String> why) {
    synchronized (lineup) {
      return change.ends(Reloaded.of(name, done, why).with(changes(done)));
    }
  }

  private Reloaded meanwhile() {
    return Reloaded.of(name, Done.WAITING, Optional.of(waitsFor).filter(what -> !what.isEmpty()));
  }

  private List<Settings.Change> changes(Done done) {
    if (done != Done.CHANGED || before.isEmpty()) {
      return List.of();
    }
    return Settings.changes(
        Settings.of(before.get(), lineup.side()), Settings.of(config, lineup.side()));
  }

  Standing standing() {
    synchronized (lineup) {
      Optional<String> why = Optional.of(waitsFor).filter(what -> !what.isEmpty());
      if (flux == null) {
        State state = waitsFor.isEmpty() && !failed.isEmpty() ? State.DOWN : State.CHANGING;
        return new Standing(
            wanted.orElse(config),
            state,
            why.or(() -> Optional.of(failed).filter(what -> !what.isEmpty())));
      }
      State state = wanted.isEmpty() ? State.DRAINING : State.CHANGING;
      boolean runs = !windingUp && isConfig(wanted);
      return new Standing(config, runs ? State.RUNS : state, runs ? Optional.empty() : why);
    }
  }

  // --- folders ---

  /** Guarded by the lineup. */
  Set<Path> held() {
    return held;
  }

  /** Guarded by the lineup. */
  void hold(Set<Path> folders) {
    held = folders;
  }

  private void release(Set<Path> keeps) {
    synchronized (lineup) {
      held = keeps;
    }
    lineup.released(this);
  }

  void wakeIfWaiting() {
    if (flux == null && !waitsFor.isEmpty()) {
      turn.wake();
    }
  }

  void close() {
    turn.close();
  }
}
