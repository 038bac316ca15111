package fr.epiconcept.navette.bench;

import java.io.IOException;

/** A daemon lives for months: what its first minute is like is told apart from what it is like. */
final class Warmth {
  private Warmth() {}

  /** Lets it carry some files that count for nothing. */
  static void bring(Lab lab, Carrier carrier) throws IOException, InterruptedException {
    int files = lab.number(Option.WARM);
    if (files > 0) {
      BatchProbe.Batch batch =
          BatchProbe.of(carrier, BatchProbe.Sign.SCRIPT_ENDED, files, lab.number(Option.SIZE));
      lab.say(
          "%s: %d files before the first that counts, %s files/s"
              .formatted(carrier.system(), files, Unit.shown(batch.filesPerSecond())));
    }
  }
}
