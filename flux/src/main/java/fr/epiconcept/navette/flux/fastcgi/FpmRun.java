package fr.epiconcept.navette.flux.fastcgi;

import fr.epiconcept.navette.flux.command.CommandNotStarted;
import fr.epiconcept.navette.flux.command.End;
import fr.epiconcept.navette.flux.command.LineCutter;
import fr.epiconcept.navette.flux.command.Output;
import fr.epiconcept.navette.flux.command.Output.Stream;
import fr.epiconcept.navette.flux.command.Running;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
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
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
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
  private static final int CONNECT_MILLIS = 10_000;

  /** Without a look at the time. */
  private static final int MOST_READS = 64;

  /** In these words, and behind nothing, php-fpm says that it has not begun the script at all. */
  private static final List<String> REFUSALS =
      List.of("Primary script unknown", "Unable to open primary script", "Access to the script");

  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final String listener;
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
  private boolean answered;
  private boolean complete;
  private boolean closed;
  private boolean outputFailed;
  private String refusal = "";

  private FpmRun(
      String listener,
      String script,
      Selector selector,
      SocketChannel channel,
      SelectionKey key,
      String word,
      byte[] request) {
    this.listener = listener;
    this.script = script;
    this.selector = selector;
    this.channel = channel;
    this.key = key;
    this.word = word;
    this.request = ByteBuffer.wrap(request);
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
    String word = word();
    try {
      byte[] request = Records.request(params(script, environment, word));
      Selector selector = Selector.open();
      SocketChannel channel = null;
      boolean made = false;
      try {
        channel = connected(address);
        channel.configureBlocking(false);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        made = true;
        return new FpmRun(listener, script, selector, channel, key, word, request);
      } finally {
        if (!made) {
          if (channel != null) {
            channel.close();
          }
          selector.close();
        }
      }
    } catch (ClosedByInterruptException e) {
      throw new CommandNotStarted(script + " at php-fpm " + listener, "the daemon stops", true);
    } catch (IllegalArgumentException e) {
      throw new CommandNotStarted(script + " at php-fpm " + listener, e.getMessage(), false);
    } catch (IOException | RuntimeException e) {
      // A RuntimeException: a host that cannot be looked up.
      throw new CommandNotStarted(script + " at php-fpm " + listener, why(e), true);
    }
  }

  private static SocketChannel connected(SocketAddress address) throws IOException {
    boolean local = address instanceof UnixDomainSocketAddress;
    SocketChannel channel =
        local ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    boolean connected = false;
    try {
      if (!local) {
        channel.socket().connect(address, CONNECT_MILLIS);
      } else {
        // Where too many wait already, the kernel would let us wait without an end.
        channel.configureBlocking(false);
        if (!channel.connect(address)) {
          throw new IOException("too many wait for it already");
        }
      }
      connected = true;
      return channel;
    } finally {
      if (!connected) {
        channel.close();
      }
    }
  }

  private static String why(Exception e) {
    String said = e.getMessage() == null ? e.toString() : e.getMessage();
    return said.contains("Permission denied")
        ? said
            + " (the daemon's user needs the right to write to the socket: listen.group, or"
            + " listen.acl_users, of the pool)"
        : said + " (does php-fpm run, with this listen address?)";
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
    ExitLine exit = new ExitLine(word, (stream, line) -> tell(output, stream, line));
    LineCutter out = new LineCutter(line -> exit.line(Stream.OUT, line));
    LineCutter err = new LineCutter(line -> fromErr(exit, line));
    CgiHead head = new CgiHead();
    Records records = new Records((type, content) -> take(type, content, head, out, err));
    try (selector;
        channel) {
      return follow(records, started + nanos(timeout), grace, () -> said(exit, out, err));
    } catch (IOException e) {
      said(exit, out, err);
      if (!answered) {
        throw new CommandNotStarted(script + " at php-fpm " + listener, why(e), true);
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

  /** What the script said of its end, once all of its output is passed on. */
  @FunctionalInterface
  private interface Said {
    OptionalInt exit();
  }

  private static OptionalInt said(ExitLine exit, LineCutter out, LineCutter err) {
    out.end();
    err.end();
    return exit.end();
  }

  private End follow(Records records, long deadline, Duration grace, Said said)
      throws IOException, CommandNotStarted {
    while (!complete && !closed && !mustEnd() && until(deadline) > 0) {
      turn(records, until(deadline));
    }
    if (complete) {
      return endOf(said.exit());
    }
    if (closed && request.position() == 0) {
      throw new CommandNotStarted(
          script + " at php-fpm " + listener, "it takes no request just now", true);
    }
    if (closed) {
      said.exit();
      return new End.BrokenOff(
          "php-fpm let the script down before its end (a reload, a crash, or"
              + " request_terminate_timeout)",
          age());
    }
    if (mustEnd()) {
      said.exit();
      return new End.Terminated(0, age());
    }
    long end = System.nanoTime() + nanos(grace);
    while (!complete && !closed && !mustEnd() && until(end) > 0) {
      turn(records, until(end));
    }
    said.exit();
    return new End.TimedOut(complete || closed ? 0 : 1, age());
  }

  private End endOf(OptionalInt said) throws CommandNotStarted {
    if (said.isPresent()) {
      return new End.Exited(said.getAsInt(), age());
    }
    if (!refusal.isEmpty()) {
      throw new CommandNotStarted(script + " at php-fpm " + listener, refusal, false);
    }
    return new End.Unsaid(age());
  }

  private boolean mustEnd() {
    return terminating || interrupted;
  }

  private void turn(Records records, long nanos) throws IOException {
    selector.select(Math.max(1, nanos / 1_000_000));
    selector.selectedKeys().clear();
    // An interrupted thread would close the channel with its next touch.
    interrupted |= Thread.interrupted();
    if (interrupted) {
      return;
    }
    try {
      exchange(records);
    } catch (BrokenAnswer e) {
      throw e;
    } catch (IOException reset) {
      // A process that is killed leaves one of these or the end of the stream, as it comes.
      LOG.debug("php-fpm {} is gone", listener, reset);
      closed = true;
    }
  }

  private void exchange(Records records) throws IOException {
    if (request.hasRemaining()) {
      channel.write(request);
      if (!request.hasRemaining()) {
        key.interestOps(SelectionKey.OP_READ);
      }
    }
    int size = 1;
    for (int i = 0; i < MOST_READS && size > 0 && !complete; i++) {
      size = channel.read(records.room());
      records.came();
    }
    closed = size < 0;
  }

  // --- what comes ---

  private void take(int type, ByteBuffer content, CgiHead head, LineCutter out, LineCutter err)
      throws BrokenAnswer {
    answered = true;
    if (type == Records.STDOUT) {
      head.skip(content);
      give(content, out);
    } else if (type == Records.STDERR) {
      give(content, err);
    } else if (type == Records.END_REQUEST) {
      complete = true;
    }
  }

  private static void give(ByteBuffer content, LineCutter lines) {
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    lines.accept(bytes, bytes.length);
  }

  private void fromErr(ExitLine next, String line) {
    if (REFUSALS.stream().anyMatch(line::startsWith)) {
      refusal = line.strip();
    }
    next.line(Stream.ERR, line);
  }

  // A log that cannot be written must not end the run, nor leave it alone.
  private void tell(Output output, Stream stream, String line) {
    try {
      output.line(stream, line);
    } catch (RuntimeException fault) {
      if (!outputFailed) {
        outputFailed = true;
        LOG.error("a script's output could not be passed on; it goes on running", fault);
      }
    }
  }

  private Duration age() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  private static long until(long nanoTime) {
    return nanoTime - System.nanoTime();
  }

  private static long nanos(Duration duration) {
    return (duration.compareTo(LONGEST) > 0 ? LONGEST : duration).toNanos();
  }
}
