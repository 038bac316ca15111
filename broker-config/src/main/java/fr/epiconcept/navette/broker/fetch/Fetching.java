package fr.epiconcept.navette.broker.fetch;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.Seldom;
import fr.epiconcept.navette.broker.fetch.Piece.Bytes;
import fr.epiconcept.navette.broker.fetch.Piece.None;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.broker.link.Fleeting;
import fr.epiconcept.navette.broker.message.Malformed;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches bytes from one file server, of several files at once. Thread-safe. */
public final class Fetching implements BrokerLink.User {
  private static final Logger LOG = LoggerFactory.getLogger(Fetching.class);

  /**
   * What may be on its way at once, of all files: so much memory, and so far the link is filled.
   */
  static final int WINDOW = 8 << 20;

  /** Of one file, so that the disk here and there and the link between are busy at once. */
  private static final int MOST_OPEN = 12;

  /** How often a wait looks whether it is still of use. */
  private static final int LOOK_AGAIN_MILLIS = 200;

  private final String account;
  private final Duration patience;
  private final Seldom complaints = new Seldom(System::nanoTime);
  private final Room room = new Room(WINDOW);
  private final AtomicLong numbers = new AtomicLong(ThreadLocalRandom.current().nextLong());

  /** Where the piece of that number is awaited. */
  private final Map<Long, BlockingQueue<Piece>> awaited = new ConcurrentHashMap<>();

  /** Told when there is a link. */
  private final Object linking = new Object();

  private volatile Optional<Fleeting> post = Optional.empty();
  private volatile String down = "the link is not made yet";

  /**
   * Without a link.
   *
   * @param account the worker's, at that file server
   * @param patience how long the link, and each piece, is waited for
   */
  public Fetching(String account, Duration patience) {
    this.account = account;
    this.patience = patience;
  }

  /** Never fails: a file server that knows no wants sends all bytes in its messages. */
  @Override
  public void linked(Connection connection) {
    try {
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      session
          .createConsumer(session.createQueue(Addresses.workerFetch(account)))
          .setMessageListener(this::onMessage);
      Fleeting fresh = new Fleeting(connection);
      synchronized (linking) {
        post = Optional.of(fresh);
        linking.notifyAll();
      }
    } catch (JMSException | RuntimeException e) {
      down = "large files cannot be fetched there: " + e.getMessage();
      LOG.debug("{} cannot be read", Addresses.workerFetch(account), e);
    }
  }

  @Override
  public void unlinked(String why) {
    post = Optional.empty();
    down = "the link is down: " + why;
    awaited.forEach((number, piece) -> piece.add(new None(number, false, down)));
  }

  /** Nothing may escape from a listener. */
  private void onMessage(Message message) {
    try {
      Piece piece = Pieces.piece(message);
      BlockingQueue<Piece> whose = awaited.get(piece.number());
      if (whose != null) {
        whose.add(piece);
      }
      // Else it comes too late: whoever wanted it waits no longer.
    } catch (Malformed | JMSException | RuntimeException e) {
      if (complaints.isNew("dropped")) {
        LOG.warn("a message in {} is dropped: {}", Addresses.workerFetch(account), e.getMessage());
      }
    }
  }

  /**
   * Fetches the bytes from {@code from} to before {@code to}; {@code out} has a beginning of them
   * if this fails.
   *
   * @param over whether nobody wants them any more; asked now and then
   * @throws Gone if they will never come
   * @throws IOException if they do not come now, or {@code out} takes no more
   */
  public void fetch(
      FluxName flux, FileId id, long from, long to, OutputStream out, BooleanSupplier over)
      throws IOException {
    try (Fetch fetch = new Fetch(flux, id, from, to, over)) {
      fetch.into(out);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + id + " was fetched", e);
    }
  }

  /** One file. */
  private final class Fetch implements AutoCloseable {
    private final FluxName flux;
    private final FileId id;
    private final long to;
    private final BooleanSupplier over;
    private final Pace pace = new Pace(Want.LONGEST);
    private final BlockingQueue<Piece> arrived = new LinkedBlockingQueue<>();

    /** In the order in which they were sent, which is that in which they are answered. */
    private final Deque<Open> open = new ArrayDeque<>();

    private long next;

    /** Only who is answered gets more: where a disk hangs, no file holds the room of the others. */
    private int most = 1;

    Fetch(FluxName flux, FileId id, long from, long to, BooleanSupplier over) {
      this.flux = flux;
      this.id = id;
      this.next = from;
      this.to = to;
      this.over = over;
    }

    private record Open(Want want, long sentAt) {}

    void into(OutputStream out) throws IOException, InterruptedException {
      wantMore();
      while (!open.isEmpty()) {
        Want want = open.getFirst().want();
        Bytes bytes = await(want);
        pace.took(System.nanoTime() - open.removeFirst().sentAt());
        awaited.remove(want.number());
        room.giveBack(want.length());
        most = Math.min(MOST_OPEN, most * 2);
        // Before the disk is waited for: the next ones come meanwhile.
        wantMore();
        out.write(bytes.bytes());
      }
    }

    private void wantMore() throws IOException, InterruptedException {
      while (next < to && open.size() < most) {
        int length = (int) Math.min(pace.length(), to - next);
        if (!room.take(length, open.isEmpty(), over)) {
          return;
        }
        Want want = new Want(numbers.getAndIncrement(), flux, id, next, length);
        open.add(new Open(want, System.nanoTime()));
        awaited.put(want.number(), arrived);
        send(want);
        next += length;
      }
    }

    private void send(Want want) throws IOException, InterruptedException {
      try {
        link(open.size() == 1)
            .send(Addresses.INGEST_FETCH, session -> Pieces.message(session, want));
      } catch (JMSException e) {
        throw new IOException("the link is down: " + e.getMessage(), e);
      }
      if (post.isEmpty()) {
        // It died before this want was among those that are told.
        arrived.add(new None(want.number(), false, down));
      }
    }

    /** The links are made one after the other: at the beginning the message may be there first. */
    private Fleeting link(boolean begins) throws IOException, InterruptedException {
      long end = System.nanoTime() + patience.toNanos();
      synchronized (linking) {
        while (post.isEmpty() && begins && System.nanoTime() - end < 0) {
          requireWanted();
          linking.wait(LOOK_AGAIN_MILLIS);
        }
      }
      return post.orElseThrow(() -> new IOException(down));
    }

    private Bytes await(Want want) throws IOException, InterruptedException {
      long end = System.nanoTime() + patience.toNanos();
      while (true) {
        requireWanted();
        Piece piece = arrived.poll(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        if (piece instanceof None none) {
          throw none.gone() ? new Gone(none.reason()) : new IOException(none.reason());
        }
        if (piece instanceof Bytes bytes) {
          if (bytes.number() != want.number() || bytes.bytes().length != want.length()) {
            throw new IOException("the file server gave something else than was wanted");
          }
          return bytes;
        }
        if (System.nanoTime() - end > 0) {
          throw new IOException("no bytes have come for " + patience.toSeconds() + " s");
        }
      }
    }

    private void requireWanted() throws IOException {
      if (over.getAsBoolean()) {
        throw new IOException("it is not waited for any longer");
      }
    }

    @Override
    public void close() {
      for (Open each : open) {
        awaited.remove(each.want().number());
        room.giveBack(each.want().length());
      }
    }
  }
}
