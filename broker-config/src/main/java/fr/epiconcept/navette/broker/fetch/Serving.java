package fr.epiconcept.navette.broker.fetch;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.Seldom;
import fr.epiconcept.navette.broker.fetch.Piece.Bytes;
import fr.epiconcept.navette.broker.fetch.Piece.None;
import fr.epiconcept.navette.broker.hear.WorkersQueue;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.broker.link.Fleeting;
import fr.epiconcept.navette.broker.message.Malformed;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.RegularFile;
import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives workers the bytes that they want, of files of their own fluxes. Each worker has a turn, and
 * another for each of its fluxes: where one's disk hangs, no other waits. Of one flux the wants are
 * answered in their order.
 */
public final class Serving implements BrokerLink.User {
  private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

  /** Of one worker that wait at once; ours send fewer. */
  private static final int MOST_WAITING = 4096;

  private final Source source;
  private final Turns turns;
  private final WorkersQueue queue = new WorkersQueue(Addresses.INGEST_FETCH, this::hears);
  private final Seldom complaints = new Seldom(System::nanoTime);
  private final Map<String, Guest> guests = new ConcurrentHashMap<>();

  /** Where the bytes are. */
  public interface Source {
    /**
     * The fluxes of which a worker may have files.
     *
     * @throws IOException if that cannot be known now
     */
    Set<FluxName> fluxesOf(String account) throws IOException;

    /**
     * Where a deposit's bytes stand; nothing if nowhere any more. It may move at any moment.
     *
     * @throws IOException if that cannot be known now
     */
    Optional<Path> file(FluxName flux, FileId id) throws IOException;
  }

  public Serving(Source source, Turns turns) {
    this.source = source;
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
    return guests.computeIfAbsent(account, Guest::new).wants(Pieces.want(message), post);
  }

  private record Waiting(Want want, Fleeting post) {}

  /** Wants that are worked off one after the other. */
  private final class Line {
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Turn turn;

    Line(String name, Consumer<Waiting> work) {
      turn =
          turns.turn(
              name,
              () -> {
                for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
                  work.accept(next);
                }
              });
    }

    boolean add(Waiting next) {
      boolean taken = waiting.offer(next);
      turn.wake();
      return taken;
    }
  }

  /** One worker: lets its wants to the fluxes that are its own. */
  private final class Guest {
    private final String account;
    private final Line door;
    private final Map<FluxName, Line> fluxes = new ConcurrentHashMap<>();

    Guest(String account) {
      this.account = account;
      this.door = new Line("fetch " + account, this::admit);
    }

    boolean wants(Want want, Fleeting post) {
      return door.add(new Waiting(want, post));
    }

    private void admit(Waiting next) {
      FluxName flux = next.want().flux();
      try {
        if (source.fluxesOf(account).contains(flux)) {
          fluxes.computeIfAbsent(flux, its -> new Line("fetch " + its, this::serve)).add(next);
          return;
        }
        if (complaints.isNew("refused " + account)) {
          LOG.warn("{} wants a file of flux {}, which is not its own", account, flux);
        }
        // Not gone: whoever lost a right by mistake has lost no file.
        answer(next, none(next.want(), false, "it may have no file of flux " + flux));
      } catch (IOException | RuntimeException e) {
        answer(next, unreadable(next.want(), account, e));
      }
    }

    private void serve(Waiting next) {
      try {
        answer(next, read(next.want()));
      } catch (IOException | RuntimeException e) {
        answer(next, unreadable(next.want(), account, e));
      }
    }

    private void answer(Waiting to, Piece piece) {
      try {
        to.post().send(Addresses.workerFetch(account), session -> Pieces.message(session, piece));
      } catch (JMSException | RuntimeException e) {
        LOG.debug("{} does not get what it wants", account, e);
      }
    }
  }

  private None unreadable(Want want, String account, Exception fault) {
    if (complaints.isNew("unreadable " + want.flux() + " " + fault)) {
      LOG.warn(
          "flux {}: {} cannot be given to {}: {}",
          want.flux(),
          want.id(),
          account,
          fault.toString());
    }
    return none(want, false, fault.toString());
  }

  private Piece read(Want want) throws IOException {
    Optional<Path> file = source.file(want.flux(), want.id());
    if (file.isEmpty()) {
      return none(want, true, "the file server has it no longer");
    }
    try {
      return read(want, file.get());
    } catch (NoSuchFileException moved) {
      // Between the look and the opening it went from the spool to the archive.
      Optional<Path> again = source.file(want.flux(), want.id());
      return again.isEmpty()
          ? none(want, true, "the file server has it no longer")
          : read(want, again.get());
    }
  }

  private static Piece read(Want want, Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(want.length());
    try (FileChannel channel = RegularFile.channel(file)) {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, want.from() + bytes.position()) < 0) {
          return none(want, true, "the file server has only " + channel.size() + " bytes of it");
        }
      }
    }
    return new Bytes(want.number(), bytes.array());
  }

  private static None none(Want want, boolean gone, String reason) {
    return new None(want.number(), gone, reason);
  }
}
