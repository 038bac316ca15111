package fr.epiconcept.navette.broker.ask;

import fr.epiconcept.navette.broker.Seldom;
import fr.epiconcept.navette.broker.ask.Letter.Answers;
import fr.epiconcept.navette.broker.ask.Letter.Asks;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Reply;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of one link, for questions alone: asks the other end, and lets it ask. Thread-safe.
 *
 * <p>Who speaks is what the broker has noted of the sender, never what a message says.
 */
public final class Asking implements BrokerLink.User, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Asking.class);
  private static final String VALIDATED_USER = "_AMQ_VALIDATED_USER";

  private final Place place;
  private final Bounds bounds;
  private final Answering answering;
  private final SecureRandom random = new SecureRandom();
  private final Seldom complaints = new Seldom(System::nanoTime);
  private final Map<String, OpenQuestion> open = new ConcurrentHashMap<>();
  private final AtomicLong unread = new AtomicLong();
  private final ScheduledExecutorService beat =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "ask-beat");
            thread.setDaemon(true);
            return thread;
          });

  private volatile Optional<Sending> sending = Optional.empty();
  private volatile String down = "the link is not made yet";

  /**
   * An end without a link.
   *
   * @param desk has the answers
   * @param verbs which of them the other end may have
   */
  public Asking(Place place, Desk desk, Verbs verbs) {
    this(place, desk, verbs, Bounds.STANDARD);
  }

  Asking(Place place, Desk desk, Verbs verbs, Bounds bounds) {
    this.place = place;
    this.bounds = bounds;
    this.answering = new Answering(place, desk, verbs, bounds, complaints, beat);
  }

  /** Never fails: a file server that knows no questions is one for files all the same. */
  @Override
  public void linked(Connection connection) {
    try {
      Sending fresh = new Sending(connection);
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      sending = Optional.of(fresh);
      session
          .createConsumer(session.createQueue(place.queue()))
          .setMessageListener(message -> onMessage(message, fresh));
    } catch (JMSException | RuntimeException e) {
      down("it cannot be asked (is it of an older version?): " + e.getMessage());
      if (complaints.isNew("no queue")) {
        LOG.warn(
            "{} cannot be read: {}; files go on, but commands here see nothing of the other server,"
                + " and it nothing of this one",
            place.queue(),
            e.getMessage());
      }
    }
  }

  @Override
  public void unlinked(String why) {
    down("the link is down: " + why);
  }

  private void down(String why) {
    sending = Optional.empty();
    down = why;
    open.values().forEach(question -> question.breakOff(why));
  }

  /**
   * Asks, and gives the items as they come.
   *
   * @param name whom: an account, or the file server
   * @throws Silence if no answer comes, or not all of it
   * @throws IOException if {@code items} takes no more
   */
  public void ask(String name, Question question, Reply items)
      throws Silence, IOException, InterruptedException {
    byte[] body = Letters.question(question);
    Sending over = sending.orElseThrow(() -> new Silence(down));
    Optional<String> deaf = place.deaf(name);
    if (deaf.isPresent()) {
      throw new Silence(deaf.get());
    }
    String number = number();
    OpenQuestion mine = new OpenQuestion(name, bounds, unread, System::nanoTime);
    open.put(number, mine);
    try {
      send(over, name, number, body);
      if (sending.isEmpty()) {
        // It died before this question was among those that are told.
        mine.breakOff(down);
      }
      mine.take(items);
    } finally {
      open.remove(number);
      mine.forget();
    }
  }

  private void send(Sending over, String name, String number, byte[] body) throws Silence {
    try {
      over.question(place.queueOf(name), number, body);
    } catch (IOException e) {
      throw new Silence("the question cannot be sent: " + e.getMessage());
    }
  }

  private String number() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Nothing may escape from a listener, and nothing may hold it up. */
  private void onMessage(Message message, Sending over) {
    String sender = "nobody";
    try {
      String validated = message.getStringProperty(VALIDATED_USER);
      if (validated == null) {
        throw new Letters.Unreadable("the broker has not noted who sent it");
      }
      sender = place.nameOf(validated);
      Letter letter = Letters.read(message);
      if (letter instanceof Asks asks) {
        answering.answer(sender, asks, over);
      } else if (letter instanceof Answers part) {
        take(sender, part);
      }
    } catch (Letters.Unreadable | JMSException | RuntimeException e) {
      if (complaints.isNew("dropped " + sender)) {
        LOG.warn("a message of {} in {} is dropped: {}", sender, place.queue(), e.getMessage());
      }
    }
  }

  private void take(String sender, Answers part) {
    OpenQuestion question = open.get(part.number());
    if (question != null && question.isOf(sender)) {
      question.came(part);
    } else if (question != null && complaints.isNew("stranger " + sender)) {
      LOG.warn("{} answers a question that it was not asked; dropped", sender);
    }
    // Else it comes too late: whoever asked waits no longer.
  }

  /** Asks and answers no more. */
  @Override
  public void close() {
    down("the daemon stops");
    beat.shutdownNow();
  }
}
