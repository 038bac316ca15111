package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.begin.Note.Answer;
import fr.epiconcept.navette.broker.begin.Note.HowFar;
import fr.epiconcept.navette.broker.begin.Note.May;
import fr.epiconcept.navette.broker.begin.Note.SoFar;
import fr.epiconcept.navette.broker.begin.Note.State;
import fr.epiconcept.navette.broker.begin.Note.Step;
import fr.epiconcept.navette.broker.begin.Note.Word;
import fr.epiconcept.navette.broker.begin.Registering.Addressed;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.spool.Records;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which worker has begun which deposit of a flux that several take from: a record each, from before
 * its script starts to its end. Who asks for a deposit that another has begun waits for as long as
 * that one says that it is at it; when it has been silent for {@code takeover}, it counts as
 * interrupted.
 *
 * <p>The worker that has begun is asked at each question of another, so nobody need be watched, and
 * nothing is to be remembered over a restart: silence is counted anew then.
 */
final class Begun {
  private static final Logger LOG = LoggerFactory.getLogger(Begun.class);

  /** Who waits asks again far sooner than that. */
  private static final Duration STILL_ASKED = Duration.ofSeconds(10);

  private final FluxName flux;
  private final Records records;
  private final Open open;
  private final Duration takeover;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final FluxLog log;

  /** Deposits that one has begun and another asks for. Guarded by this. */
  private final Map<FileId, Doubt> doubts = new HashMap<>();

  /** Whether a deposit has no end yet in a round. */
  @FunctionalInterface
  interface Open {
    boolean is(FileId id, int round) throws IOException;
  }

  /** Of doubts; another after each start. Guarded by this. */
  private long numbers = ThreadLocalRandom.current().nextLong();

  /** What is known of one that has begun, since another asks. */
  private static final class Doubt {
    private final long number;
    private long askedAt;
    private long heardAt;
    private Optional<State> state = Optional.empty();

    Doubt(long number, long now) {
      this.number = number;
      askedAt = now;
      heardAt = now;
    }
  }

  private record Owner(String account, int round) {
    static Optional<Owner> parse(String record) {
      return MarkLine.parse(record)
          .filter(line -> line.get("by").isPresent())
          .map(line -> new Owner(line.get("by").orElseThrow(), line.number("round", 1)));
    }
  }

  /**
   * What is on disk.
   *
   * @param takeover how long one that has begun may be silent
   */
  Begun(
      FluxName flux,
      Records records,
      Open open,
      Duration takeover,
      InstantSource clock,
      LongSupplier nanoTime,
      FluxLog log) {
    this.flux = flux;
    this.records = records;
    this.open = open;
    this.takeover = takeover;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.log = log;
  }

  /**
   * Judges what has come, in its order; who has begun is on disk when this returns.
   *
   * @return what is to be said, and to whom
   */
  synchronized List<Addressed> judge(List<Addressed> came) throws IOException {
    Map<FileId, String> begun = new LinkedHashMap<>();
    List<Addressed> said = new ArrayList<>();
    for (Addressed each : came) {
      if (each.note() instanceof May may) {
        judge(each.account(), may, begun, said);
      } else if (each.note() instanceof SoFar soFar) {
        heard(each.account(), soFar, begun);
      }
    }
    if (!begun.isEmpty()) {
      records.writeAll(begun);
    }
    return said;
  }

  private void judge(String account, May may, Map<FileId, String> begun, List<Addressed> said)
      throws IOException {
    Optional<Owner> owner = owner(may.id(), begun).filter(one -> one.round() == may.round());
    String other = owner.map(Owner::account).filter(by -> !by.equals(account)).orElse("");
    Answer answer = answer(account, may, owner, begun);
    said.add(new Addressed(account, new Word(may.number(), answer, other)));
    if (answer == Answer.WAIT && !other.isEmpty() && may.step() != Step.KEEP) {
      said.add(
          new Addressed(
              other, new HowFar(doubts.get(may.id()).number, flux, may.id(), may.round())));
    }
  }

  private Answer answer(String account, May may, Optional<Owner> owner, Map<FileId, String> begun)
      throws IOException {
    if (!open.is(may.id(), may.round())) {
      doubts.remove(may.id());
      return Answer.OVER;
    }
    boolean mine = owner.filter(one -> one.account().equals(account)).isPresent();
    if (may.step() == Step.KEEP) {
      return mine ? Answer.GO : Answer.WAIT;
    }
    if (mine) {
      // Whatever it said before: it is about to run now.
      doubts.remove(may.id());
      return Answer.GO;
    }
    if (owner.isEmpty()) {
      begins(account, may, begun);
      return Answer.GO;
    }
    return ofAnother(account, may, owner.get(), begun);
  }

  private Answer ofAnother(String account, May may, Owner owner, Map<FileId, String> begun) {
    long now = nanoTime.getAsLong();
    Doubt doubt = doubts.get(may.id());
    if (doubt == null || now - doubt.askedAt > STILL_ASKED.toNanos()) {
      // Nobody asks the owner for us while nobody asks us: that was no silence of its.
      doubt = new Doubt(numbers++, now);
      doubts.put(may.id(), doubt);
    }
    doubt.askedAt = now;
    boolean silent = now - doubt.heardAt > takeover.toNanos();
    State state = doubt.state.orElse(State.RUNS);
    if (state != State.RELEASED && state != State.INTERRUPTED && !silent) {
      return Answer.WAIT;
    }
    if (state != State.RELEASED && may.step() != Step.TAKE_OVER) {
      return Answer.INTERRUPTED;
    }
    log.warn(
        may.id(),
        "taken-over",
        "by",
        account,
        "from",
        owner.account(),
        "because",
        because(state, silent));
    begins(account, may, begun);
    return Answer.GO;
  }

  private String because(State state, boolean silent) {
    if (state == State.RELEASED) {
      return "it runs nothing of it, and left no run without an end";
    }
    return silent && state != State.INTERRUPTED
        ? "it was not heard of for " + takeover.toSeconds() + " s"
        : "it does not know how far it came";
  }

  private void begins(String account, May may, Map<FileId, String> begun) {
    doubts.remove(may.id());
    begun.put(
        may.id(),
        MarkLine.of("begun", "by", account, "round", may.round(), "at", clock.instant())
            .toString());
  }

  private void heard(String account, SoFar soFar, Map<FileId, String> begun) throws IOException {
    Doubt doubt = doubts.get(soFar.id());
    Optional<Owner> owner = owner(soFar.id(), begun);
    boolean asked = doubt != null && doubt.number == soFar.number();
    if (asked && owner.equals(Optional.of(new Owner(account, soFar.round())))) {
      doubt.heardAt = nanoTime.getAsLong();
      doubt.state = Optional.of(soFar.state());
    }
  }

  private Optional<Owner> owner(FileId id, Map<FileId, String> begun) throws IOException {
    String fresh = begun.get(id);
    return fresh == null ? records.read(id).flatMap(Owner::parse) : Owner.parse(fresh);
  }

  /** It has come to its end. What a crash leaves of its record is removed by {@link #expire}. */
  void ended(FileId id) {
    try {
      records.remove(id);
    } catch (IOException e) {
      LOG.debug("who had begun {} is not forgotten", id, e);
    }
  }

  /** Removes the records of what has ended. */
  void expire() throws IOException {
    for (FileId id : records.list()) {
      Optional<Owner> owner = records.read(id).flatMap(Owner::parse);
      if (owner.isPresent() && !open.is(id, owner.get().round())) {
        records.remove(id);
      }
    }
  }
}
