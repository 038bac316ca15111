package fr.epiconcept.navette.bench;

import java.util.Locale;

/** What may be said on the command line, as {@code name=value}. */
enum Option {
  ONLY("", "scenarios, with commas: latency,small,…; nothing: all of them"),
  RUNS("3", "rounds of each scenario; the table has their median"),
  DIR("", "a folder on the disk to measure; nothing: bench/target"),
  WRITE("", "yes: write the table into docs/performance.md though not all was run"),
  LATENCY_FILES("200", "files of a round of latency, one at a time"),
  WARM("3000", "files that each flux carries before it is measured"),
  SMALL_FILES("2000", "files at once in small and many"),
  SIZE("2048", "bytes of a small file"),
  LARGE("1024", "MiB of a large file, with commas: 1024,10240"),
  LARGE_WARM("2", "large files that are carried before one is measured"),
  BACKLOG("100000", "files that wait in backlog"),
  DRAIN("5000", "files of the backlog that are waited for when the worker comes"),
  WAITING("10000", "files that wait in another flux, in latency"),
  FLUXES("500", "fluxes where there are many of them"),
  SCALE_FILES("20", "files of each flux in scale"),
  SCALE_RATE("1000", "files a second that are offered in scale, over all fluxes"),
  IDLE("60", "seconds of idleness that are measured"),
  PHP_FILES("500", "files of a round of php"),
  COUNTED("1000", "files whose system calls are counted"),
  JAVA_OPTS("", "options of both daemons' JVMs; SIDE in them becomes ingest or worker"),
  REPOSITORY("", "set by bench/run"),
  NAVETTE("", "set by bench/run");

  final String standard;
  final String meaning;

  Option(String standard, String meaning) {
    this.standard = standard;
    this.meaning = meaning;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
