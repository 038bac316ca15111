package fr.epiconcept.navette.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SyscallCountsTest {
  private static SyscallCounts table(int fsyncs, int opens) {
    return SyscallCounts.of(
        List.of(
            "% time     seconds  usecs/call     calls    errors syscall",
            "------ ----------- ----------- --------- --------- ----------------",
            " 82.35    0.012931           9      %d           fsync".formatted(fsyncs),
            " 17.65    0.002771           3      %d        12 openat".formatted(opens),
            "  0.00    0.000000           0         1           mkdir",
            "------ ----------- ----------- --------- --------- ----------------",
            "100.00    0.015702           7      9999        12 total"));
  }

  @Test
  void whatAStartCostsIsInNoFile() {
    assertEquals(
        Map.of("fsync", 7.5, "openat", 3.0),
        table(750 + 40, 300 + 500).perFile(table(40, 500), 100));
  }
}
