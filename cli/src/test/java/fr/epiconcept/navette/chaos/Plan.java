package fr.epiconcept.navette.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * What goes wrong, and when: from the seed alone, so that the same seed is the same plan. Every
 * kind comes before one comes again.
 */
record Plan(long seed, Duration length, List<Fault> faults) {
  /** From when both daemons are ready. */
  private static final Duration BEFORE = Duration.ofSeconds(1);

  /** Between two faults, on the average. */
  private static final Duration PACE = Duration.ofMillis(2_400);

  static Plan of(long seed, Duration length) {
    Random random = new Random(seed);
    List<Fault> faults = new ArrayList<>();
    List<Fault.Kind> deck = new ArrayList<>();
    long last = length.toMillis() - 4_000;
    for (long at = BEFORE.toMillis(); at < last; at += PACE.toMillis()) {
      if (deck.isEmpty()) {
        deck.addAll(Arrays.asList(Fault.Kind.values()));
        Collections.shuffle(deck, random);
      }
      long early = random.nextInt((int) PACE.toMillis());
      Duration lasts = lasts(deck.get(0), length, random);
      faults.add(
          new Fault(
              deck.remove(0),
              Duration.ofMillis(at + early),
              lasts,
              one(Flux.values(), random),
              one(Site.Room.values(), random),
              random.nextInt(100)));
    }
    faults.sort(Comparator.comparing(Fault::at));
    return new Plan(seed, length, List.copyOf(faults));
  }

  private static <T> T one(T[] all, Random random) {
    return all[random.nextInt(all.length)];
  }

  /** The longer the run, the longer its longest faults: a link's patience is over after 30 s. */
  private static Duration lasts(Fault.Kind kind, Duration length, Random random) {
    boolean isLong = length.toMinutes() >= 5;
    int shortest = 300;
    int longest =
        switch (kind) {
          case FREEZE_INGEST, FREEZE_WORKER, FREEZE_SECOND, LINK_HALF_OPEN ->
              isLong ? 45_000 : 5_000;
          case CLOCK_INGEST_BACK, CLOCK_INGEST_FORWARD, CLOCK_WORKER_BACK, CLOCK_WORKER_FORWARD ->
              // Long enough for a restart under that clock.
              isLong ? 90_000 : 15_000;
          case ROTATION, ROTATION_COPY -> shortest + 1;
          default -> isLong ? 20_000 : 4_000;
        };
    if (kind.name().startsWith("FREEZE_") && random.nextBoolean()) {
      return Duration.ofSeconds(20);
    }
    return Duration.ofMillis(shortest + random.nextInt(longest - shortest));
  }
}
