package fr.epiconcept.navette.chaos;

import fr.epiconcept.navette.chaos.Chronicle.Run;
import fr.epiconcept.navette.chaos.Found.Answer;
import fr.epiconcept.navette.chaos.Found.Kept;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares what was deposited in one flux with what was found, file by file. Knows nothing of the
 * product but what its documentation says, and uses none of its classes.
 */
final class Checker {
  private static final String NOTHING = Content.sha256(new byte[0]);

  private final Found found;
  private final Map<String, Deposit> bySha256 = new HashMap<>();
  private final Map<String, Deposit> byId = new LinkedHashMap<>();
  private final Map<Integer, String> ids = new HashMap<>();
  private final Map<String, List<Answer>> answers = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Collection<Deposit> deposits;
  private int starts;
  private int again;
  private int interrupted;

  /**
   * Something that should not be.
   *
   * @param about the deposit, where it is one's
   */
  record Problem(Optional<Deposit> about, Optional<String> id, String what) {
    @Override
    public String toString() {
      return about.map(deposit -> deposit + id.map(" "::concat).orElse("") + ": ").orElse("")
          + what;
    }
  }

  Checker(Found found, List<Deposit> all) {
    this.found = found;
    deposits = all.stream().filter(deposit -> deposit.flux() == found.flux()).toList();
    deposits.forEach(deposit -> bySha256.put(deposit.sha256(), deposit));
  }

  List<Problem> check() {
    whereTheyStand();
    for (Answer answer : found.answers()) {
      answers.computeIfAbsent(answer.line(), line -> new ArrayList<>()).add(answer);
    }
    for (Deposit deposit : deposits) {
      Optional<String> id = Optional.ofNullable(ids.get(deposit.serial()));
      if (id.isEmpty()) {
        problem(deposit, "LOST: in no archive and in no quarantine");
      } else if (deposit.task().expected() != Task.End.QUARANTINED) {
        new Life(deposit, id.get()).check();
      }
    }
    runsOfNobody();
    answersOfNobody();
    lettersOfNobody();
    if (found.flux().isOrdered()) {
      order();
    }
    if (found.flux() == Flux.STRICT) {
      nothingOvertookAFailure();
    }
    return problems;
  }

  /** Whatever had a name that others see was whole from that moment on. */
  List<Problem> checkSights(Onlooker onlooker) {
    List<Problem> halves = new ArrayList<>();
    for (Onlooker.Sight sight : onlooker.sights(found.flux(), Site.Room.STORAGE)) {
      if (!bySha256.containsKey(sight.sha256())) {
        halves.add(half(sight));
      }
    }
    Map<Path, String> whole = new HashMap<>();
    found.answers().forEach(answer -> whole.put(answer.path(), answer.sha256()));
    for (Onlooker.Sight sight : onlooker.sights(found.flux(), Site.Room.OUT)) {
      if (!sight.sha256().equals(whole.get(sight.path()))) {
        halves.add(half(sight));
      }
    }
    return halves;
  }

  private Problem half(Onlooker.Sight sight) {
    String name = sight.path().getFileName().toString();
    Optional<Deposit> about =
        deposits.stream().filter(deposit -> deposit.name().equals(name)).findFirst();
    return new Problem(
        about,
        about.flatMap(this::id),
        found.flux().label() + ": was seen before it was WHOLE: " + sight.path());
  }

  private void problem(Deposit about, String what) {
    problems.add(
        new Problem(Optional.of(about), Optional.ofNullable(ids.get(about.serial())), what));
  }

  private void problem(String what) {
    problems.add(
        new Problem(Optional.empty(), Optional.empty(), found.flux().label() + ": " + what));
  }

  // --- folders ---

  private void whereTheyStand() {
    Map<Integer, List<Kept>> archived = sorted(found.archive(), "the archive");
    Map<Integer, List<Kept>> quarantined = sorted(found.quarantine(), "quarantine");
    Map<Integer, List<Kept>> kept = sorted(found.kept(), "the workers' archives");
    for (Deposit deposit : deposits) {
      boolean refused = deposit.task().expected() == Task.End.QUARANTINED;
      boolean taken = refused || deposit.task().kind() == Task.Kind.DELETES;
      once(deposit, archived, refused ? 0 : 1, "the archive");
      once(deposit, quarantined, refused ? 1 : 0, "quarantine");
      once(deposit, kept, (taken ? 0 : 1) + overtaken(deposit), "the workers' archives");
    }
  }

  private Map<Integer, List<Kept>> sorted(List<Kept> all, String where) {
    Map<Integer, List<Kept>> sorted = new HashMap<>();
    for (Kept each : all) {
      Deposit deposit = bySha256.get(each.sha256());
      if (deposit == null) {
        problem("bytes that nobody deposited stand in " + where + ": " + each.path());
        continue;
      }
      sorted.computeIfAbsent(deposit.serial(), serial -> new ArrayList<>()).add(each);
      String id = ids.putIfAbsent(deposit.serial(), each.id());
      if (id != null && !id.equals(each.id())) {
        problem(deposit, "has two ids: " + id + " and " + each.id());
      }
      Deposit other = byId.putIfAbsent(each.id(), deposit);
      if (other != null && !other.equals(deposit)) {
        problem(deposit, "has the id of another one: " + other);
      }
      if (!each.name().equals(deposit.treeName())) {
        problem(deposit, "stands in " + where + " under another name: " + each.path());
      }
      if (!each.modified().equals(deposit.modified())) {
        problem(
            deposit,
            "its mtime was %s and is %s in %s"
                .formatted(deposit.modified(), each.modified(), where));
      }
    }
    return sorted;
  }

  /** How often a worker keeps it for people though another's run counts. */
  private int overtaken(Deposit deposit) {
    return (int)
        id(deposit).stream()
            .flatMap(id -> found.front().of(id).stream())
            .filter(event -> event.word().equals("overtaken"))
            .count();
  }

  private void once(Deposit deposit, Map<Integer, List<Kept>> there, int wanted, String where) {
    int is = there.getOrDefault(deposit.serial(), List.of()).size();
    if (is != wanted) {
      problem(deposit, "stands in %s %d times, and not %d".formatted(where, is, wanted));
    }
  }

  // --- one file ---

  /** What scripts did with one deposit, and what came of it. */
  private final class Life {
    private final Deposit deposit;
    private final String id;
    private final List<Run> runs;

    Life(Deposit deposit, String id) {
      this.deposit = deposit;
      this.id = id;
      this.runs = found.chronicle().of(id);
    }

    void check() {
      starts += runs.size();
      if (runs.isEmpty()) {
        if (!mayBeInterrupted(1)) {
          problem(deposit, "its script never ran");
        }
        return;
      }
      for (Run run : runs) {
        sawIt(run);
      }
      eachRunHadItsReason();
      itsEnd(runs.get(runs.size() - 1));
    }

    private void sawIt(Run run) {
      boolean read = run.serial != 0;
      if (read && run.serial != deposit.serial()) {
        problem(deposit, "the script was given another file: #" + run.serial);
      } else if (read && !run.sha256.equals(deposit.sha256())) {
        problem(deposit, "the script was given other bytes: " + run.sha256);
      } else if (read && !run.name.equals(deposit.treeName())) {
        problem(deposit, "the script was given another name: " + run.name);
      }
    }

    private void eachRunHadItsReason() {
      Set<String> attempts = new HashSet<>();
      for (int i = 0; i < runs.size(); i++) {
        Run run = runs.get(i);
        String attempt = run.key.front() + "/" + run.key.attempt();
        if (!attempts.add(attempt)) {
          problem(deposit, "ran TWICE in attempt " + attempt);
        }
        if (i == runs.size() - 1) {
          break;
        }
        boolean asked = run.exit.equals(Optional.of(75));
        again += asked ? 1 : 0;
        if (!asked && !mayBeInterrupted(run.key.attempt())) {
          problem(
              deposit,
              "ran again after attempt %d, which ended %s and was not told as interrupted"
                  .formatted(
                      run.key.attempt(), run.exit.map(String::valueOf).orElse("in silence")));
        }
        interrupted += asked ? 0 : 1;
      }
    }

    /** Of several workers the one that takes over may say so, of a run that was another's. */
    private boolean mayBeInterrupted(int attempt) {
      boolean said =
          found.flux().hasSeveralWorkers()
              ? found.front().has(id, "interrupted")
              : found.front().wasInterrupted(id, attempt);
      return said || found.front().lost() > 0;
    }

    private void itsEnd(Run last) {
      long letters = found.letters().stream().filter(letter -> letter.id().equals(id)).count();
      boolean undecided =
          found.flux() == Flux.ONCE
              && found.front().of(id).stream()
                  .anyMatch(event -> event.word().equals("interrupted"));
      boolean dead = deposit.task().expected() == Task.End.DEAD || (undecided && letters > 0);
      if (letters != (dead ? 1 : 0)) {
        problem(deposit, "has %d dead letters".formatted(letters));
      }
      for (DeadLetters.Letter letter : found.letters()) {
        if (letter.id().equals(id) && !letter.sha256().equals(deposit.sha256())) {
          problem(deposit, "its dead letter has other bytes");
        }
      }
      Set<Optional<Integer>> well =
          switch (deposit.task().kind()) {
            case FAILS -> Set.of(Optional.of(3));
            case CRASHES -> Set.of(Optional.of(137));
            case HANGS, STUBBORN -> Set.of(Optional.of(124));
            default -> Set.of(Optional.of(0));
          };
      if (!undecided && !well.contains(last.exit)) {
        problem(
            deposit,
            "its last run ended %s".formatted(last.exit.map(String::valueOf).orElse("in silence")));
      }
      answered(last, undecided && dead);
      told(dead);
    }

    private void answered(Run last, boolean discarded) {
      boolean gaveAnswers = last.exit.filter(exit -> exit == 0 || exit == 3).isPresent();
      int wanted = gaveAnswers && !discarded ? deposit.task().answers() : 0;
      for (int i = 1; i <= wanted; i++) {
        String line = "answer %d to %d by %s".formatted(i, deposit.serial(), last.key);
        List<Answer> there = take(line);
        if (there.size() != 1) {
          problem(deposit, "answer %d is in out %d times".formatted(i, there.size()));
        }
        String rest = i == 1 ? deposit.sha256() : NOTHING;
        for (Answer answer : there) {
          if (!answer.rest().equals(rest)) {
            problem(deposit, "answer %d is not what was handed in".formatted(i));
          }
          Path home = Path.of(deposit.subFolder(), "ack-%d-%d".formatted(deposit.serial(), i));
          if (!answer.path().endsWith(home)) {
            problem(deposit, "answer %d came as %s".formatted(i, answer.path()));
          }
        }
      }
    }

    private void told(boolean dead) {
      LogBook files = found.files();
      LogBook front = found.front();
      List<String> missing = new ArrayList<>();
      // Not "transferred": where an outcome comes without its receipt, "processed" says as much.
      for (String word : List.of("deposited", "claimed", "published", "archived")) {
        missing(missing, "files", files, word);
      }
      if (dead) {
        missing(missing, "files", files, "dead");
      } else {
        missing(missing, "files", files, "processed");
      }
      for (String word : List.of("received", "started", "archived")) {
        missing(missing, "front", front, word);
      }
      if (!missing.isEmpty()) {
        gaps.put(deposit, missing);
      }
    }

    private void missing(List<String> missing, String where, LogBook log, String word) {
      if (!log.has(id, word)) {
        missing.add(where + ":" + word);
      }
    }
  }

  private final Map<Deposit, List<String>> gaps = new LinkedHashMap<>();

  /** Events that a log lacks, by deposit. */
  Map<Deposit, List<String>> gaps() {
    return gaps;
  }

  private List<Answer> take(String line) {
    return Optional.ofNullable(answers.remove(line)).orElse(List.of());
  }

  // --- what belongs to nobody ---

  private void runsOfNobody() {
    for (Run run : found.chronicle().runs().values()) {
      Deposit deposit = byId.get(run.key.id());
      if (deposit == null) {
        problem("a script ran on a file that stands nowhere: " + run.key);
      } else if (deposit.task().expected() == Task.End.QUARANTINED) {
        problem(deposit, "the script ran on a file that the check had refused");
      }
    }
  }

  private void answersOfNobody() {
    for (Run run : found.chronicle().runs().values()) {
      run.late.forEach(
          (name, handedIn) -> {
            List<Answer> there = take("late answer " + name);
            if (there.size() > 1 || (handedIn && there.isEmpty())) {
              problem(
                  Optional.ofNullable(byId.get(run.key.id())),
                  run.key.id(),
                  "the late answer %s is in out %d times".formatted(name, there.size()));
            }
            for (Answer answer : there) {
              if (!answer.rest().equals(NOTHING) || !answer.path().endsWith(name)) {
                problem("a late answer is not as it was handed in: " + answer.path());
              }
            }
          });
    }
    answers
        .values()
        .forEach(
            more ->
                more.forEach(
                    answer ->
                        problem(
                            aboutAnswer(answer),
                            aboutAnswer(answer).map(d -> ids.get(d.serial())).orElse(""),
                            "nobody's answer is in out: %s '%s'"
                                .formatted(answer.path(), answer.line()))));
  }

  private Optional<Deposit> aboutAnswer(Answer answer) {
    String[] words = answer.path().getFileName().toString().split("-", 3);
    return deposits.stream()
        .filter(deposit -> words.length > 1 && words[1].equals("" + deposit.serial()))
        .findFirst();
  }

  private void problem(Optional<Deposit> about, String id, String what) {
    problems.add(new Problem(about, Optional.ofNullable(id), found.flux().label() + ": " + what));
  }

  private void lettersOfNobody() {
    for (DeadLetters.Letter letter : found.letters()) {
      if (!byId.containsKey(letter.id())) {
        problem("a dead letter of a file that stands nowhere: " + letter.id());
      }
    }
  }

  // --- order ---

  /** Files are processed in the order of their ids, and a file that waits is not overtaken. */
  private void order() {
    String last = "";
    for (Chronicle.Line line : found.chronicle().lines()) {
      if (line.word().equals("start")) {
        String id = line.key().orElseThrow().id();
        if (id.compareTo(last) < 0) {
          problem(
              Optional.ofNullable(byId.get(id)),
              id,
              "OVERTAKEN: its script started after that of " + last);
        } else {
          last = id;
        }
      }
    }
    List<Deposit> byPlace =
        deposits.stream()
            .filter(deposit -> ids.containsKey(deposit.serial()))
            .sorted(Comparator.comparing(Deposit::place))
            .toList();
    Deposit before = null;
    for (Deposit deposit : byPlace) {
      if (before != null && ids.get(deposit.serial()).compareTo(ids.get(before.serial())) < 0) {
        problem(deposit, "OVERTOOK the deposit before it: " + before + ids.get(before.serial()));
      }
      before = deposit;
    }
  }

  /** {@code on-failure: stop}: after a failure nothing starts before the operator has come. */
  private void nothingOvertookAFailure() {
    Optional<String> failed = Optional.empty();
    Map<String, Run> lastRuns =
        found.chronicle().runs().values().stream()
            .collect(Collectors.toMap(run -> run.key.id(), run -> run, (one, other) -> other));
    for (Chronicle.Line line : found.chronicle().lines()) {
      switch (line.word()) {
        case "resume" -> failed = Optional.empty();
        case "start" -> {
          String id = line.key().orElseThrow().id();
          if (failed.isPresent() && !failed.get().equals(id)) {
            problem(
                Optional.ofNullable(byId.get(id)),
                id,
                "its script started though " + failed.get() + " had failed and nobody had decided");
          }
        }
        case "end" -> {
          Run.Key key = line.key().orElseThrow();
          boolean counts = lastRuns.get(key.id()).key.equals(key);
          if (counts && line.rest().equals("3")) {
            failed = Optional.of(key.id());
          }
        }
        default -> {}
      }
    }
  }

  // --- figures ---

  int deposited() {
    return deposits.size();
  }

  int starts() {
    return starts;
  }

  int again() {
    return again;
  }

  int interrupted() {
    return interrupted;
  }

  /** The id of a deposit, where it has one. */
  Optional<String> id(Deposit deposit) {
    return Optional.ofNullable(ids.get(deposit.serial()));
  }
}
