package fr.epiconcept.navette.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class DistributionTest {
  @Test
  void theMedianIsTheMiddleOneOrHalfWayBetweenTheTwoInTheMiddle() {
    assertEquals(2, Distribution.of(List.of(9.0, 1.0, 2.0)).median());
    assertEquals(3, Distribution.of(List.of(9.0, 1.0, 2.0, 4.0)).median());
  }

  @Test
  void aPercentileIsAValueThatWasSeenAndNotBelowSoManyOfThem() {
    Distribution hundred =
        Distribution.of(DoubleStream.iterate(100, each -> each - 1).limit(100).boxed().toList());

    assertEquals(50, hundred.percentile(50));
    assertEquals(99, hundred.percentile(99));
    assertEquals(100, hundred.percentile(99.1));
    assertEquals(100, hundred.percentile(100));
    assertEquals(1, hundred.percentile(0.5));
  }

  @Test
  void ofFewValuesTheHighestPercentileIsTheGreatest() {
    assertEquals(7, Distribution.of(List.of(7.0, 3.0)).percentile(99));
  }

  @Test
  void knowsBetweenWhichValuesAllAre() {
    Distribution some = Distribution.of(List.of(5.0, 4.0, 6.0));

    assertEquals(4, some.least());
    assertEquals(6, some.most());
  }

  @Test
  void isNeverMadeOfNothing() {
    assertThrows(IllegalArgumentException.class, () -> Distribution.of(List.of()));
  }
}
