package fr.epiconcept.navette.flux.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.live.LiveClient.Answer;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveTest {
  @TempDir Path folder;
  private final Desk desk = new Desk();
  private final List<JsonNode> items = new ArrayList<>();
  private Path path;
  private LiveSocket socket;

  /** Something of everything that records have. */
  record Sample(
      FluxName flux, Instant at, Duration age, Optional<String> there, Optional<Long> not) {}

  @BeforeEach
  void listen() throws IOException {
    path = folder.resolve("ingest.sock");
    socket = LiveSocket.open(path, desk);
  }

  @AfterEach
  void close() {
    socket.close();
  }

  private Answer ask(Question question) throws IOException {
    return new LiveClient(path).ask(question, items::add);
  }

  @Test
  void givesEachItemAndThenTheEnd() throws IOException {
    Sample sample =
        new Sample(
            FluxName.parse("labo").orElseThrow(),
            Instant.parse("2026-11-24T00:00:00Z"),
            Duration.ofMillis(1500),
            Optional.of("é\n\"x"),
            Optional.empty());
    desk.on(
        "two",
        (question, asker, reply) -> {
          reply.item(sample);
          reply.item(List.of(question.get("flux").orElseThrow(), asker.name()));
        });

    assertInstanceOf(Answer.Whole.class, ask(Question.of("two").with("flux", "labo")));

    assertEquals(
        "{\"flux\":\"labo\",\"at\":\"2026-11-24T00:00:00Z\",\"age\":1.5,"
            + "\"there\":\"é\\n\\\"x\"}",
        items.get(0).toString());
    assertEquals(sample, LiveJson.mapper().treeToValue(items.get(0), Sample.class));
    assertEquals("labo", items.get(1).get(0).asText());
    assertEquals(System.getProperty("user.name"), items.get(1).get(1).asText());
  }

  @Test
  void answersFiftyThousandItemsAsTheyAreFound() throws IOException {
    desk.on(
        "many",
        (question, asker, reply) -> {
          for (int i = 0; i < 50_000; i++) {
            reply.item(i);
          }
        });

    assertInstanceOf(Answer.Whole.class, ask(Question.of("many")));

    assertEquals(50_000, items.size());
    assertEquals(49_999, items.get(49_999).asInt());
  }

  @Test
  void saysWhyItRefuses() throws IOException {
    desk.on(
        "no",
        (question, asker, reply) -> {
          reply.item("before");
          throw new Refusal("not today");
        });

    assertEquals(new Answer.Refused("not today"), ask(Question.of("no")));
    assertEquals("before", items.get(0).asText());
    Answer.Refused unknown = assertInstanceOf(Answer.Refused.class, ask(Question.of("what")));
    assertTrue(unknown.why().contains("does not know 'what'"), unknown.why());
  }

  @Test
  void aFaultInTheDaemonIsOneLineHere() throws IOException {
    desk.on(
        "broken",
        (question, asker, reply) -> {
          throw new IllegalStateException("inner words");
        });

    Answer.Refused answer = assertInstanceOf(Answer.Refused.class, ask(Question.of("broken")));

    assertEquals("the daemon cannot answer that; its log says why", answer.why());
  }

  @Test
  void saysThatNobodyListens() throws IOException {
    socket.close();
    Answer.Nobody gone = assertInstanceOf(Answer.Nobody.class, ask(Question.of("two")));
    assertEquals("no daemon runs (" + path + " is not there)", gone.why());

    Files.createFile(path);
    assertInstanceOf(Answer.Nobody.class, ask(Question.of("two")));
  }

  @Test
  void takesThePlaceOfASocketThatADeadDaemonLeft() throws IOException {
    socket.close();
    Files.createFile(path);
    desk.on("here", (question, asker, reply) -> reply.item("yes"));

    socket = LiveSocket.open(path, desk);

    assertInstanceOf(Answer.Whole.class, ask(Question.of("here")));
    assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
  }

  @Test
  void doesNotWaitForADaemonThatHangs() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    socket.close();
    try (var silent =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(path));
      LiveClient client = new LiveClient(path, Duration.ofMillis(300));
      IOException e =
          assertThrows(IOException.class, () -> client.ask(Question.of("x"), items::add));
      assertTrue(e.getMessage().contains("has not answered"), e.getMessage());
    } finally {
      end.countDown();
      socket = LiveSocket.open(folder.resolve("other"), desk);
    }
  }

  @Test
  void waitsForADaemonThatWorksLong() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    desk.on(
        "long",
        (question, asker, reply) -> {
          done.await();
          reply.item("at last");
        });
    CompletableFuture.delayedExecutor(7, TimeUnit.SECONDS).execute(done::countDown);

    Answer answer =
        new LiveClient(path, Duration.ofSeconds(5)).ask(Question.of("long"), items::add);

    assertInstanceOf(Answer.Whole.class, answer);
  }

  @Test
  void whatIsNoQuestionHarmsNobody() throws IOException {
    desk.on("here", (question, asker, reply) -> reply.item("yes"));
    for (String line : List.of("GET / HTTP/1.1\n", "[]\n", "{\"verb\":{}}\n", "{\"verb\"")) {
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
        channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        channel.shutdownOutput();
        // Closed without an answer, or with a refusal: never with a hanging connection.
        ByteBuffer answer = ByteBuffer.allocate(1024);
        int read;
        do {
          read = channel.read(answer.clear());
        } while (read >= 0);
      }
    }

    assertInstanceOf(Answer.Whole.class, ask(Question.of("here")));
  }

  @Test
  void aQuestionThatAsksNothingIsRefused() throws IOException {
    for (String nothing : List.of("null", "", "{}", "{\"verb\":null}")) {
      try (SocketChannel asking = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
        asking.write(ByteBuffer.wrap((nothing + "\n").getBytes(StandardCharsets.UTF_8)));
        ByteBuffer answer = ByteBuffer.allocate(100);
        while (asking.read(answer) >= 0) {
          assertTrue(answer.hasRemaining());
        }
        String said = new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        assertEquals("{\"refused\":\"it asks nothing\"}\n", said, nothing);
      }
    }
  }
}
