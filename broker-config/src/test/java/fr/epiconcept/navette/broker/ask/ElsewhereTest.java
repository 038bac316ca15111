package fr.epiconcept.navette.broker.ask;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ElsewhereTest {
  private static final Asker HERE = new Asker("root", true);
  private static final Question QUESTION =
      Question.of("elsewhere").with("verb", "pending").with("flux", "labo");

  private final List<Object> items = new ArrayList<>();

  /** What somebody says when he is asked. */
  interface Says {
    void to(Question question, Reply reply) throws Exception;
  }

  private static Elsewhere.Other other(String name, Says says) {
    return new Elsewhere.Other() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void ask(Question question, Reply reply)
          throws Silence, IOException, InterruptedException {
        try {
          says.to(question, reply);
        } catch (Silence | IOException | InterruptedException | RuntimeException e) {
          throw e;
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
    };
  }

  private static Desk.Clerk elsewhere(Elsewhere.Other... others) {
    return new Elsewhere(question -> List.of(others));
  }

  @Test
  void asksAllAtOnceAndTellsOfEachOnItsOwn() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    Desk.Clerk elsewhere =
        elsewhere(
            other(
                "front1",
                (question, reply) -> {
                  both.await(10, TimeUnit.SECONDS);
                  assertEquals(new Question("pending", Map.of("flux", "labo")), question);
                  reply.item("a");
                }),
            other(
                "front2",
                (question, reply) -> {
                  both.await(10, TimeUnit.SECONDS);
                  throw new Silence("it is not connected");
                }),
            other(
                "front3",
                (question, reply) -> {
                  throw new IllegalStateException("a fault of ours");
                }));

    elsewhere.answer(QUESTION, HERE, items::add);

    assertEquals(3, items.size());
    assertTrue(items.contains(Map.of("from", "front1", "item", "a")));
    assertTrue(items.contains(Map.of("from", "front2", "silent", "it is not connected")));
    assertTrue(
        items.contains(Map.of("from", "front3", "silent", "the daemon here failed; see its log")));
  }

  @Test
  void tellsARefusalApartFromSilence() throws Exception {
    Elsewhere.Other refuses =
        other(
            "files1",
            (question, reply) -> {
              throw Silence.refusal("another replay runs");
            });
    elsewhere(refuses).answer(QUESTION, HERE, items::add);
    assertEquals(
        List.of(Map.of("from", "files1", "silent", "another replay runs", "refused", true)), items);
  }

  @Test
  void aQuestionIsNotPassedOnTwice() {
    assertThrows(
        Refusal.class, () -> elsewhere().answer(QUESTION, new Asker("front1", false), items::add));
  }

  @Test
  void noMoreThanAFewAskAtOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(4);
    CountDownLatch go = new CountDownLatch(1);
    Desk.Clerk elsewhere =
        elsewhere(
            other(
                "front1",
                (question, reply) -> {
                  asked.countDown();
                  go.await();
                }));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  elsewhere.answer(QUESTION, HERE, item -> {});
                } catch (Refusal | IOException | InterruptedException e) {
                  throw new AssertionError(e);
                }
              });
      thread.start();
      threads.add(thread);
    }
    assertTrue(asked.await(10, TimeUnit.SECONDS));

    assertThrows(Refusal.class, () -> elsewhere.answer(QUESTION, HERE, items::add));

    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    elsewhere.answer(QUESTION, HERE, items::add);
  }
}
