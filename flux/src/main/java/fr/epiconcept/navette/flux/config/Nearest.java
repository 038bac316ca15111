package fr.epiconcept.navette.flux.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known word that somebody most likely meant. */
final class Nearest {
  private Nearest() {}

  /** {@code ": did you mean 'archive'?"}, or nothing where no word is near. */
  static String hint(String written, Collection<String> known) {
    return to(written, known).map(word -> ": did you mean '" + word + "'?").orElse(":");
  }

  /** The nearest of {@code known}, if it is near enough to be a slip of the same word. */
  static Optional<String> to(String written, Collection<String> known) {
    // A third of the letters may be wrong: "in" is no slip of "out", "arhcive" is one of "archive".
    int most = Math.max(1, Math.min(3, written.length() / 3));
    return known.stream()
        .filter(word -> distance(written, word) <= most)
        .min(
            Comparator.comparingInt((String word) -> distance(written, word))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** How many letters were added, lost, changed or swapped with their neighbour. */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      cost[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      cost[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1);
        best = Math.min(best, cost[i - 1][j - 1] + change);
        if (isSwap(a, i, b, j)) {
          best = Math.min(best, cost[i - 2][j - 2] + 1);
        }
        cost[i][j] = best;
      }
    }
    return cost[a.length()][b.length()];
  }

  private static boolean isSwap(String a, int i, String b, int j) {
    return i > 1
        && j > 1
        && a.charAt(i - 1) == b.charAt(j - 2)
        && a.charAt(i - 2) == b.charAt(j - 1);
  }
}
