package fr.epiconcept.navette.cli;

/** Room on a disk as people say it. */
final class Sizes {
  private Sizes() {}

  /** Rounded down: {@code 900 MiB}, {@code 40 GiB}. */
  static String rough(long bytes) {
    return bytes >= 10L << 30 ? (bytes >> 30) + " GiB" : (bytes >> 20) + " MiB";
  }
}
