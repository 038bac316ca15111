package fr.epiconcept.navette.broker.ask;

import static java.util.stream.Collectors.toCollection;

import fr.epiconcept.navette.broker.Seldom;
import fr.epiconcept.navette.broker.ask.Letter.Asks;
import fr.epiconcept.navette.broker.ask.Letter.End;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the other daemon's questions to the desk of this one: the permitted ones only, a few at
 * once, each on a thread of its own.
 */
final class Answering {
  private static final Logger LOG = LoggerFactory.getLogger(Answering.class);

  private final Place place;
  private final Desk desk;
  private final Verbs verbs;
  private final Bounds bounds;
  private final Seldom complaints;
  private final ScheduledExecutorService beat;

  /** How many of each guest are being answered. Guarded by itself. */
  private final Map<String, Integer> underWay = new HashMap<>();

  Answering(
      Place place,
      Desk desk,
      Verbs verbs,
      Bounds bounds,
      Seldom complaints,
      ScheduledExecutorService beat) {
    this.place = place;
    this.desk = desk;
    this.verbs = verbs;
    this.bounds = bounds;
    this.complaints = complaints;
    this.beat = beat;
  }

  /** Answers later, or not at all. Never waits. */
  void answer(String guest, Asks asks, Sending over) {
    if (!enter(guest)) {
      if (complaints.isNew("flood " + guest)) {
        LOG.warn("{} asks too much at once; some of its questions are not answered", guest);
      }
      return;
    }
    Thread thread = new Thread(() -> inItsThread(guest, asks, over), "ask-answer-" + guest);
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError noThread) {
      leave(guest);
      LOG.warn("a question of {} is not answered: {}", guest, noThread.toString());
    }
  }

  private boolean enter(String guest) {
    synchronized (underWay) {
      int all = underWay.values().stream().mapToInt(Integer::intValue).sum();
      if (all >= Bounds.OF_ALL || underWay.getOrDefault(guest, 0) >= Bounds.OF_A_GUEST) {
        return false;
      }
      underWay.merge(guest, 1, Integer::sum);
      return true;
    }
  }

  private void leave(String guest) {
    synchronized (underWay) {
      underWay.computeIfPresent(guest, (name, many) -> many == 1 ? null : many - 1);
    }
  }

  private void inItsThread(String guest, Asks asks, Sending over) {
    try {
      Set<String> fluxes =
          place.fluxesOf(guest).stream().map(FluxName::value).collect(toCollection(TreeSet::new));
      Answer answer = new Answer(over, place.queueOf(guest), asks.number(), fluxes, bounds);
      ScheduledFuture<?> beating =
          beat.scheduleWithFixedDelay(
              () -> beat(answer),
              bounds.beat().toMillis(),
              bounds.beat().toMillis(),
              TimeUnit.MILLISECONDS);
      // Whoever hangs on a dead disk says no longer that he lives.
      ScheduledFuture<?> enough =
          beat.schedule(
              () -> beating.cancel(false), bounds.whole().toMillis(), TimeUnit.MILLISECONDS);
      try {
        answer.end(ending(guest, asks.question(), fluxes, answer));
      } finally {
        beating.cancel(false);
        enough.cancel(false);
      }
    } catch (IOException | RuntimeException gone) {
      LOG.debug("a question of {} is not answered", guest, gone);
    } finally {
      leave(guest);
    }
  }

  private static void beat(Answer answer) {
    try {
      answer.beat();
    } catch (IOException gone) {
      LOG.debug("whoever asked is gone", gone);
    }
  }

  private End ending(String guest, Question question, Set<String> fluxes, Answer answer)
      throws IOException {
    Asker asker = new Asker(guest, false);
    try {
      if (verbs.acting().contains(question.verb())) {
        act(question, asker, fluxes, answer);
      } else if (verbs.reading().contains(question.verb())) {
        desk.answer(narrowed(question, asker, fluxes), asker, answer);
      } else {
        refuse(guest, "'" + question.verb() + "' is not asked from another machine");
      }
      return End.WHOLE;
    } catch (Refusal | Answer.Full e) {
      return End.because(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return End.because("the daemon there stops");
    } catch (RuntimeException e) {
      LOG.error("'{}', asked by {}, cannot be answered", question.verb(), asker, e);
      return End.because("the daemon there cannot answer that; its log says why");
    } catch (IOException e) {
      // Either the link is gone, and then this is not heard; or something cannot be read.
      return End.because(e.toString());
    }
  }

  private Question narrowed(Question question, Asker asker, Set<String> fluxes) throws Refusal {
    if (question.get("flux").isPresent()) {
      checkFlux(question, asker, fluxes);
    }
    // In place of whatever the other end wrote there.
    return question.with("fluxes", String.join(",", fluxes));
  }

  private void act(Question question, Asker asker, Set<String> fluxes, Answer answer)
      throws Refusal, IOException, InterruptedException {
    LOG.info("{} asks for '{}' {}", asker, question.verb(), question.get("flux").orElse(""));
    if (question.get("flux").isPresent()) {
      checkFlux(question, asker, fluxes);
      desk.answer(question, asker, answer);
      return;
    }
    for (String flux : fluxes) {
      try {
        desk.answer(question.with("flux", flux), asker, answer);
      } catch (Refusal notHere) {
        LOG.debug("{}: {}", flux, notHere.getMessage());
      }
    }
  }

  private void checkFlux(Question question, Asker asker, Set<String> fluxes) throws Refusal {
    String flux = question.get("flux").orElseThrow();
    if (!fluxes.contains(flux)) {
      refuse(asker.name(), "it may not ask about flux " + Letters.oneLine(flux));
    }
  }

  private void refuse(String guest, String why) throws Refusal {
    if (complaints.isNew("refused " + guest)) {
      LOG.warn("a question of {} is refused: {}", guest, Letters.oneLine(why));
    }
    throw new Refusal(why);
  }
}
