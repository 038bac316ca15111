package fr.epiconcept.navette.flux.live;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A command's end of a daemon's socket. */
public final class LiveClient {
  /** A daemon that is well says something every three seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Path socket;
  private final Duration patience;

  /** Asks the daemon that listens at {@code socket}, if one does. */
  public LiveClient(Path socket) {
    this(socket, PATIENCE);
  }

  LiveClient(Path socket, Duration patience) {
    this.socket = socket;
    this.patience = patience;
  }

  /** How a question ended. */
  public sealed interface Answer {
    /** All items were given. */
    record Whole() implements Answer {}

    /**
     * The daemon will not.
     *
     * @param why one line for the user
     */
    record Refused(String why) implements Answer {}

    /**
     * There is no daemon to ask.
     *
     * @param why one line for the user
     */
    record Nobody(String why) implements Answer {}
  }

  /** Takes items as they come. */
  @FunctionalInterface
  public interface Items {
    void item(JsonNode item) throws IOException;
  }

  /**
   * Asks, and gives every item of the answer to {@code items}.
   *
   * @throws IOException if the answer breaks off, or nothing comes for 15 s
   */
  public Answer ask(Question question, Items items) throws IOException {
    Optional<String> nobody = Optional.empty();
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    } catch (SocketException refused) {
      nobody = Optional.of(whyNobody(refused));
    } catch (IllegalArgumentException tooLong) {
      nobody = Optional.of(socket + ": " + tooLong.getMessage());
    }
    if (nobody.isPresent()) {
      return new Answer.Nobody(nobody.get());
    }
    try (Wire wire = new Wire(channel);
        Patience watch = new Patience(wire)) {
      return converse(wire, watch, question, items);
    }
  }

  private String whyNobody(SocketException refused) {
    if (!Files.exists(socket)) {
      return "no daemon runs (" + socket + " is not there)";
    }
    if (!Files.isWritable(socket)) {
      return "this user may not ask the daemon (" + socket + "); try as the daemon's user";
    }
    return "no daemon runs (" + socket + ": " + refused.getMessage() + ")";
  }

  private Answer converse(Wire wire, Patience watch, Question question, Items items)
      throws IOException {
    try {
      wire.write(question);
      while (true) {
        watch.restart();
        JsonNode line =
            wire.read().orElseThrow(() -> new IOException("the daemon ended while it answered"));
        watch.pause();
        if (line.has("item")) {
          items.item(line.get("item"));
        } else if (line.has("refused")) {
          return new Answer.Refused(line.get("refused").asText());
        } else if (line.has("end")) {
          return new Answer.Whole();
        }
      }
    } catch (AsynchronousCloseException ours) {
      throw new IOException("the daemon has not answered for " + patience.toSeconds() + " s", ours);
    }
  }

  /** Ends the wait for a daemon that hangs (or was stopped by a signal). */
  private final class Patience implements AutoCloseable {
    private final ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "live-patience");
              thread.setDaemon(true);
              return thread;
            });
    private final Wire wire;
    private ScheduledFuture<?> end;

    Patience(Wire wire) {
      this.wire = wire;
    }

    void restart() {
      pause();
      end =
          timer.schedule(
              () -> {
                wire.close();
                return null;
              },
              patience.toMillis(),
              TimeUnit.MILLISECONDS);
    }

    void pause() {
      if (end != null) {
        end.cancel(false);
      }
    }

    @Override
    public void close() {
      timer.shutdownNow();
    }
  }
}
