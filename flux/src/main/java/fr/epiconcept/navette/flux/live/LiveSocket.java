package fr.epiconcept.navette.flux.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A daemon's end: takes questions one a connection, and brings them to the {@link Desk}. */
public final class LiveSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveSocket.class);

  /** So many are answered at once; whoever comes then waits for his turn. */
  private static final int AT_ONCE = 8;

  private static final Duration BEAT = Duration.ofSeconds(3);

  /** Whoever reads nothing for so long is not waited for. */
  private static final Duration STUCK = Duration.ofSeconds(30);

  private final Path path;
  private final Desk desk;
  private final ServerSocketChannel server;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService beat;

  /**
   * Listens at {@code path}, in place of whatever was left there by a daemon that is dead.
   *
   * @param path its folder must exist; at most 107 bytes long
   * @throws IOException if that cannot be done
   */
  public static LiveSocket open(Path path, Desk desk) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      // Whoever finds the socket finds it with its rights.
      Path fresh = path.resolveSibling(path.getFileName() + ".new");
      Files.deleteIfExists(fresh);
      server.bind(UnixDomainSocketAddress.of(fresh));
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-rw----"));
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
      return new LiveSocket(path, desk, server);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e instanceof IOException io ? io : new IOException(e.getMessage(), e);
    }
  }

  private LiveSocket(Path path, Desk desk, ServerSocketChannel server) {
    this.path = path;
    this.desk = desk;
    this.server = server;
    beat = Executors.newSingleThreadScheduledExecutor(task -> daemonThread(task, "live-beat"));
    var unused =
        beat.scheduleWithFixedDelay(
            this::beat, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
    daemonThread(this::accept, "live-accept").start();
  }

  private static Thread daemonThread(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        places.acquire();
        SocketChannel channel;
        try {
          channel = server.accept();
        } catch (IOException | RuntimeException e) {
          places.release();
          throw e;
        }
        Conversation conversation = new Conversation(channel);
        conversations.add(conversation);
        daemonThread(conversation, "live-answer").start();
      } catch (ClosedChannelException closed) {
        return;
      } catch (IOException | RuntimeException e) {
        LOG.warn("a question cannot be taken: {}", e.toString());
        rest();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** What fails at once (no descriptor left) would fail at once again. */
  private static void rest() {
    try {
      TimeUnit.SECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void beat() {
    conversations.forEach(Conversation::beat);
  }

  private final class Conversation implements Runnable {
    private final SocketChannel channel;
    private final Wire wire;
    private volatile boolean answering;

    Conversation(SocketChannel channel) {
      this.channel = channel;
      this.wire = new Wire(channel);
    }

    @Override
    public void run() {
      try (wire) {
        JsonNode line = wire.read().orElse(null);
        if (line != null) {
          hear(line);
        }
      } catch (JsonProcessingException e) {
        LOG.warn("a question that is no question: {}", e.getOriginalMessage());
      } catch (IOException gone) {
        LOG.debug("whoever asked is gone", gone);
      } finally {
        conversations.remove(this);
        places.release();
      }
    }

    private void hear(JsonNode line) throws IOException {
      Question question = LiveJson.mapper().treeToValue(line, Question.class);
      // An empty line is read as nothing, and so is the word null.
      if (question == null || question.verb() == null) {
        LOG.warn("a question that is no question: it asks nothing");
        refuse("it asks nothing");
      } else {
        answer(question);
      }
    }

    private void answer(Question question) throws IOException {
      answering = true;
      try {
        desk.answer(question, asker(), item -> wire.write("item", item));
        answering = false;
        wire.write("end", true);
      } catch (Refusal e) {
        refuse(e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        refuse("the daemon stops");
      } catch (RuntimeException e) {
        LOG.error("'{}' cannot be answered", question.verb(), e);
        refuse("the daemon cannot answer that; its log says why");
      } catch (IOException e) {
        // Either nobody listens, and then this is not heard; or something cannot be read.
        refuse(e.toString());
      } finally {
        answering = false;
      }
    }

    private void refuse(String why) throws IOException {
      answering = false;
      wire.write("refused", why);
    }

    private Asker asker() throws IOException {
      return new Asker(channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName(), true);
    }

    void beat() {
      try {
        if (wire.stuckNanos() > STUCK.toNanos()) {
          wire.close();
        } else if (answering && wire.stuckNanos() == 0) {
          wire.write("busy", true);
        }
      } catch (IOException gone) {
        LOG.debug("whoever asked is gone", gone);
      }
    }
  }

  /** Listens no more. Whoever is being answered is cut off. */
  @Override
  public void close() {
    beat.shutdownNow();
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("{} is left behind: {}", path, e.toString());
    }
    for (Conversation conversation : conversations) {
      try {
        conversation.wire.close();
      } catch (IOException e) {
        LOG.debug("gone already", e);
      }
    }
  }
}
