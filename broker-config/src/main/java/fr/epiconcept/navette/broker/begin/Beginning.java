package fr.epiconcept.navette.broker.begin;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.Seldom;
import fr.epiconcept.navette.broker.begin.Note.HowFar;
import fr.epiconcept.navette.broker.begin.Note.May;
import fr.epiconcept.navette.broker.begin.Note.SoFar;
import fr.epiconcept.navette.broker.begin.Note.State;
import fr.epiconcept.navette.broker.begin.Note.Step;
import fr.epiconcept.navette.broker.begin.Note.Word;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.broker.link.Fleeting;
import fr.epiconcept.navette.broker.message.Malformed;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker's end: asks one file server, and says how far it is when it is asked. Thread-safe. */
public final class Beginning implements BrokerLink.User {
  private static final Logger LOG = LoggerFactory.getLogger(Beginning.class);

  private final String account;
  private final Knowledge knowledge;
  private final Executor executor;
  private final Duration patience;
  private final Seldom complaints = new Seldom(System::nanoTime);
  private final AtomicLong numbers = new AtomicLong(ThreadLocalRandom.current().nextLong());

  /** Where the word of that number is awaited. */
  private final Map<Long, CompletableFuture<Optional<Word>>> awaited = new ConcurrentHashMap<>();

  private volatile Optional<Fleeting> post = Optional.empty();

  /** What this worker knows of deposits. */
  @FunctionalInterface
  public interface Knowledge {
    /**
     * How far it is with one; nothing if the flux is none of its own, or it cannot be known now.
     */
    Optional<State> howFar(FluxName flux, FileId id, int round);
  }

  /**
   * Without a link.
   *
   * @param account the worker's, at that file server
   * @param executor looks up what is known, which may take long
   * @param patience how long a word is waited for
   */
  public Beginning(String account, Knowledge knowledge, Executor executor, Duration patience) {
    this.account = account;
    this.knowledge = knowledge;
    this.executor = executor;
    this.patience = patience;
  }

  /** Never fails: a file server that knows no such questions lets nobody share a flux. */
  @Override
  public void linked(Connection connection) {
    try {
      Fleeting fresh = new Fleeting(connection);
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      session
          .createConsumer(session.createQueue(Addresses.workerBegin(account)))
          .setMessageListener(message -> onMessage(message, fresh));
      post = Optional.of(fresh);
    } catch (JMSException | RuntimeException e) {
      LOG.debug("{} cannot be read", Addresses.workerBegin(account), e);
    }
  }

  @Override
  public void unlinked(String why) {
    // Whoever waits for a word asks again.
    post = Optional.empty();
  }

  /** Nothing may escape from a listener, and nothing may hold it up. */
  private void onMessage(Message message, Fleeting over) {
    try {
      Note note = Notes.read(message);
      if (note instanceof Word word) {
        CompletableFuture<Optional<Word>> whose = awaited.get(word.number());
        if (whose != null) {
          whose.complete(Optional.of(word));
        }
        // Else it comes too late.
      } else if (note instanceof HowFar asked) {
        executor.execute(() -> answer(asked, over));
      }
    } catch (Malformed | JMSException | RuntimeException e) {
      if (complaints.isNew("dropped")) {
        LOG.warn("a message in {} is dropped: {}", Addresses.workerBegin(account), e.getMessage());
      }
    }
  }

  private void answer(HowFar asked, Fleeting over) {
    Optional<State> state = knowledge.howFar(asked.flux(), asked.id(), asked.round());
    if (state.isEmpty()) {
      return;
    }
    SoFar answer = new SoFar(asked.number(), asked.flux(), asked.id(), asked.round(), state.get());
    try {
      over.send(Addresses.INGEST_BEGIN, session -> Notes.message(session, answer));
    } catch (JMSException e) {
      LOG.debug("how far {} is, is asked again over the next link", asked.id(), e);
    }
  }

  /**
   * Asks whether something may be done. Waits for nobody; who is told of the word must return at
   * once.
   *
   * @return completes with the word, or with nothing if none comes
   */
  public CompletableFuture<Optional<Word>> may(FluxName flux, FileId id, int round, Step step) {
    Optional<Fleeting> over = post;
    if (over.isEmpty()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    May may = new May(numbers.getAndIncrement(), flux, id, round, step);
    CompletableFuture<Optional<Word>> word = await(may.number());
    try {
      over.get().send(Addresses.INGEST_BEGIN, session -> Notes.message(session, may));
    } catch (JMSException e) {
      LOG.debug("{} cannot be asked for", id, e);
      word.complete(Optional.empty());
    }
    return word;
  }

  private CompletableFuture<Optional<Word>> await(long number) {
    CompletableFuture<Optional<Word>> word = new CompletableFuture<>();
    awaited.put(number, word);
    CompletableFuture<?> unused = word.thenRun(() -> awaited.remove(number));
    return word.completeOnTimeout(Optional.empty(), patience.toMillis(), TimeUnit.MILLISECONDS);
  }
}
