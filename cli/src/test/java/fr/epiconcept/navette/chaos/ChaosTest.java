package fr.epiconcept.navette.chaos;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fr.epiconcept.navette.chaos.Checker.Problem;
import fr.epiconcept.navette.e2e.Sftp;
import fr.epiconcept.navette.e2e.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * Both daemons, every kind of deposit, every kind of fault, and then a count: see this package's
 * description.
 */
@Order(1)
class ChaosTest {
  /** So long it may take after the last fault until everything has come to its end. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /**
   * If so long nothing moves, nothing will. Once a minute a worker asks what became of files that
   * another may have done.
   */
  private static final Duration STANDSTILL = Duration.ofSeconds(90);

  /** So often it says what is left. */
  private static final Duration TELL = Duration.ofSeconds(10);

  private static final Set<String> CLAIM = Set.of("files:deposited", "files:claimed");

  /** What is done for a group of files before its lines are written. */
  private static final Set<String> IN_GROUPS =
      Set.of(
          "files:deposited",
          "files:claimed",
          "files:archived",
          "files:processed",
          "front:received",
          "front:archived");

  /** The most files of one group. */
  private static final int GROUP = 64;

  private final long seed =
      Optional.ofNullable(Long.getLong("navette.chaos.seed"))
          .orElseGet(() -> (long) ThreadLocalRandom.current().nextInt(1_000_000));

  private final Duration length =
      Duration.ofMillis(
          (long) (60_000 * Double.parseDouble(System.getProperty("navette.chaos.minutes", "2"))));

  private final boolean isLong = length.toMinutes() >= 5;
  private final Report report = new Report(System.out);
  private final Truth truth = new Truth();

  @Test
  void nothingIsLostAndNothingIsDoneTwice() throws Exception {
    Plan plan = Plan.of(seed, length);
    report.plan(plan);
    Path root = Files.createTempDirectory("chaos");
    boolean well = false;
    Link.Choice choice = new Link.Choice(seed, System.getProperty("navette.chaos.link", ""));
    Optional<Sftp> sftp = sftp(root);
    try (Site site = Site.in(root, isLong ? 1L << 30 : 4 << 20, choice, sftp)) {
      report.say("the link is " + site.link().words());
      try {
        run(site, plan, sftp);
        well = true;
      } finally {
        if (!well) {
          report.keep(site, Path.of("target", "chaos-" + seed + ".tgz").toAbsolutePath());
        }
      }
    } finally {
      sftp.ifPresent(Sftp::close);
    }
    wipe(root);
  }

  private void run(Site site, Plan plan, Optional<Sftp> sftp) throws Exception {
    Machines machines = new Machines(site);
    Nemesis nemesis = new Nemesis(site, machines);
    Operator operator = new Operator(site);
    Onlooker onlooker = new Onlooker(site);
    CountDownLatch enough = new CountDownLatch(1);
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      Future<?> supervision = threads.submit(machines);
      Future<?> operation = threads.submit(operator);
      Future<?> looks = threads.submit(onlooker);
      List<Future<?>> partners = new ArrayList<>();
      Partner.Habits habits = isLong ? Partner.Habits.LONG : Partner.Habits.SHORT;
      for (Flux flux : Flux.values()) {
        Partner partner = new Partner(flux, site, truth, seed, sftp, habits, enough);
        partners.add(threads.submit(partner));
      }
      nemesis.carryOut(plan);
      enough.countDown();
      for (Future<?> partner : partners) {
        partner.get(5, TimeUnit.MINUTES);
      }
      report.say("the faults are over, " + truth.deposits().size() + " files were deposited");
      long began = System.nanoTime();
      drain(site);
      report.say("drained within %d s".formatted((System.nanoTime() - began) / 1_000_000_000));
      List<Problem> problems = check(site, machines, nemesis, operator, onlooker);
      assertEquals(List.of(), problems, () -> "seed " + seed);
      machines.end();
      operator.end();
      supervision.get(1, TimeUnit.MINUTES);
      operation.get(1, TimeUnit.MINUTES);
      onlooker.end();
      looks.get(1, TimeUnit.MINUTES);
    } finally {
      enough.countDown();
      machines.end();
      operator.end();
      onlooker.end();
      threads.shutdownNow();
      threads.awaitTermination(1, TimeUnit.MINUTES);
    }
  }

  private static Optional<Sftp> sftp(Path root) throws IOException, InterruptedException {
    boolean installed = Files.isExecutable(Path.of("/usr/sbin/sshd"));
    return installed ? Optional.of(Sftp.in(root.resolve("ssh"))) : Optional.empty();
  }

  // --- the end of all that is under way ---

  private void drain(Site site) {
    Set<Path> before = new HashSet<>();
    long began = System.nanoTime();
    long[] moved = {began};
    long[] told = {began};
    await("nothing is under way")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(250))
        // What a script left running hands in its late answers meanwhile.
        .during(Duration.ofSeconds(3))
        .until(
            () -> {
              if (System.nanoTime() - told[0] > TELL.toNanos()) {
                told[0] = System.nanoTime();
                report.left(site, Duration.ofNanos(told[0] - began));
              }
              List<Path> left = UnderWay.in(site);
              Set<Path> now = new HashSet<>(left);
              if (!now.equals(before)) {
                before.clear();
                before.addAll(now);
                moved[0] = System.nanoTime();
              }
              if (!left.isEmpty() && System.nanoTime() - moved[0] > STANDSTILL.toNanos()) {
                stuck(site, left);
              }
              return left.isEmpty() && everyDepositIsSomewhere(site);
            });
  }

  private void stuck(Site site, List<Path> left) throws IOException, InterruptedException {
    report.say("STUCK: nothing has moved for " + STANDSTILL.toSeconds() + " s");
    left.stream().limit(100).forEach(path -> report.say("left " + path));
    for (Path config : List.of(site.ingestConfig(), site.workerConfig(Front.FIRST))) {
      report.say(
          "pending\n" + Tool.run(Tool.NAVETTE, "pending", "--config", config.toString()).said());
      report.say(
          "status\n" + Tool.run(Tool.NAVETTE, "status", "--config", config.toString()).said());
    }
    // Into what is kept: the last lines of truth/*.err.
    site.ingest().tellThreads();
    for (Front front : Front.present()) {
      site.worker(front).tellThreads();
    }
    throw new IllegalStateException("stuck with seed " + seed + ": " + left);
  }

  private boolean everyDepositIsSomewhere(Site site) throws IOException {
    int there = 0;
    for (Flux flux : Flux.values()) {
      there += UnderWay.files(site.room(flux, Site.Room.ARCHIVE), any -> true).size();
      there +=
          UnderWay.files(site.quarantine(flux), path -> !path.toString().endsWith(".reason.txt"))
              .size();
    }
    return there >= truth.deposits().size();
  }

  // --- the count ---

  private List<Problem> check(
      Site site, Machines machines, Nemesis nemesis, Operator operator, Onlooker onlooker)
      throws Exception {
    Map<Flux, List<DeadLetters.Letter>> letters = DeadLetters.of(site);
    Map<Flux, Found> found = new EnumMap<>(Flux.class);
    Map<Flux, Checker> checkers = new EnumMap<>(Flux.class);
    List<Problem> problems = new ArrayList<>();
    for (Flux flux : Flux.values()) {
      Found of = Found.of(site, flux, letters.get(flux));
      Checker checker = new Checker(of, truth.deposits());
      found.put(flux, of);
      checkers.put(flux, checker);
      problems.addAll(checker.check());
      problems.addAll(checker.checkSights(onlooker));
      of.files()
          .torn()
          .forEach(line -> problems.add(problem(flux, "torn line in its log: " + line)));
      of.front()
          .torn()
          .forEach(line -> problems.add(problem(flux, "torn line in its log: " + line)));
      gaps(flux, checker, of, machines).ifPresent(problems::add);
    }
    problems.addAll(emptyQueues(site));
    problems.addAll(navetteAgrees(site, found));
    report.faults(nemesis, machines, operator);
    report.files(truth.deposits(), found, checkers, onlooker);
    report.problems(site, problems, found);
    return problems;
  }

  private static Problem problem(Flux flux, String what) {
    return new Problem(Optional.empty(), Optional.empty(), flux.label() + ": " + what);
  }

  /**
   * Logs are complete, but for what each says that it lacks, and for the step that a kill may have
   * cut between the deed and its line: of one file, or, where many share the deed, of one group; of
   * claims, of all that were claimed in one turn.
   */
  private Optional<Problem> gaps(Flux flux, Checker checker, Found found, Machines machines) {
    int lost = found.files().lost() + found.front().lost();
    int kills = machines.ingest().starts();
    for (Front front : Front.of(flux)) {
      kills += machines.worker(front).starts();
    }
    checker
        .gaps()
        .forEach(
            (deposit, missing) ->
                report.say(
                    "not in the log: %s of %s %s"
                        .formatted(missing, deposit, checker.id(deposit).orElse(""))));
    List<List<String>> gaps =
        checker.gaps().values().stream().filter(missing -> !CLAIM.containsAll(missing)).toList();
    long alone = gaps.stream().filter(missing -> !IN_GROUPS.containsAll(missing)).count();
    boolean tooMany = alone > kills || gaps.size() > (long) kills * GROUP;
    return tooMany && lost == 0
        ? Optional.of(problem(flux, gaps.size() + " files with events that are in no log"))
        : Optional.empty();
  }

  private static List<Problem> emptyQueues(Site site) throws Exception {
    List<String> queues = new ArrayList<>();
    for (Front front : Front.present()) {
      queues.add("worker." + front.account);
    }
    for (Flux flux : Flux.values()) {
      queues.add("flux." + flux.label());
      queues.add("flux." + flux.label() + ".return");
    }
    List<Problem> problems = new ArrayList<>();
    DeadLetters.depths(site, queues)
        .forEach(
            (queue, depth) -> {
              if (depth > 0) {
                problems.add(
                    new Problem(
                        Optional.empty(),
                        Optional.empty(),
                        depth + " messages are left in " + queue));
              }
            });
    return problems;
  }

  /** The product's own books and lists come to the same. */
  private List<Problem> navetteAgrees(Site site, Map<Flux, Found> found) throws Exception {
    List<Problem> problems = new ArrayList<>();
    Tool balance =
        Tool.run(
            Tool.NAVETTE, "balance", "--all", "--json", "--config", site.ingestConfig().toString());
    if (balance.exit() != 0) {
      problems.add(
          new Problem(Optional.empty(), Optional.empty(), "navette balance: " + balance.said()));
    }
    for (JsonNode flux : json(balance.said())) {
      Found of =
          found.get(Flux.valueOf(flux.path("flux").asText().toUpperCase(java.util.Locale.ROOT)));
      compare(problems, flux, "quarantined", of.quarantine().size());
      compare(problems, flux, "dead", of.letters().size());
      compare(problems, flux, "processed", of.archive().size() - of.letters().size());
      compare(problems, flux, "waiting", 0);
    }
    Tool pending =
        Tool.run(
            Tool.NAVETTE,
            "pending",
            "--json",
            "--limit",
            "0",
            "--config",
            site.ingestConfig().toString());
    for (JsonNode file : json(pending.said())) {
      boolean left = file.path("name").asText().endsWith(".part");
      if (!left && !Set.of("DEAD", "QUARANTINE").contains(file.path("place").asText())) {
        problems.add(
            new Problem(Optional.empty(), Optional.empty(), "navette pending still has " + file));
      }
    }
    return problems;
  }

  private static void compare(List<Problem> problems, JsonNode flux, String key, int is) {
    if (flux.path(key).asInt(-1) != is) {
      problems.add(
          new Problem(
              Optional.empty(),
              Optional.empty(),
              "navette balance says %s=%s of %s, and it is %d"
                  .formatted(key, flux.path(key), flux.path("flux").asText(), is)));
    }
  }

  /** The last line is the answer; what comes before was said on standard error. */
  private static JsonNode json(String said) throws IOException {
    String[] lines = said.strip().split("\n", -1);
    return new ObjectMapper().readTree(lines[lines.length - 1]);
  }

  private static void wipe(Path root) throws IOException, InterruptedException {
    Tool.run("rm", "-rf", root.toString()).succeeded();
  }
}
