package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A script in PHP, started anew for each file; a runner that keeps PHP going gets its row here. */
final class PhpScenario implements Scenario {
  private static final String FORKED = "php by fork";

  /** The least that a script does: it takes care of its file. */
  private static final String SCRIPT = "<?php unlink($argv[1]);\n";

  @Override
  public String name() {
    return "php";
  }

  @Override
  public void run(Lab lab, Results results) throws IOException, InterruptedException {
    Optional<Path> php = Tool.find("php");
    if (php.isEmpty()) {
      results.note(name(), "left out: no php (php-cli)");
      return;
    }
    Path script = Files.writeString(lab.room("php-script").resolve("take.php"), SCRIPT);
    Flux flux = Flux.named("php").script(List.of(php.get().toString(), script.toString()));
    try (Site site = Site.started(lab, "php", flux)) {
      Carrier carrier = site.carrier("php");
      for (int round = 0; round <= lab.number(Option.RUNS); round++) {
        lab.quiet();
        BatchProbe.Batch batch =
            BatchProbe.of(
                carrier,
                BatchProbe.Sign.VANISHED,
                lab.number(Option.PHP_FILES),
                lab.number(Option.SIZE));
        if (round > 0) { // before the first that counts, the daemons are cold
          results.add(
              name(), FORKED, Results.NAVETTE, Unit.FILES_PER_SECOND, batch.filesPerSecond());
          results.add(
              name(),
              "CPU, " + FORKED,
              Results.NAVETTE,
              Unit.CPU_PER_THOUSAND,
              batch.cpuPerThousand());
        }
        lab.say("php %d: %s files/s".formatted(round, Unit.shown(batch.filesPerSecond())));
      }
    }
  }
}
