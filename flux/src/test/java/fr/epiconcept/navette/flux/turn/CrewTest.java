package fr.epiconcept.navette.flux.turn;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many turns are at work at once. */
class CrewTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicLong now = new AtomicLong();
  private final Crew crew = new Crew(2, threads, now::get);
  private final List<String> begun = new CopyOnWriteArrayList<>();
  private final List<CountDownLatch> latches = new ArrayList<>();

  @AfterEach
  void close() {
    latches.forEach(CountDownLatch::countDown);
    threads.shutdown();
  }

  /** Work that goes on until the test lets it end. */
  private CountDownLatch works(String name) {
    CountDownLatch mayEnd = new CountDownLatch(1);
    latches.add(mayEnd);
    crew.takes(
        () -> {
          begun.add(name);
          try {
            mayEnd.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return mayEnd;
  }

  private void haveBegun(String... names) {
    await().dontCatchUncaughtExceptions().until(() -> begun.size() >= names.length);
    assertEquals(List.of(names), begun);
  }

  @Test
  void soManyAreAtWorkAndTheOthersComeInTheirOrder() {
    CountDownLatch a = works("a");
    haveBegun("a");
    works("b");
    haveBegun("a", "b");
    CountDownLatch c = works("c");
    works("d");
    assertTrue(crew.callMore(), "two wait");
    haveBegun("a", "b");
    a.countDown();
    haveBegun("a", "b", "c");
    c.countDown();
    haveBegun("a", "b", "c", "d");
    assertFalse(crew.callMore());
  }

  /** What hangs keeps nobody from his work. */
  @Test
  void whoTakesLongIsNotCounted() {
    works("hangs");
    haveBegun("hangs");
    works("hangs too");
    haveBegun("hangs", "hangs too");
    works("well");
    now.addAndGet(Crew.LONG.toNanos() - 1);
    assertTrue(crew.callMore());
    now.addAndGet(1);
    assertFalse(crew.callMore());
    haveBegun("hangs", "hangs too", "well");
    works("well too");
    haveBegun("hangs", "hangs too", "well", "well too");
    works("waits");
    assertTrue(crew.callMore());
  }

  @Test
  void moreMayBeAtWorkFromNowOn() {
    works("a");
    haveBegun("a");
    works("b");
    works("c");
    crew.most(3);
    await().until(() -> begun.size() == 3);
  }

  @Test
  void aFaultThatEndsAThreadKeepsNobodyWaiting() {
    CountDownLatch mayFail = new CountDownLatch(1);
    works("a");
    haveBegun("a");
    crew.takes(
        () -> {
          begun.add("fails");
          try {
            mayFail.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          throw new IllegalStateException("for this test");
        });
    haveBegun("a", "fails");
    works("next");
    mayFail.countDown();
    haveBegun("a", "fails", "next");
  }

  @Test
  void whatFindsNoThreadIsTheCallersAgainAndNotCounted() {
    AtomicBoolean poor = new AtomicBoolean(true);
    Crew one =
        new Crew(
            1,
            work -> {
              if (poor.get()) {
                throw new OutOfMemoryError("no thread");
              }
              threads.execute(work);
            },
            now::get);
    assertThrows(OutOfMemoryError.class, () -> one.takes(() -> begun.add("refused")));
    poor.set(false);
    CountDownLatch mayEnd = new CountDownLatch(1);
    latches.add(mayEnd);
    assertFalse(one.takes(() -> rest(mayEnd)));
    assertTrue(one.takes(() -> begun.add("waits")));
    poor.set(true);
    now.addAndGet(Crew.LONG.toNanos());
    assertTrue(one.callMore(), "it waits still");
    poor.set(false);
    assertFalse(one.callMore());
    haveBegun("waits");
  }

  private static void rest(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
