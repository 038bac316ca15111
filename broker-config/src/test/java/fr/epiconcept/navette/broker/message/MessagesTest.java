package fr.epiconcept.navette.broker.message;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.Site;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.broker.message.Messages.Outgoing;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.Hashing;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.Queue;
import javax.jms.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesTest {
  private static final FileId ID = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");

  @TempDir static Path root;
  private static EmbeddedBroker broker;
  private static Connection sending;
  private static Connection receiving;

  @TempDir Path folder;
  private Session session;
  private Queue queue;
  private Path file;

  @BeforeAll
  static void connect() throws Exception {
    Site site = new Site(root).withWorker();
    broker = site.start();
    sending = broker.inVm().open(Tuning.sending());
    receiving = site.worker(broker).open(Tuning.receiving(0));
    receiving.start();
  }

  @AfterAll
  static void disconnect() throws Exception {
    sending.close();
    receiving.close();
    broker.close();
  }

  @BeforeEach
  void session() throws Exception {
    session = sending.createSession(false, Session.AUTO_ACKNOWLEDGE);
    queue = session.createQueue("flux.labo");
    file = folder.resolve("file");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4_096, 65_535, 65_536, 65_537, 102_400, 3_000_000})
  void aFileOfAnySizeArrivesByteForByte(int size) throws Exception {
    write(size);
    String sent;
    try (Outgoing outgoing = outgoing(size)) {
      session.createProducer(queue).send(outgoing.message());
      sent = outgoing.sha256();
    }

    Path arrived = folder.resolve("arrived");
    String saved = receive(message -> save(message, size, arrived));

    assertEquals(-1, Files.mismatch(file, arrived));
    assertEquals(HexFormat.of().formatHex(Hashing.sha256(file)), sent);
    assertEquals(sent, saved);
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 1_000_000})
  void aFileThatChangedSinceItWasLookedAtIsNotSent(int size) throws Exception {
    write(size);
    FileIdentity looks = FileIdentity.of(file);
    Files.write(file, new byte[size]);

    assertThrows(
        Exception.class,
        () -> {
          try (Outgoing outgoing = Messages.of(session, deposit(size), file, looks)) {
            session.createProducer(queue).send(outgoing.message());
          }
        });

    try (Session other = receiving.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = other.createConsumer(queue)) {
      assertNull(consumer.receive(500), "nothing of it may reach a worker");
    }
  }

  @Test
  void aBodyOfAnotherLengthThanItsParcelSaysIsCorrupt() throws Exception {
    int size = 1_000;
    for (int said : new int[] {size - 1, size + 1, 0, Integer.MAX_VALUE}) {
      write(size);
      try (Outgoing outgoing = outgoing(size)) {
        session.createProducer(queue).send(outgoing.message());
      }
      Exception fault = fault(message -> save(message, said, folder.resolve("arrived")));
      assertInstanceOf(CorruptPayload.class, fault);
    }
  }

  /** What a disk did to the broker's folder: the link is well, so the bytes will never come. */
  @Test
  void aLargeMessageOfWhichTheBrokerHasLostTheEndIsShort() throws Exception {
    int size = 500_000;
    write(size);
    // This send returns when the broker has all of it; the others' may return before.
    try (Connection waiting = broker.inVm().open(Tuning.receiving(0));
        Session own = waiting.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Outgoing outgoing = Messages.of(own, deposit(size), file, FileIdentity.of(file))) {
      own.createProducer(queue).send(outgoing.message());
    }
    try (Stream<Path> all = Files.walk(root);
        FileChannel kept =
            FileChannel.open(
                all.filter(each -> each.toString().contains("large") && Files.isRegularFile(each))
                    .findAny()
                    .orElseThrow(),
                StandardOpenOption.WRITE)) {
      kept.truncate(300_000);
    }
    Exception fault = fault(message -> save(message, size, folder.resolve("arrived")));
    assertInstanceOf(BrokeOff.class, fault);
  }

  @Test
  void aMessageWithoutBytesIsCorrupt() throws Exception {
    session.createProducer(queue).send(Messages.of(session, deposit(5)));
    assertInstanceOf(
        CorruptPayload.class, fault(message -> save(message, 5, folder.resolve("arrived"))));
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 1_000_000})
  void aDiskThatFailsIsNoFaultOfTheMessage(int size) throws Exception {
    write(size);
    try (Outgoing outgoing = outgoing(size)) {
      session.createProducer(queue).send(outgoing.message());
    }
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    Exception fault = fault(message -> Messages.savePayload(message, size, full));
    assertEquals(IOException.class, fault.getClass());
    assertEquals("No space left on device", fault.getMessage());
  }

  @Test
  void aMessageSentTwiceUnderOneIdArrivesOnce() throws Exception {
    write(10);
    for (int i = 0; i < 2; i++) {
      try (Outgoing outgoing = outgoing(10)) {
        Messages.onlyOnce(outgoing.message(), "era:" + ID);
        session.createProducer(queue).send(outgoing.message());
      }
    }
    receive(message -> "");
    try (Session other = receiving.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = other.createConsumer(queue)) {
      assertNull(consumer.receive(300));
    }
  }

  // --- the parts of a test ---

  private void write(int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Files.write(file, bytes);
  }

  private Outgoing outgoing(int size) throws IOException, JMSException {
    return Messages.of(session, deposit(size), file, FileIdentity.of(file));
  }

  private static Deposit deposit(int size) {
    return new Deposit(
        Site.LABO, ID, FileName.of("a.hl7"), size, Instant.EPOCH, 1, Optional.empty());
  }

  private static String save(Message message, long size, Path to) throws IOException {
    try (OutputStream out = Files.newOutputStream(to)) {
      return Messages.savePayload(message, size, out);
    }
  }

  @FunctionalInterface
  private interface Reading {
    String read(Message message) throws Exception;
  }

  /** As a worker does it: within the listener. */
  private static String receive(Reading reading) throws Exception {
    CompletableFuture<String> result = new CompletableFuture<>();
    try (Session other = receiving.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = other.createConsumer(other.createQueue("flux.labo"))) {
      consumer.setMessageListener(
          message -> {
            try {
              result.complete(reading.read(message));
            } catch (Exception e) {
              result.completeExceptionally(e);
            }
          });
      // Of a body that breaks off, the client awaits the rest twice as long as any answer.
      return result.get(60, SECONDS);
    }
  }

  private static Exception fault(Reading reading) {
    Exception thrown = assertThrows(Exception.class, () -> receive(reading));
    return (Exception) thrown.getCause();
  }

  /** Else each side would try it again every five seconds, for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"without sense", "", "1e9", "42"})
  void aSmallMessageThatSaysItIsALargeOneIsJudgedByItsBody(String size) throws Exception {
    write(10);
    byte[] bytes = Files.readAllBytes(file);
    byte[] body = Arrays.copyOf(bytes, 42);
    System.arraycopy(Hashing.sha256(file), 0, body, 10, 32);
    Path arrived = folder.resolve("arrived");

    var message = Hostile.message(Map.of("_AMQ_LARGE_SIZE", size), List.of(body));
    assertEquals(HexFormat.of().formatHex(Hashing.sha256(file)), save(message, 10, arrived));

    var longer = Hostile.message(Map.of("_AMQ_LARGE_SIZE", 52L), List.of(body));
    assertThrows(CorruptPayload.class, () -> save(longer, 20, arrived));
  }
}
