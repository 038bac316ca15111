package fr.epiconcept.navette.flux.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.Garbage;
import fr.epiconcept.navette.flux.live.LiveClient.Answer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.slf4j.LoggerFactory;

class LiveFuzzTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(LiveSocket.class);

  private static Path folder;
  private static LiveSocket socket;
  private static ServerSocketChannel liar;

  /** What a conversation let escape: it would end the thread, and nobody would be told. */
  private static final ConcurrentLinkedQueue<Throwable> ESCAPED = new ConcurrentLinkedQueue<>();

  private static Thread.UncaughtExceptionHandler before;

  @BeforeContainer
  static void listen() throws IOException {
    folder = Files.createTempDirectory("live");
    Desk desk = new Desk();
    desk.on("status", (question, asker, reply) -> reply.item(question.with()));
    socket = LiveSocket.open(folder.resolve("d.sock"), desk);
    liar = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    liar.bind(UnixDomainSocketAddress.of(folder.resolve("l.sock")));
    // Each of these lines is told, as it should be; not here.
    LOG.setLevel(Level.OFF);
    before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> {
          if (thread.getName().startsWith("live-")) {
            ESCAPED.add(thrown);
          }
        });
  }

  @AfterContainer
  static void close() throws IOException {
    Thread.setDefaultUncaughtExceptionHandler(before);
    LOG.setLevel(null);
    socket.close();
    liar.close();
    Files.delete(folder.resolve("l.sock"));
    Files.delete(folder);
  }

  @Provide
  Arbitrary<byte[]> lines() {
    Arbitrary<byte[]> json =
        Garbage.soup(
                14,
                "{",
                "}",
                "[",
                "]",
                "\"verb\"",
                ":",
                ",",
                "\"status\"",
                "\"with\"",
                "null",
                "1",
                "true",
                "\"\"",
                "{\"verb\":\"status\"}",
                "{\"item\":",
                "{\"end\":true}",
                "{\"refused\":null}",
                "\n",
                "1e999999999",
                "\"\\ud800\"",
                "NaN",
                "/*")
            .map(text -> text.getBytes(UTF_8));
    Arbitrary<byte[]> question =
        Arbitraries.of(
                "{\"verb\":\"status\",\"with\":{\"flux\":\"labo\"}}",
                "null",
                "{}",
                "{\"verb\":null}")
            .map(text -> text.getBytes(UTF_8));
    Arbitrary<byte[]> deep =
        Arbitraries.of("[", "{\"with\":", "{\"item\":[")
            .map(text -> text.repeat(20_000).getBytes(UTF_8));
    return Arbitraries.frequencyOf(
        Tuple.of(4, json),
        Tuple.of(2, question),
        Tuple.of(4, Garbage.damaged(question, "null", "[", "\"", "\0")),
        Tuple.of(1, deep),
        Tuple.of(2, Garbage.bytes(100)));
  }

  @Property
  void anyLineIsAnsweredOrEndsItsOwnConversationOnly(@ForAll("lines") byte[] line)
      throws IOException {
    try (SocketChannel asking =
        SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("d.sock")))) {
      send(asking, line);
      ByteBuffer answer = ByteBuffer.allocate(4096);
      while (asking.read(answer) >= 0) {
        answer.clear();
      }
    } catch (IOException cutOff) {
      assertFalse(cutOff.getMessage().isEmpty());
    }
    assertInstanceOf(
        Answer.Whole.class,
        new LiveClient(folder.resolve("d.sock")).ask(Question.of("status"), item -> {}));
    assertEquals(List.of(), List.copyOf(ESCAPED));
  }

  @Property
  void whateverADaemonAnswersACommandEnds(@ForAll("lines") byte[] line) throws Exception {
    Thread lying =
        new Thread(
            () -> {
              try (SocketChannel heard = liar.accept()) {
                heard.read(ByteBuffer.allocate(200));
                send(heard, line);
              } catch (IOException gone) {
                // The command had enough of it.
              }
            },
            "live-liar");
    lying.start();
    List<JsonNode> items = new ArrayList<>();
    try {
      Answer answer =
          new LiveClient(folder.resolve("l.sock"), Duration.ofSeconds(10))
              .ask(Question.of("status"), items::add);
      assertFalse(answer instanceof Answer.Nobody);
    } catch (IOException told) {
      assertFalse(told.toString().isEmpty());
    }
    lying.join();
  }

  private static void send(SocketChannel to, byte[] line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Garbage.joined(line, "\n".getBytes(UTF_8)));
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
    to.shutdownOutput();
  }
}
