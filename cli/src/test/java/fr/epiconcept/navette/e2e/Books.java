package fr.epiconcept.navette.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.log.LogLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.jms.JMSException;

/**
 * Compares what was deposited in a flux with what is on both servers, file by file: each byte once,
 * each script once, each acknowledgement once. Reads folders, queues and the script's journal, and
 * asks Navette nothing.
 */
final class Books {
  /** How a file of a sub-folder is kept: {@code <day>/<id>[.<round>]/<folder>/<name>}. */
  private static final Pattern KEPT_BELOW =
      Pattern.compile("[0-9-]{10}/([0-9A-HJKMNP-TV-Z]{26})(?:\\.\\d+)?/(.*)");

  /** How a file is kept for people: {@code <day>/<id>[.<round>]-<name>}. */
  private static final Pattern KEPT = Pattern.compile("([0-9A-HJKMNP-TV-Z]{26})(?:\\.\\d+)?-(.*)");

  private final TwoServers servers;
  private final Flux flux;
  private final Set<String> quarantined = new HashSet<>();
  private final Set<String> dead = new HashSet<>();
  private final List<String> sentBack = new ArrayList<>();
  private final Map<String, Integer> starts = new HashMap<>();
  private Set<String> answers = Set.of("ack-");
  private boolean inOrder = true;
  private int undecided;

  private Books(TwoServers servers, Flux flux) {
    this.servers = servers;
    this.flux = flux;
  }

  /** Books in which every deposit was processed once, in order, and answered by {@code ack-…}. */
  static Books of(TwoServers servers, String flux) {
    return new Books(servers, servers.flux(flux));
  }

  /** These were refused by the check. */
  Books quarantined(String... names) {
    return quarantined(List.of(names));
  }

  Books quarantined(Collection<String> names) {
    quarantined.addAll(names);
    return this;
  }

  /** These are dead letters: their script has failed for good. */
  Books dead(String... names) {
    return dead(List.of(names));
  }

  Books dead(Collection<String> names) {
    dead.addAll(names);
    return this;
  }

  /**
   * These were dead letters once and then sent back, in this order, after all others had arrived:
   * their script ran in each of two rounds.
   */
  Books sentBack(String... names) {
    sentBack.addAll(List.of(names));
    return this;
  }

  /**
   * A daemon ended while the script ran on this file: it was started so many times, and the
   * worker's log says so.
   *
   * @param times 1 if the script had not begun when the daemon died
   */
  Books started(String name, int times) {
    starts.put(name, times);
    return this;
  }

  /**
   * The worker was killed while it worked on so many files: their scripts may have been started,
   * and are started again.
   */
  Books startsUndecided(int atMost) {
    undecided = atMost;
    return this;
  }

  /** What the file with this id, which stands in the archive, is called. */
  String nameOf(String id) throws IOException {
    return kept(flux.archive()).stream()
        .filter(kept -> kept.id().equals(id))
        .findFirst()
        .orElseThrow()
        .name();
  }

  /** For each file processed, one acknowledgement of each prefix. */
  Books answered(String... prefixes) {
    answers = Set.of(prefixes);
    return this;
  }

  /** The flux has several files in work at once. */
  Books inAnyOrder() {
    inOrder = false;
    return this;
  }

  /** Fails with what does not agree. Both daemons run, and nothing is under way. */
  void balance() throws IOException, JMSException {
    nothingUnderWay();
    Map<String, String> deposited = servers.deposits().of(flux);
    assertEquals(
        only(deposited, name -> !quarantined.contains(name)),
        hashes(kept(flux.archive())),
        "the archive of the file server");
    assertEquals(
        only(deposited, quarantined::contains), hashes(kept(flux.quarantine())), "quarantine");
    Map<String, String> processed = only(deposited, name -> !quarantined.contains(name));
    sentBack.forEach(name -> processed.computeIfPresent(name, (same, hash) -> twice(hash, hash)));
    assertEquals(
        processed, hashes(kept(flux.workerArchive())), "the archive of the processing server");
    scriptsRan(deposited);
    acknowledged();
    queuesAreSettled();
  }

  /** Fails unless {@code navette balance} comes to the same: nothing is missing. */
  void navetteAgrees() throws IOException, InterruptedException {
    Tool said =
        Tool.run(
            Tool.NAVETTE,
            "balance",
            flux.name(),
            "--all",
            "--config",
            servers.ingest().config().toString());
    assertEquals(0, said.exit(), said::said);
    String line =
        "%s  received %d = processed %d + quarantined %d + dead %d + waiting 0   remainder 0"
            .formatted(
                flux.name(),
                servers.deposits().of(flux).size(),
                servers.deposits().of(flux).size() - quarantined.size() - dead.size(),
                quarantined.size(),
                dead.size());
    assertEquals(line, said.said().lines().findFirst().orElse(""), said::said);
  }

  private static Map<String, String> only(Map<String, String> all, Predicate<String> names) {
    Map<String, String> some = new TreeMap<>(all);
    some.keySet().removeIf(names.negate());
    return some;
  }

  /** A kept file: which deposit it is, and where it stands. */
  private record Kept(String id, String name, Path file) {}

  private static List<Kept> kept(Path folder) throws IOException {
    List<Kept> kept = new ArrayList<>();
    for (Path file : Content.files(folder)) {
      String name = file.getFileName().toString();
      if (!name.endsWith(".reason.txt")) {
        Matcher below = KEPT_BELOW.matcher(folder.relativize(file).toString());
        Matcher parts = below.matches() ? below : KEPT.matcher(name);
        kept.add(
            parts.matches()
                ? new Kept(parts.group(1), parts.group(2), file)
                : new Kept("", "unexpected " + name, file));
      }
    }
    return kept;
  }

  private static Map<String, String> hashes(List<Kept> kept) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    for (Kept each : kept) {
      hashes.merge(each.name(), Content.sha256(each.file()), Books::twice);
    }
    return hashes;
  }

  private static String twice(String one, String other) {
    return one + " and " + other;
  }

  private void scriptsRan(Map<String, String> deposited) throws IOException {
    Journal journal = Journal.of(flux);
    Map<String, Integer> interrupted = interruptedAsLogged();
    if (undecided > 0) {
      int all = interrupted.values().stream().mapToInt(Integer::intValue).sum();
      assertTrue(all <= undecided, () -> "started " + interrupted);
      interrupted.forEach(
          (name, times) ->
              starts.put(name, Math.min(1 + times, Math.max(1, (int) journal.startsOf(name)))));
    }
    Map<String, String> wanted = new TreeMap<>();
    List<String> order = new ArrayList<>();
    deposited.forEach(
        (name, sha256) -> {
          if (!quarantined.contains(name)) {
            int once = sentBack.contains(name) ? 2 : 1;
            wanted.put(name, starts.getOrDefault(name, once) + " x " + sha256);
            order.add(name);
          }
        });
    order.addAll(sentBack);
    Map<String, String> found = new TreeMap<>();
    for (Journal.Start start : journal.starts()) {
      found.put(start.name(), journal.startsOf(start.name()) + " x " + start.sha256());
    }
    assertEquals(wanted, found, "starts of the script");
    if (inOrder) {
      assertEquals(order, journal.order(), "the order in which scripts ran");
    }
    assertEquals(starts.keySet(), interrupted.keySet(), "interrupted, as the worker's log says");
  }

  /** How often the script of a file was cut, by its name. */
  private Map<String, Integer> interruptedAsLogged() throws IOException {
    Map<String, Integer> interrupted = new HashMap<>();
    for (LogLine line : servers.workerLog(flux.name())) {
      if (line.event().equals("interrupted")) {
        interrupted.merge(nameOf(line.id().orElseThrow().value()), 1, Integer::sum);
      }
    }
    return interrupted;
  }

  private void acknowledged() throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (Path file : Content.files(flux.out())) {
      found.put(flux.out().relativize(file).toString(), Content.sha256(file));
    }
    assertEquals(wantedAnswers(), found, "acknowledgements in out");
  }

  private Map<String, String> wantedAnswers() {
    Map<String, String> wanted = new TreeMap<>(servers.handedIn().of(flux));
    only(servers.deposits().of(flux), name -> !quarantined.contains(name) && !dead.contains(name))
        .forEach(
            (name, sha256) -> answers.forEach(prefix -> wanted.put(answer(prefix, name), sha256)));
    return wanted;
  }

  /** In the folder of what it answers. */
  private static String answer(String prefix, String name) {
    int own = name.lastIndexOf('/') + 1;
    return name.substring(0, own) + prefix + name.substring(own);
  }

  private void queuesAreSettled() throws IOException, JMSException {
    String queue = "flux." + flux.name();
    Set<String> deadIds = new HashSet<>();
    for (Kept kept : kept(flux.archive())) {
      if (dead.contains(kept.name())) {
        deadIds.add(kept.id());
      }
    }
    Queues queues = servers.queues();
    assertEquals(List.of(), queues.ids(queue), queue);
    assertEquals(List.of(), queues.ids(queue + ".return"), queue + ".return");
    // A worker does what a receipt says, and settles it then, without waiting for the broker.
    await()
        .atMost(TwoServers.PATIENCE)
        .untilAsserted(
            () -> assertEquals(List.of(), queues.ids("worker." + TwoServers.WORKER), "receipts"));
    List<String> letters = queues.ids(queue + ".dead");
    assertEquals(deadIds, new HashSet<>(letters), queue + ".dead");
    assertEquals(deadIds.size(), letters.size(), queue + ".dead has a letter twice");
  }

  /**
   * Fails if a file waits anywhere, or a trace of one is left where none should be. Looks at
   * folders only, so it can be asked again and again.
   */
  void nothingUnderWay() throws IOException {
    Map<String, List<String>> left = new LinkedHashMap<>();
    leftIn(left, flux.inbox());
    leftIn(left, flux.spool(), "era", "dead/*", "ledger/*");
    leftIn(left, flux.storage());
    leftIn(left, flux.workerOut());
    leftIn(left, flux.workerState().resolve("spool"), "era");
    leftIn(left, flux.workerState().resolve("deposits/open"));
    leftIn(left, flux.ingestState().resolve("answers/open"));
    left.values().removeIf(List::isEmpty);
    assertEquals(Map.of(), left, "files under way");
    assertEquals(servers.deposits().of(flux).size(), known(), "deposits that are in no archive");
  }

  private int known() throws IOException {
    return kept(flux.archive()).size() + kept(flux.quarantine()).size();
  }

  private static void leftIn(Map<String, List<String>> left, Path folder, String... expected)
      throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : Content.files(folder)) {
      String name = folder.relativize(file).toString();
      if (!isExpected(name, expected)) {
        found.add(name);
      }
    }
    found.addAll(foldersOfIds(folder));
    left.put(folder.toString(), found);
  }

  private static boolean isExpected(String name, String... expected) {
    return Arrays.stream(expected)
        .anyMatch(
            each ->
                each.endsWith("*")
                    ? name.startsWith(each.substring(0, each.length() - 1))
                    : name.equals(each));
  }

  /** A spool's folder for one file, emptied and left behind. */
  private static List<String> foldersOfIds(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isDirectory)
          .map(path -> folder.relativize(path).toString())
          .filter(name -> name.matches("(.*/)?[0-9A-HJKMNP-TV-Z]{26}(\\..*)?|.*navette-run.*"))
          .toList();
    } catch (java.io.UncheckedIOException movedMeanwhile) {
      return List.of("at work");
    }
  }
}
