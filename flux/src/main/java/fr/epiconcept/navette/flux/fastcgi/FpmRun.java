package fr.epiconcept.navette.flux.fastcgi;

import fr.epiconcept.navette.flux.command.CommandNotStarted;
import fr.epiconcept.navette.flux.command.Deadline;
import fr.epiconcept.navette.flux.command.End;
import fr.epiconcept.navette.flux.command.Output;
import fr.epiconcept.navette.flux.command.PatientOutput;
import fr.epiconcept.navette.flux.command.Running;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A script that runs in a php-fpm: one connection for each run, so that no process of the pool is
 * bound between two.
 *
 * <p>php-fpm has no way to end a script from outside: one that runs into its timeout is let go, and
 * ended by {@code request_terminate_timeout} of the pool, or by PHP when it prints something.
 */
public final class FpmRun implements Running {
  /** The variable with the word that the script's last line begins with. */
  public static final String EXIT = "NAVETTE_EXIT";

  private static final Logger LOG = LoggerFactory.getLogger(FpmRun.class);
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Without a look at the time. */
  private static final int MOST_READS = 64;

  private final Pool pool;
  private final String script;
  private final Selector selector;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final ByteBuffer request;
  private final String word;
  private final long started = System.nanoTime();
  private volatile boolean terminating;

  // The awaiting thread's own.
  private boolean interrupted;
  private boolean closed;

  private FpmRun(
      Pool pool,
      String script,
      String word,
      byte[] request,
      Selector selector,
      SocketChannel channel)
      throws IOException {
    this.pool = pool;
    this.script = script;
    this.word = word;
    this.request = ByteBuffer.wrap(request);
    this.selector = selector;
    this.channel = channel;
    key = channel.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
  }

  /**
   * Gives a script to a php-fpm.
   *
   * @param listener how the operator calls it
   * @param script an absolute path, as the php-fpm sees it
   * @param environment what the script finds as variables
   * @throws CommandNotStarted if nobody listens there, or not to us
   */
  public static FpmRun start(
      String listener, SocketAddress address, String script, Map<String, byte[]> environment)
      throws CommandNotStarted {
    Pool pool = new Pool(listener, address);
    String word = word();
    try {
      return start(pool, script, word, Records.request(params(script, environment, word)));
    } catch (ClosedByInterruptException e) {
      throw pool.notStarted(script, "the daemon stops", true);
    } catch (IllegalArgumentException e) {
      throw pool.notStarted(script, e.getMessage(), false);
    } catch (IOException | RuntimeException e) {
      // A RuntimeException: a host that cannot be looked up.
      throw pool.away(script, e);
    }
  }

  private static FpmRun start(Pool pool, String script, String word, byte[] request)
      throws IOException {
    SocketChannel channel = pool.connect();
    Selector selector = null;
    boolean made = false;
    try {
      selector = Selector.open();
      FpmRun run = new FpmRun(pool, script, word, request, selector, channel);
      made = true;
      return run;
    } finally {
      if (!made) {
        channel.close();
        if (selector != null) {
          selector.close();
        }
      }
    }
  }

  private static String word() {
    byte[] bytes = new byte[8];
    RANDOM.nextBytes(bytes);
    return "navette-exit-" + HexFormat.of().formatHex(bytes);
  }

  private static Map<String, byte[]> params(
      String script, Map<String, byte[]> environment, String word) {
    Map<String, byte[]> params = new LinkedHashMap<>(environment);
    params.put(EXIT, text(word));
    params.put("SCRIPT_FILENAME", text(script));
    params.put("SCRIPT_NAME", text(script));
    params.put("REQUEST_URI", text(script));
    params.put("REQUEST_METHOD", text("GET"));
    params.put("QUERY_STRING", text(""));
    params.put("GATEWAY_INTERFACE", text("CGI/1.1"));
    params.put("SERVER_PROTOCOL", text("HTTP/1.1"));
    params.put("SERVER_SOFTWARE", text("navette"));
    params.put("REMOTE_ADDR", text("127.0.0.1"));
    return params;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  // --- until it has ended ---

  @Override
  public End await(Duration timeout, Duration grace, Output output) throws CommandNotStarted {
    Answer answer = new Answer(word, new PatientOutput(output));
    try (selector;
        channel) {
      Records records = new Records(answer);
      follow(records, answer, Deadline.after(started, timeout));
      if (!isOver(answer)) {
        follow(records, answer, Deadline.in(grace));
        answer.end();
        return mustEnd()
            ? new End.Terminated(0, age())
            : new End.TimedOut(answer.isComplete() || closed ? 0 : 1, age());
      }
      return endOf(answer, answer.end());
    } catch (IOException e) {
      answer.end();
      if (!answer.hasBegun()) {
        throw pool.away(script, e);
      }
      return new End.BrokenOff("no answer of a php-fpm: " + e.getMessage(), age());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void terminate() {
    terminating = true;
    selector.wakeup();
  }

  private void follow(Records records, Answer answer, Deadline deadline) throws IOException {
    while (!isOver(answer) && !deadline.isOver()) {
      turn(records, answer, deadline.left());
    }
  }

  private boolean isOver(Answer answer) {
    return answer.isComplete() || closed || mustEnd();
  }

  private boolean mustEnd() {
    return terminating || interrupted;
  }

  private End endOf(Answer answer, OptionalInt said) throws CommandNotStarted {
    if (answer.isComplete() && said.isPresent()) {
      return new End.Exited(said.getAsInt(), age());
    }
    if (answer.isComplete() && answer.refusal().isPresent()) {
      throw pool.notStarted(script, answer.refusal().get(), false);
    }
    if (answer.isComplete()) {
      return new End.Unsaid(age());
    }
    if (!closed) {
      return new End.Terminated(0, age());
    }
    if (request.position() == 0) {
      throw pool.notStarted(script, "it takes no request just now", true);
    }
    return new End.BrokenOff(
        "php-fpm let the script down before its end (a reload, a crash, or"
            + " request_terminate_timeout)",
        age());
  }

  private void turn(Records records, Answer answer, long nanos) throws IOException {
    selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
    selector.selectedKeys().clear();
    // An interrupted thread would close the channel with its next touch.
    interrupted |= Thread.interrupted();
    if (interrupted) {
      return;
    }
    try {
      exchange(records, answer);
    } catch (BrokenAnswer e) {
      throw e;
    } catch (IOException reset) {
      // A process that is killed leaves one of these or the end of the stream, as it comes.
      LOG.debug("php-fpm {} is gone", pool.name(), reset);
      closed = true;
    }
  }

  private void exchange(Records records, Answer answer) throws IOException {
    if (request.hasRemaining()) {
      channel.write(request);
      if (!request.hasRemaining()) {
        key.interestOps(SelectionKey.OP_READ);
      }
    }
    int size = 1;
    for (int i = 0; i < MOST_READS && size > 0 && !answer.isComplete(); i++) {
      size = channel.read(records.room());
      records.came();
    }
    closed = size < 0;
  }

  private Duration age() {
    return Duration.ofNanos(System.nanoTime() - started);
  }
}
