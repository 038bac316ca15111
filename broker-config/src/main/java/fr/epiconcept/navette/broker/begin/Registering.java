package fr.epiconcept.navette.broker.begin;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.Seldom;
import fr.epiconcept.navette.broker.begin.Note.Answer;
import fr.epiconcept.navette.broker.begin.Note.May;
import fr.epiconcept.navette.broker.begin.Note.SoFar;
import fr.epiconcept.navette.broker.begin.Note.Word;
import fr.epiconcept.navette.broker.hear.WorkersQueue;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.broker.link.Fleeting;
import fr.epiconcept.navette.broker.message.Malformed;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ingest's end: brings what workers ask and say to the {@link Register}, and its words back. Each
 * flux has a turn; what came meanwhile is judged together, and shares the syncs.
 */
public final class Registering implements BrokerLink.User {
  private static final Logger LOG = LoggerFactory.getLogger(Registering.class);

  /** Of one flux that wait at once; ours ask one by one for each script. */
  private static final int MOST_WAITING = 1024;

  private static final int BATCH = 256;

  private final Register register;
  private final Turns turns;
  private final WorkersQueue queue = new WorkersQueue(Addresses.INGEST_BEGIN, this::hears);
  private final Seldom complaints = new Seldom(System::nanoTime);
  private final Map<FluxName, Line> lines = new ConcurrentHashMap<>();

  /** A note, and the account that it comes from or goes to. */
  public record Addressed(String account, Note note) {}

  /** Whoever knows who has begun what. */
  public interface Register {
    /**
     * The fluxes that a worker may have.
     *
     * @throws IOException if that cannot be known now
     */
    Set<FluxName> fluxesOf(String account) throws IOException;

    /**
     * Judges what has come of one flux, in its order. What it says yes to is on disk when this
     * returns.
     *
     * @return what is to be sent
     * @throws IOException if nothing can be said now
     */
    List<Addressed> judge(FluxName flux, List<Addressed> came) throws IOException;
  }

  public Registering(Register register, Turns turns) {
    this.register = register;
    this.turns = turns;
  }

  @Override
  public void linked(Connection connection) throws JMSException {
    queue.linked(connection);
  }

  @Override
  public void unlinked(String why) {
    queue.unlinked(why);
  }

  private boolean hears(String account, Message message, Fleeting post)
      throws Malformed, JMSException {
    Addressed came = new Addressed(account, Notes.read(message));
    return line(flux(came.note())).add(new Waiting(came, post));
  }

  private static FluxName flux(Note note) throws Malformed {
    if (note instanceof May may) {
      return may.flux();
    }
    if (note instanceof SoFar soFar) {
      return soFar.flux();
    }
    throw new Malformed("workers neither answer that nor ask it");
  }

  private Line line(FluxName flux) throws Malformed {
    // A worker could name fluxes without end.
    if (!lines.containsKey(flux) && lines.size() >= MOST_WAITING) {
      throw new Malformed("too many fluxes");
    }
    return lines.computeIfAbsent(flux, Line::new);
  }

  private record Waiting(Addressed came, Fleeting post) {}

  /** What has come of one flux. */
  private final class Line {
    private final FluxName flux;
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Turn turn;

    Line(FluxName flux) {
      this.flux = flux;
      this.turn = turns.turn(flux + " begin", this::work);
    }

    boolean add(Waiting next) {
      boolean taken = waiting.offer(next);
      turn.wake();
      return taken;
    }

    private void work() {
      List<Waiting> batch = new ArrayList<>();
      while (waiting.drainTo(batch, BATCH) > 0) {
        // The newest link: over an older one nothing goes any more.
        Fleeting post = batch.get(batch.size() - 1).post();
        List<Addressed> permitted =
            batch.stream().map(Waiting::came).filter(this::isPermitted).toList();
        judge(permitted).forEach(each -> send(each, post));
        batch.clear();
      }
    }

    private boolean isPermitted(Addressed came) {
      try {
        if (register.fluxesOf(came.account()).contains(flux)) {
          return true;
        }
        if (complaints.isNew("refused " + came.account())) {
          LOG.warn("{} asks about flux {}, which is not its own", came.account(), flux);
        }
      } catch (IOException e) {
        LOG.debug("{} is not answered: its account cannot be read", came.account(), e);
      }
      return false;
    }

    private List<Addressed> judge(List<Addressed> came) {
      try {
        return came.isEmpty() ? List.of() : register.judge(flux, came);
      } catch (IOException | RuntimeException e) {
        if (complaints.isNew("fault " + flux + e)) {
          LOG.warn("flux {}: workers wait before they begin: {}", flux, e.toString());
        }
        return came.stream().flatMap(each -> notNow(each).stream()).toList();
      }
    }

    private Optional<Addressed> notNow(Addressed asked) {
      return asked.note() instanceof May may
          ? Optional.of(new Addressed(asked.account(), new Word(may.number(), Answer.WAIT, "")))
          : Optional.empty();
    }

    private void send(Addressed to, Fleeting post) {
      try {
        post.send(
            Addresses.workerBegin(to.account()), session -> Notes.message(session, to.note()));
      } catch (JMSException | RuntimeException e) {
        LOG.debug("{} does not hear {}", to.account(), to.note(), e);
      }
    }
  }
}
