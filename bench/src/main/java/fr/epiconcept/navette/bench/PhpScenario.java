package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The same script in PHP, started anew for each file and run by a php-fpm. */
final class PhpScenario implements Scenario {
  private static final String FORKED = "php by fork";
  private static final String FPM = "php-fpm";

  /** The least that a script does: it takes care of its file, and says how it ended. */
  private static final String SCRIPT =
      """
      <?php
      unlink(getenv('NAVETTE_FILE'));
      if (PHP_SAPI !== 'cli') {
        echo getenv('NAVETTE_EXIT'), " 0\\n";
      }
      """;

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
    Flux forked = Flux.named("php").script(List.of(php.get().toString(), script.toString()));
    measure(lab, results, FORKED, forked);
    Optional<Path> program = Tool.findPrefixed("php-fpm");
    if (program.isEmpty()) {
      results.note(name(), "php-fpm left out: there is none (php-fpm)");
      return;
    }
    Path room = lab.room("php-pool");
    try (Service fpm = fpm(program.get(), room)) {
      lab.say("php-fpm listens, process " + fpm.handle().pid());
      measure(
          lab,
          results,
          FPM,
          Flux.named("php").phpFpm("unix:" + room.resolve("sock"), script.toString()));
    }
    results.note(name(), "CPU is without that of php-fpm itself.");
  }

  /** A pool of one, as the flux runs one script at a time. */
  private static Service fpm(Path program, Path room) throws IOException, InterruptedException {
    String user = System.getProperty("user.name");
    Path config =
        Files.writeString(
            room.resolve("conf"),
            """
            [global]
            error_log = ROOM/log
            [bench]
            user = USER
            group = USER
            listen = ROOM/sock
            pm = static
            pm.max_children = 1
            """
                .replace("ROOM", room.toString())
                .replace("USER", user));
    return Service.start(
        "php-fpm",
        List.of(program.toString(), "-n", "-F", "-O", "-R", "-y", config.toString()),
        Map.of(),
        "ready to handle connections",
        room.resolve("said"));
  }

  private void measure(Lab lab, Results results, String runner, Flux flux)
      throws IOException, InterruptedException {
    try (Site site = Site.started(lab, runner.replace(' ', '-'), flux)) {
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
              name(), runner, Results.NAVETTE, Unit.FILES_PER_SECOND, batch.filesPerSecond());
          results.add(
              name(),
              "CPU, " + runner,
              Results.NAVETTE,
              Unit.CPU_PER_THOUSAND,
              batch.cpuPerThousand());
        }
        lab.say("%s %d: %s files/s".formatted(runner, round, Unit.shown(batch.filesPerSecond())));
      }
    }
  }
}
