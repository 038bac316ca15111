package fr.epiconcept.navette.flux.reload;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.view.Reloaded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The fluxes that a daemon runs, and those that it shall run. Each comes from the one to the other
 * in a turn of its own: one that waits for its script or for its folder delays no other, and one
 * that is not changed is not touched.
 *
 * @param <F> a flux that runs
 */
public final class Lineup<F> implements AutoCloseable {
  /** How often it is asked whether a removed flux has come to its end. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final Side side;
  private final Hands<F> hands;
  private final Turns turns;
  private final Duration openAgain;

  // Guarded by this.
  private final Map<FluxName, Slot<F>> slots = new TreeMap<>();
  private boolean closed;

  /**
   * Without a flux.
   *
   * @param openAgain after how long one that could not start is tried again: its folder may be
   *     mounted late
   */
  public Lineup(Side side, Hands<F> hands, Turns turns, Duration openAgain) {
    this.side = side;
    this.hands = hands;
    this.turns = turns;
    this.openAgain = openAgain;
  }

  /** Starts fluxes, one after the other; what cannot start now does later. To be called once. */
  public void start(List<FluxConfig> fluxes) {
    List<Slot<F>> made = new ArrayList<>();
    synchronized (this) {
      fluxes.forEach(flux -> made.add(slot(flux)));
    }
    made.forEach(Slot::step);
  }

  private Slot<F> slot(FluxConfig flux) {
    Slot<F> slot = new Slot<>(this, flux, turns);
    slots.put(flux.name(), slot);
    return slot;
  }

  /**
   * Makes {@code fluxes} those that run.
   *
   * @param asTheyAre these are not touched, whether they are among {@code fluxes} or not
   * @param patience how long to wait for what is not done at once
   * @return what was done to each but {@code asTheyAre}, by name
   */
  public List<Reloaded> apply(List<FluxConfig> fluxes, Set<FluxName> asTheyAre, Duration patience)
      throws InterruptedException {
    Map<FluxName, FluxConfig> wanted = new HashMap<>();
    fluxes.forEach(flux -> wanted.put(flux.name(), flux));
    List<Change> changes = new ArrayList<>();
    synchronized (this) {
      Set<FluxName> all = new TreeSet<>(slots.keySet());
      all.addAll(wanted.keySet());
      all.removeAll(asTheyAre);
      for (FluxName name : all) {
        changes.add(want(name, Optional.ofNullable(wanted.get(name))));
      }
    }
    long end = System.nanoTime() + patience.toNanos();
    List<Reloaded> done = new ArrayList<>();
    for (Change change : changes) {
      done.add(change.await(Duration.ofNanos(Math.max(0, end - System.nanoTime()))));
    }
    return done;
  }

  private Change want(FluxName name, Optional<FluxConfig> wanted) {
    Slot<F> slot = slots.get(name);
    if (slot != null) {
      return slot.want(wanted);
    }
    return slot(wanted.orElseThrow()).begin();
  }

  /**
   * The fluxes that there are once {@code wanted} is applied: those of {@code asTheyAre} with the
   * settings that they have.
   */
  public List<FluxConfig> with(List<FluxConfig> wanted, Set<FluxName> asTheyAre) {
    List<FluxConfig> all =
        new ArrayList<>(wanted.stream().filter(flux -> !asTheyAre.contains(flux.name())).toList());
    standing().stream()
        .map(Standing::config)
        .filter(flux -> asTheyAre.contains(flux.name()))
        .forEach(all::add);
    return all;
  }

  /** How each stands, by name. */
  public List<Standing> standing() {
    return all().stream().map(Slot::standing).toList();
  }

  private synchronized Collection<Slot<F>> all() {
    return List.copyOf(slots.values());
  }

  // --- for the slots ---

  Hands<F> hands() {
    return hands;
  }

  Side side() {
    return side;
  }

  Duration openAgain() {
    return openAgain;
  }

  Duration lookAgain() {
    return LOOK_AGAIN;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** Whether both are the same to this daemon: the other one's section is not its business. */
  boolean isSame(FluxConfig one, FluxConfig other) {
    return side == Side.INGEST
        ? one.ingest().equals(other.ingest())
        : one.worker().equals(other.worker());
  }

  /**
   * Takes {@code folders} for a slot, all of them or none.
   *
   * @return which flux has one of them, if one does
   */
  synchronized Optional<String> take(Slot<F> asker, Set<Path> folders) {
    for (Slot<F> other : slots.values()) {
      if (other != asker) {
        Optional<Path> shared = Folders.shared(folders, other.held());
        if (shared.isPresent()) {
          return Optional.of("flux " + other.name() + " still has " + shared.get());
        }
      }
    }
    asker.hold(folders);
    return Optional.empty();
  }

  /** A slot has let go of folders: another may wait for them. */
  void released(Slot<F> by) {
    for (Slot<F> other : all()) {
      if (other != by) {
        other.wakeIfWaiting();
      }
    }
  }

  /** Forgets a flux that has ended, unless it is wanted again. */
  synchronized boolean drop(Slot<F> slot) {
    return slot.isUnwanted() && slots.remove(slot.name(), slot);
  }

  /** From now on nothing changes any more; what is just being done ends. Returns at once. */
  public synchronized void end() {
    closed = true;
  }

  /** As {@link #end}, and waits for what is just being done: 30 s at most for each flux. */
  @Override
  public void close() {
    end();
    all().forEach(Slot::close);
  }
}
