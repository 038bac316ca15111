package fr.epiconcept.navette.broker.begin;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.Site;
import fr.epiconcept.navette.broker.begin.Note.Answer;
import fr.epiconcept.navette.broker.begin.Note.HowFar;
import fr.epiconcept.navette.broker.begin.Note.May;
import fr.epiconcept.navette.broker.begin.Note.SoFar;
import fr.epiconcept.navette.broker.begin.Note.State;
import fr.epiconcept.navette.broker.begin.Note.Step;
import fr.epiconcept.navette.broker.begin.Note.Word;
import fr.epiconcept.navette.broker.begin.Registering.Addressed;
import fr.epiconcept.navette.broker.link.Backoff;
import fr.epiconcept.navette.broker.link.BrokerConnections;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both ends over a real broker and a real socket. */
@Timeout(120)
class RegisteringTest {
  private static final FileId ONE = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path root;
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final Queue<Addressed> judged = new ConcurrentLinkedQueue<>();
  private final Turns turns = new Turns();
  private Site site;
  private EmbeddedBroker broker;
  private boolean broken;

  /** Says GO to everybody, and asks w2 how far it is whenever w1 asks. */
  private final class Everybody implements Registering.Register {
    @Override
    public Set<FluxName> fluxesOf(String account) {
      return account.equals("stranger") ? Set.of(Site.RADIO) : Set.of(Site.LABO);
    }

    @Override
    public List<Addressed> judge(FluxName flux, List<Addressed> came) throws IOException {
      if (broken) {
        throw new IOException("the disk is full");
      }
      List<Addressed> said = new ArrayList<>();
      for (Addressed each : came) {
        judged.add(each);
        if (each.note() instanceof May may) {
          said.add(new Addressed(each.account(), new Word(may.number(), Answer.GO, "w2")));
          if (each.account().equals("w1")) {
            said.add(new Addressed("w2", new HowFar(5, flux, may.id(), may.round())));
          }
        }
      }
      return said;
    }
  }

  @BeforeEach
  void startIngest() throws Exception {
    site = new Site(root).withWorker();
    site.accounts().add("w2", Set.of(Site.LABO), "secret two".toCharArray());
    site.accounts().add("stranger", Set.of(Site.RADIO), "secret 3".toCharArray());
    broker = site.start();
    link(broker.inVm(), new Registering(new Everybody(), turns));
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = toClose.size() - 1; i >= 0; i--) {
      toClose.get(i).close();
    }
    broker.close();
    turns.close();
  }

  private void link(BrokerConnections connections, BrokerLink.User user) {
    BrokerLink link =
        new BrokerLink(
            "registering", connections, Tuning.receiving(1 << 16), user, Backoff.standard());
    link.start();
    toClose.add(link);
    await().atMost(PATIENCE).until(() -> link.state().up());
  }

  private Beginning worker(String account, String password, State state) throws Exception {
    BrokerConnections connections =
        BrokerConnections.to(site.access(broker.listening(), account, password));
    toClose.add(connections);
    Beginning beginning =
        new Beginning(account, (flux, id, round) -> Optional.of(state), turns::execute, PATIENCE);
    link(connections, beginning);
    return beginning;
  }

  @Test
  void aWorkerAsksAndAnotherIsAskedHowFarItIs() throws Exception {
    Beginning one = worker("w1", "secret one", State.RUNS);
    worker("w2", "secret two", State.FINISHED);
    Word word = one.may(Site.LABO, ONE, 3, Step.TAKE_OVER).get().orElseThrow();
    assertEquals(Answer.GO, word.answer());
    assertEquals("w2", word.by());
    May asked = (May) judged.poll().note();
    assertEquals(new May(word.number(), Site.LABO, ONE, 3, Step.TAKE_OVER), asked);
    Addressed answer = new Addressed("w2", new SoFar(5, Site.LABO, ONE, 3, State.FINISHED));
    await().atMost(PATIENCE).until(() -> judged.contains(answer));
  }

  @Test
  void whoMayNotHaveTheFluxGetsNoWord() throws Exception {
    BrokerConnections connections =
        BrokerConnections.to(site.access(broker.listening(), "stranger", "secret 3"));
    toClose.add(connections);
    Beginning stranger =
        new Beginning(
            "stranger",
            (flux, id, round) -> Optional.empty(),
            turns::execute,
            Duration.ofSeconds(1));
    link(connections, stranger);
    assertTrue(stranger.may(Site.LABO, ONE, 1, Step.BEGIN).get().isEmpty());
    assertTrue(judged.isEmpty());
  }

  @Test
  void whatCannotBeJudgedNowIsToBeAskedAgain() throws Exception {
    broken = true;
    Beginning one = worker("w1", "secret one", State.RUNS);
    assertEquals(Answer.WAIT, one.may(Site.LABO, ONE, 1, Step.BEGIN).get().orElseThrow().answer());
    broken = false;
    assertEquals(Answer.GO, one.may(Site.LABO, ONE, 1, Step.BEGIN).get().orElseThrow().answer());
  }

  @Test
  void withoutALinkThereIsNoWord() throws Exception {
    Beginning beginning =
        new Beginning(
            "w1", (flux, id, round) -> Optional.empty(), turns::execute, Duration.ofSeconds(1));
    assertTrue(beginning.may(Site.LABO, ONE, 1, Step.BEGIN).get().isEmpty());
  }
}
