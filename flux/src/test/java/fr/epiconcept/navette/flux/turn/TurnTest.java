package fr.epiconcept.navette.flux.turn;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnTest {
  private static final Duration REST = Duration.ofMillis(1_200);

  private final Turns turns = new Turns(Executors::newCachedThreadPool, REST);
  private final AtomicInteger runs = new AtomicInteger();

  @AfterEach
  void close() {
    turns.close();
  }

  @Test
  void doesTheWorkOnceForEachWakeUpInPeace() {
    Turn turn = turns.turn("t", runs::incrementAndGet);
    for (int i = 1; i <= 3; i++) {
      turn.wake();
      int expected = i;
      await().until(() -> runs.get() == expected);
    }
  }

  /** Here the turn runs within the very call of its alarm, as it can on a busy machine. */
  @Test
  void anAlarmThatIsSetWhileTheOneBeforeStillRingsIsNotLost() {
    try (Turns atOnce = new Turns(TurnTest::runsAtOnce, REST)) {
      AtomicReference<Turn> turn = new AtomicReference<>();
      turn.set(
          atOnce.turn(
              "t",
              () -> {
                runs.incrementAndGet();
                turn.get().wakeIn(Duration.ofMillis(5));
              }));
      turn.get().wake();
      await().until(() -> runs.get() > 5);
      turn.get().close();
    }
  }

  private static ThreadPoolExecutor runsAtOnce(ThreadFactory factory) {
    return new ThreadPoolExecutor(0, 1, 1, SECONDS, new SynchronousQueue<>(), factory) {
      @Override
      public void execute(Runnable work) {
        work.run();
      }
    };
  }

  @Test
  void whoeverIsWokenAfterTheEndOfAllHasNothingToDoAndNothingToSay() {
    Turn turn = turns.turn("t", runs::incrementAndGet);
    turns.close();
    turn.wake();
    turn.wakeIn(Duration.ZERO);
    turns.execute(runs::incrementAndGet);
    turns.in(Duration.ZERO, runs::incrementAndGet);
    turns.every(Duration.ZERO, REST, runs::incrementAndGet);
    turn.close();
    assertEquals(0, runs.get());
  }

  @Test
  void wakeUpsWhileItRunsAreOneMoreRunAndNotLost() throws Exception {
    Semaphore mayEnd = new Semaphore(0);
    Turn turn =
        turns.turn(
            "t",
            () -> {
              runs.incrementAndGet();
              mayEnd.acquireUninterruptibly();
            });
    turn.wake();
    await().until(() -> runs.get() == 1);
    turn.wake();
    turn.wake();
    turn.wake();
    mayEnd.release(2);

    await().until(() -> runs.get() == 2 && mayEnd.availablePermits() == 0);
    await().during(Duration.ofMillis(200)).until(() -> runs.get() == 2);
  }

  @Test
  void neverRunsTwiceAtOnceAndSeesTheLastOfManyConcurrentWakeUps() throws Exception {
    AtomicInteger told = new AtomicInteger();
    AtomicInteger seen = new AtomicInteger();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    Turn turn =
        turns.turn(
            "t",
            () -> {
              overlaps.addAndGet(inside.getAndIncrement());
              seen.set(told.get());
              inside.decrementAndGet();
            });
    CountDownLatch ended = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      turns.execute(
          () -> {
            for (int n = 0; n < 20_000; n++) {
              told.incrementAndGet();
              turn.wake();
            }
            ended.countDown();
          });
    }

    assertTrue(ended.await(20, SECONDS));
    await().untilAsserted(() -> assertEquals(80_000, seen.get()));
    assertEquals(0, overlaps.get());
  }

  @Test
  void anAlarmWakesIt() {
    Turn turn = turns.turn("t", runs::incrementAndGet);
    turn.wakeIn(Duration.ofMillis(20));
    await().until(() -> runs.get() == 1);
  }

  @Test
  void ofTwoAlarmsTheEarlierWinsWhicheverIsSetFirst() {
    Turn turn = turns.turn("t", runs::incrementAndGet);
    turn.wakeIn(Duration.ofMillis(50));
    turn.wakeIn(Duration.ofDays(1));
    await().until(() -> runs.get() == 1);

    turn.wakeIn(Duration.ofDays(1));
    turn.wakeIn(Duration.ofMillis(50));
    await().until(() -> runs.get() == 2);
  }

  @Test
  void anAlarmThatHasRungMakesRoomForALaterOne() {
    Turn turn = turns.turn("t", runs::incrementAndGet);
    turn.wakeIn(Duration.ZERO);
    await().until(() -> runs.get() == 1);
    turn.wakeIn(Duration.ofMillis(50));
    await().until(() -> runs.get() == 2);
  }

  @Test
  void anAlarmThatIsTakenBackWakesNobodyAndTheNextOneDoes() {
    Turn turn = turns.turn("t", runs::incrementAndGet);
    turn.wakeIn(Duration.ofMillis(300));
    turn.wakeInNoMore();
    await().during(Duration.ofMillis(600)).until(() -> runs.get() == 0);
    turn.wakeIn(Duration.ofMillis(20));
    await().until(() -> runs.get() == 1);
  }

  @Test
  void whatEscapesIsTriedAgainAndNotAtOnce() {
    Turn turn =
        turns.turn(
            "t",
            () -> {
              if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("for once");
              }
            });
    turn.wake();
    await().until(() -> runs.get() == 1);
    await().during(Duration.ofMillis(800)).until(() -> runs.get() == 1);
    await().atMost(Duration.ofSeconds(8)).until(() -> runs.get() == 2);
  }

  @Test
  void whatEscapesDoesNotSpinThoughItWasWokenMeanwhile() {
    Turn[] self = new Turn[1];
    self[0] =
        turns.turn(
            "t",
            () -> {
              runs.incrementAndGet();
              self[0].wake();
              throw new IllegalStateException("each time");
            });
    self[0].wake();
    await().until(() -> runs.get() == 1);
    await().during(Duration.ofMillis(500)).until(() -> runs.get() == 1);
  }

  @Test
  void whatEscapesDoesNotDeafenItForOtherWakeUps() {
    Turn turn =
        turns.turn(
            "t",
            () -> {
              if (runs.incrementAndGet() == 1) {
                throw new AssertionError("for once");
              }
            });
    turn.wake();
    await().until(() -> runs.get() == 1);
    await()
        .atMost(Duration.ofSeconds(2))
        .until(
            () -> {
              turn.wake();
              return runs.get() >= 2;
            });
  }

  @Test
  void closeWaitsForARunningTurnAndLetsNoOtherBegin() throws Exception {
    Semaphore mayEnd = new Semaphore(0);
    Turn turn =
        turns.turn(
            "t",
            () -> {
              runs.incrementAndGet();
              mayEnd.acquireUninterruptibly();
            });
    turn.wake();
    await().until(() -> runs.get() == 1);
    turn.wake();
    turn.wakeIn(Duration.ofMillis(10));
    CountDownLatch closed = new CountDownLatch(1);
    Thread closing =
        new Thread(
            () -> {
              turn.close();
              closed.countDown();
            });
    closing.start();
    assertFalse(closed.await(300, java.util.concurrent.TimeUnit.MILLISECONDS));

    mayEnd.release(10);
    assertTrue(closed.await(5, SECONDS));
    turn.wake();
    turn.wakeIn(Duration.ZERO);
    await().during(Duration.ofMillis(200)).until(() -> runs.get() == 1);
  }

  @Test
  void closingOneThatNeverRanReturnsAtOnceAndMayBeRepeated() {
    Turn turn = turns.turn("t", runs::incrementAndGet);
    turn.close();
    turn.close();
  }

  @Test
  void theThreadCarriesTheNameOfTheTurnOnlyWhileItWorks() {
    AtomicReference<Thread> worked = new AtomicReference<>();
    AtomicReference<String> called = new AtomicReference<>();
    turns
        .turn(
            "labo departures",
            () -> {
              called.set(Thread.currentThread().getName());
              worked.set(Thread.currentThread());
            })
        .wake();
    await().until(() -> worked.get() != null);
    assertEquals("labo departures", called.get());
    await().until(() -> worked.get().getName().startsWith("turn-"));
  }

  @Test
  void oneThatHangsDelaysNoOther() {
    Semaphore never = new Semaphore(0);
    List<Turn> hanging = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      hanging.add(turns.turn("hangs", never::acquireUninterruptibly));
    }
    hanging.forEach(Turn::wake);
    Turn turn = turns.turn("t", runs::incrementAndGet);
    turn.wake();
    turn.wakeIn(Duration.ofMillis(10));

    await().until(() -> runs.get() == 2);
    never.release(20);
  }

  /** As when the machine has no room for another thread. */
  @Test
  void aWakeUpThatFoundNoThreadIsMadeGoodAndDoesNotDeafen() {
    Turns poor = withoutAThreadAtFirst();
    try (poor) {
      Turn turn = poor.turn("t", runs::incrementAndGet);
      turn.wake();
      assertEquals(0, runs.get());
      turn.wake();
      await().until(() -> runs.get() == 1);
      await().atMost(Duration.ofSeconds(8)).until(() -> runs.get() == 2);
    }
  }

  @Test
  void laterAndPeriodicalWorkThatFoundNoThreadIsMadeGood() {
    AtomicInteger periods = new AtomicInteger();
    try (Turns poor = withoutAThreadAtFirst()) {
      poor.every(Duration.ofMillis(10), Duration.ofMillis(10), periods::incrementAndGet);
      await().until(() -> periods.get() >= 3);
    }
    try (Turns poor = withoutAThreadAtFirst()) {
      poor.in(Duration.ofMillis(10), runs::incrementAndGet);
      await().atMost(Duration.ofSeconds(8)).until(() -> runs.get() == 1);
    }
  }

  private static Turns withoutAThreadAtFirst() {
    AtomicInteger refused = new AtomicInteger();
    return new Turns(
        factory ->
            new ThreadPoolExecutor(0, 9, 1, SECONDS, new SynchronousQueue<>(), factory) {
              @Override
              public void execute(Runnable work) {
                if (refused.getAndIncrement() == 0) {
                  throw new OutOfMemoryError("unable to create native thread");
                }
                super.execute(work);
              }
            },
        REST);
  }

  @Test
  void tellsHowLongAHangingTurnHasBeenAtWork() {
    CountDownLatch mayEnd = new CountDownLatch(1);
    Turn turn =
        turns.turn(
            "t",
            () -> {
              try {
                mayEnd.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    assertTrue(turn.busyFor().isEmpty());
    turn.wake();
    await().until(() -> turn.busyFor().filter(busy -> busy.toMillis() >= 50).isPresent());
    mayEnd.countDown();
    await().until(() -> turn.busyFor().isEmpty());
  }

  /** Alive is what wakes fluxes, not the process. */
  @Test
  void theBeatGoesOnWithThreadsAndStopsWithoutThem() {
    Duration beat = Duration.ofMillis(20);
    try (Turns well = new Turns(Executors::newCachedThreadPool, REST, beat);
        Turns without = new Turns(TurnTest::noThreads, REST, beat)) {
      await().until(() -> without.lastBeat().toMillis() > 500);
      assertTrue(well.lastBeat().toMillis() < 500, well.lastBeat()::toString);
    }
  }

  private static ThreadPoolExecutor noThreads(ThreadFactory factory) {
    return new ThreadPoolExecutor(0, 1, 1, SECONDS, new SynchronousQueue<>(), factory) {
      @Override
      public void execute(Runnable work) {
        throw new OutOfMemoryError("no thread");
      }
    };
  }
}
