package fr.epiconcept.navette.bench;

import java.util.Arrays;
import java.util.Collection;

/** Values of one kind, in their order. */
final class Distribution {
  private final double[] sorted;

  private Distribution(double[] sorted) {
    this.sorted = sorted;
  }

  static Distribution of(Collection<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no values");
    }
    return new Distribution(values.stream().mapToDouble(Double::doubleValue).sorted().toArray());
  }

  /** The middle one, or what is half way between the two in the middle. */
  double median() {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The smallest value that is not below {@code percent} of all (nearest rank). */
  double percentile(double percent) {
    if (percent <= 0 || percent > 100) {
      throw new IllegalArgumentException(percent + " %");
    }
    return sorted[(int) Math.ceil(percent / 100 * sorted.length) - 1];
  }

  double least() {
    return sorted[0];
  }

  double most() {
    return sorted[sorted.length - 1];
  }

  int count() {
    return sorted.length;
  }

  @Override
  public String toString() {
    return Arrays.toString(sorted);
  }
}
