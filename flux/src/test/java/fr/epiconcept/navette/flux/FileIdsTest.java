package fr.epiconcept.navette.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FileIdsTest {
  private Instant now = Instant.parse("2026-11-23T17:04:09.123Z");
  private final FileIds ids = new FileIds(() -> now);

  @Test
  void carriesTheTimeOfTheClaim() {
    assertEquals(now, ids.next().time());
  }

  @Test
  void growsWithinOneMillisecond() {
    FileId last = ids.next();
    for (int i = 0; i < 10_000; i++) {
      FileId next = ids.next();
      assertTrue(next.compareTo(last) > 0, last + " " + next);
      assertEquals(now, next.time());
      last = next;
    }
  }

  @Test
  void growsWhenTheClockStepsBack() {
    FileId before = ids.next();
    now = now.minusSeconds(86_400);
    FileId after = ids.next();
    assertTrue(after.compareTo(before) > 0);
    assertEquals(before.time(), after.time());

    now = now.plusSeconds(2 * 86_400);
    assertEquals(now, ids.next().time());
  }

  @Test
  void growsOverARestartUnderAClockThatWasSetBack() {
    FileId before = ids.next();
    now = now.minusSeconds(86_400);
    FileIds restarted = new FileIds(() -> now);
    restarted.notBefore(before);
    FileId last = before;
    for (int i = 0; i < 1_000; i++) {
      FileId next = restarted.next();
      assertTrue(next.compareTo(last) > 0, last + " " + next);
      last = next;
    }

    restarted.notBefore(before);
    assertTrue(restarted.next().compareTo(last) > 0, "told again, it does not begin again");
    now = now.plusSeconds(2 * 86_400);
    assertEquals(now, restarted.next().time());
  }

  @Test
  void anOldIdHoldsNothingUp() {
    FileId old = ids.next();
    now = now.plusSeconds(60);
    FileIds restarted = new FileIds(() -> now);
    restarted.notBefore(old);

    assertEquals(now, restarted.next().time());
  }

  @Test
  void ofManyThreadsNoTwoGetOneIdAndEachSeesThemGrow() throws Exception {
    ConcurrentLinkedQueue<FileId> all = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    Runnable taker =
        () -> {
          FileId last = ids.next();
          all.add(last);
          for (int i = 1; i < 5_000; i++) {
            FileId next = ids.next();
            if (next.compareTo(last) <= 0) {
              faults.add(last + " " + next);
            }
            all.add(next);
            last = next;
          }
        };
    List<Thread> threads = Stream.generate(() -> new Thread(taker)).limit(4).toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(Set.of(), new HashSet<>(faults));
    assertEquals(20_000, new HashSet<>(all).size());
  }

  @Test
  void whenTheRandomPartIsFullTheNextIdTakesTheNextMillisecond() {
    FileIds full = new FileIds(() -> now, new Ones());
    FileId last = full.next();
    assertEquals("ZZZZZZZZZZZZZZZZ", last.value().substring(10));

    FileId next = full.next();

    assertTrue(next.compareTo(last) > 0);
    assertEquals(now.plusMillis(1), next.time());
    assertEquals(now.plusMillis(2), full.next().time(), "the borrowed time is kept count of");
  }

  @Test
  void theStepWithinAMillisecondCannotBeGuessed() {
    Set<BigInteger> steps = new HashSet<>();
    BigInteger last = number(ids.next());
    for (int i = 0; i < 20; i++) {
      BigInteger next = number(ids.next());
      steps.add(next.subtract(last));
      last = next;
    }
    assertTrue(steps.size() > 15, steps.toString());
  }

  private static BigInteger number(FileId id) {
    BigInteger number = BigInteger.ZERO;
    for (char digit : id.value().toCharArray()) {
      int value = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(digit);
      number = number.shiftLeft(5).add(BigInteger.valueOf(value));
    }
    return number;
  }

  /** A source whose every bit is set. */
  private static final class Ones implements RandomGenerator {
    @Override
    public long nextLong() {
      return -1;
    }
  }

  @Test
  void goOnWhateverAFolderOfTheSpoolIsCalled() {
    ids.notBefore(new FileId("7ZZZZZZZZZ0000000000000000"));
    assertEquals(now, ids.next().time());
    ids.notBefore(new FileId("7ZZZZZZZZY0000000000000000"));
    FileId last = ids.next();
    assertTrue(ids.next().compareTo(last) > 0);
  }
}
