package fr.epiconcept.navette.chaos;

import java.util.Random;

/**
 * What the script, or the check, does with one deposit.
 *
 * @param kind how it ends
 * @param later so many of its first runs answer 75
 * @param answers acknowledgements that it leaves in its own folder
 * @param late acknowledgements that a process which outlives it hands in afterwards
 * @param nap tenths of a second that it takes
 */
record Task(Kind kind, int later, int answers, int late, int nap) {
  /** How it ends, sooner or later. */
  enum Kind {
    GOOD,
    /** The check refuses it. */
    REFUSED,
    /** Answers 3. */
    FAILS,
    /** Ends itself by SIGKILL. */
    CRASHES,
    /** Sleeps until its time is over. */
    HANGS,
    /** The same, and bears SIGTERM. */
    STUBBORN,
    /** Leaves a child behind that holds its output open. */
    FORKS,
    /** Prints megabytes. */
    SHOUTS,
    /** Takes its input away. */
    DELETES,
    /** Its first run leaves half of an answer, and asks for another. */
    HALF;

    boolean ends(End end) {
      return end == expected();
    }

    private End expected() {
      return switch (this) {
        case REFUSED -> End.QUARANTINED;
        case FAILS, CRASHES, HANGS, STUBBORN -> End.DEAD;
        case GOOD, FORKS, SHOUTS, DELETES, HALF -> End.PROCESSED;
      };
    }
  }

  /** Where a deposit ends. */
  enum End {
    PROCESSED,
    DEAD,
    QUARANTINED
  }

  End expected() {
    return kind.expected();
  }

  /** As it stands in the first line of the deposit. */
  String words() {
    return "%s %d %d %d %d".formatted(kind, later, answers, late, nap);
  }

  static Task of(Flux flux, Random random) {
    int nap = random.nextInt(2) == 0 ? random.nextInt(4) : 0;
    int later = random.nextInt(8) == 0 ? 1 + random.nextInt(2) : 0;
    int answers = random.nextInt(3);
    int late = random.nextInt(6) == 0 ? 1 : 0;
    Task good = new Task(Kind.GOOD, later, answers, late, nap);
    return switch (flux) {
      case ORDERED -> random.nextInt(15) == 0 ? good.as(Kind.FAILS) : good;
      case STRICT, PAIR, DEEP -> random.nextInt(12) == 0 ? good.as(Kind.FAILS) : good;
      case CHECKED -> random.nextInt(5) == 0 ? good.as(Kind.REFUSED) : good;
      case ONCE -> new Task(Kind.GOOD, later, answers, 0, random.nextInt(6));
      case FOUR -> random.nextInt(10) == 0 ? good.as(Kind.HALF) : good;
      case WILD -> good.as(wild(random));
      case LARGE, MARKED, FETCHED, ELSEWHERE, SHARED -> good;
    };
  }

  /** One of thousands: nothing but its answer. */
  static Task quick() {
    return new Task(Kind.GOOD, 0, 1, 0, 0);
  }

  private static Kind wild(Random random) {
    // Seconds each
    Kind[] slow = {Kind.STUBBORN, Kind.HANGS, Kind.HANGS, Kind.FORKS, Kind.FORKS, Kind.FORKS};
    Kind[] quick = {Kind.CRASHES, Kind.DELETES, Kind.HALF, Kind.GOOD, Kind.SHOUTS};
    return random.nextInt(7) == 0
        ? slow[random.nextInt(slow.length)]
        : quick[random.nextInt(quick.length)];
  }

  private Task as(Kind other) {
    return new Task(other, later, answers, late, nap);
  }
}
