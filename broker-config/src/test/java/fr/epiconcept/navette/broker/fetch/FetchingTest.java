package fr.epiconcept.navette.broker.fetch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.Site;
import fr.epiconcept.navette.broker.link.Backoff;
import fr.epiconcept.navette.broker.link.BrokerConnections;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both ends over a real broker and a real socket. */
@Timeout(120)
class FetchingTest {
  private static final FileId ONE = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");
  private static final FileId TWO = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRT");
  private static final int SIZE = 5_000_001;

  @TempDir Path root;

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final Map<FileId, Path> files = new ConcurrentHashMap<>();
  private final AtomicInteger looks = new AtomicInteger();
  private final ByteArrayOutputStream got = new ByteArrayOutputStream();
  private final Turns turns = new Turns();
  private Site site;
  private EmbeddedBroker broker;
  private byte[] bytes;

  private Set<FluxName> ofW1 = Set.of(Site.LABO);

  /** Called with each look for a file. */
  private Callable<Void> atEachLook = () -> null;

  private final class Kept implements Serving.Source {
    @Override
    public Set<FluxName> fluxesOf(String account) {
      return account.equals("w1") ? ofW1 : Set.of(Site.RADIO);
    }

    @Override
    public Optional<Path> file(FluxName flux, FileId id) throws IOException {
      looks.incrementAndGet();
      try {
        atEachLook.call();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      return Optional.ofNullable(files.get(id));
    }
  }

  @BeforeEach
  void startIngest() throws Exception {
    site = new Site(root).withWorker();
    site.accounts().add("w2", Set.of(Site.RADIO), "secret two".toCharArray());
    broker = site.start();
    link(broker.inVm(), new Serving(new Kept(), turns));
    bytes = new byte[SIZE];
    new Random(1).nextBytes(bytes);
    files.put(ONE, Files.write(root.resolve("one"), bytes));
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = toClose.size() - 1; i >= 0; i--) {
      toClose.get(i).close();
    }
    broker.close();
    turns.close();
  }

  private BrokerLink link(BrokerConnections connections, BrokerLink.User user) {
    BrokerLink link =
        new BrokerLink(
            "fetching", connections, Tuning.receiving(Fetching.WINDOW), user, Backoff.standard());
    link.start();
    toClose.add(link);
    await().atMost(Duration.ofSeconds(20)).until(() -> link.state().up());
    return link;
  }

  private BrokerConnections connections(String account) {
    String password = account.equals("w1") ? "secret one" : "secret two";
    BrokerConnections connections =
        BrokerConnections.to(site.access(broker.listening(), account, password));
    toClose.add(connections);
    return connections;
  }

  private Fetching worker() {
    Fetching fetching = new Fetching("w1", Duration.ofSeconds(20));
    link(connections("w1"), fetching);
    return fetching;
  }

  private void fetch(Fetching from, FileId id, long at, OutputStream out) throws IOException {
    from.fetch(Site.LABO, id, at, SIZE, out, () -> false);
  }

  private void assertBeginning() {
    byte[] beginning = got.toByteArray();
    assertArrayEquals(Arrays.copyOf(bytes, beginning.length), beginning);
  }

  // --- the bytes ---

  @Test
  void aFileComesByteForByteFromAnyByteOn() throws Exception {
    Fetching worker = worker();
    fetch(worker, ONE, 0, got);
    assertArrayEquals(bytes, got.toByteArray());
    for (int from : List.of(1, 65_536, SIZE - 1)) {
      got.reset();
      fetch(worker, ONE, from, got);
      assertArrayEquals(Arrays.copyOfRange(bytes, from, SIZE), got.toByteArray());
    }
    got.reset();
    fetch(worker, ONE, SIZE, got);
    assertEquals(0, got.size());
  }

  @Test
  void manyAtOnceAllComeThoughTheyShareTheRoom() throws Exception {
    Fetching worker = worker();
    ExecutorService threads = Executors.newFixedThreadPool(24);
    toClose.add(threads::shutdownNow);
    List<Future<byte[]>> all = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      all.add(
          threads.submit(
              () -> {
                ByteArrayOutputStream own = new ByteArrayOutputStream();
                fetch(worker, ONE, 0, own);
                return own.toByteArray();
              }));
    }
    for (Future<byte[]> each : all) {
      assertArrayEquals(bytes, each.get(60, TimeUnit.SECONDS));
    }
    // All of it was given back.
    fetch(worker, ONE, 0, got);
    assertEquals(SIZE, got.size());
  }

  @Test
  void aFileThatMovesBetweenTheLookAndTheOpeningIsLookedForOnceMore() throws Exception {
    Path moved = Files.move(files.get(ONE), root.resolve("moved"));
    atEachLook =
        () -> {
          if (looks.get() == 2) {
            files.put(ONE, moved);
          }
          return null;
        };
    fetch(worker(), ONE, 0, got);
    assertArrayEquals(bytes, got.toByteArray());
  }

  // --- no bytes ---

  @Test
  void whatTheFileServerHasNoLongerIsGone() {
    Gone gone = assertThrows(Gone.class, () -> fetch(worker(), TWO, 0, got));
    assertEquals("the file server has it no longer", gone.getMessage());
  }

  @Test
  void aFileThatIsShorterThanPromisedIsGoneWhereItEnds() throws Exception {
    files.put(TWO, Files.write(root.resolve("two"), Arrays.copyOf(bytes, 1_000_000)));
    Gone gone = assertThrows(Gone.class, () -> fetch(worker(), TWO, 0, got));
    assertEquals("the file server has only 1000000 bytes of it", gone.getMessage());
    assertBeginning();
  }

  @Test
  void whatCannotBeReadNowIsNotGone() {
    atEachLook =
        () -> {
          throw new IOException("the archive is not mounted");
        };
    IOException fault = assertThrows(IOException.class, () -> fetch(worker(), ONE, 0, got));
    assertEquals(IOException.class, fault.getClass());
    assertTrue(fault.getMessage().contains("the archive is not mounted"), fault.getMessage());
  }

  @Test
  void aLinkInTheFilesPlaceIsNotFollowed() throws Exception {
    files.put(TWO, Files.createSymbolicLink(root.resolve("two"), files.get(ONE)));
    IOException fault = assertThrows(IOException.class, () -> fetch(worker(), TWO, 0, got));
    assertEquals(IOException.class, fault.getClass());
    assertEquals(0, got.size());
  }

  // --- whose bytes ---

  @Test
  void aWorkerGetsNoFileOfAFluxThatIsNotItsOwnButMayGetTheRight() throws Exception {
    Fetching worker = worker();
    IOException refused =
        assertThrows(
            IOException.class, () -> worker.fetch(Site.RADIO, ONE, 0, SIZE, got, () -> false));
    assertEquals(IOException.class, refused.getClass(), "the file is not gone");
    assertEquals("it may have no file of flux radio", refused.getMessage());
    assertEquals(0, looks.get());
    ofW1 = Set.of(Site.LABO, Site.RADIO);
    worker.fetch(Site.RADIO, ONE, 0, SIZE, got, () -> false);
    assertArrayEquals(bytes, got.toByteArray());
  }

  @Test
  void aDiskThatHangsHangsItsOwnFluxAlone() throws Exception {
    ofW1 = Set.of(Site.LABO, Site.RADIO);
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch back = new CountDownLatch(1);
    toClose.add(back::countDown);
    atEachLook =
        () -> {
          if (looks.get() == 1) {
            hangs.countDown();
            back.await();
          }
          return null;
        };
    Fetching worker = worker();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    toClose.add(threads::shutdownNow);
    Future<?> hanging =
        threads.submit(
            () -> {
              fetch(worker, ONE, 0, OutputStream.nullOutputStream());
              return null;
            });
    assertTrue(hangs.await(20, TimeUnit.SECONDS));
    worker.fetch(Site.RADIO, ONE, 0, SIZE, got, () -> false);
    assertArrayEquals(bytes, got.toByteArray());
    assertFalse(hanging.isDone());
  }

  @Test
  void noWorkerReadsOrSendsWhatIsAnothers() throws Exception {
    try (Connection w2 = connections("w2").open(Tuning.receiving(0));
        Session session = w2.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      for (String foreign : List.of(Addresses.workerFetch("w1"), Addresses.INGEST_FETCH)) {
        assertThrows(
            JMSException.class, () -> session.createConsumer(session.createQueue(foreign)));
      }
      assertThrows(
          JMSException.class,
          () ->
              session
                  .createProducer(session.createQueue(Addresses.workerFetch("w1")))
                  .send(session.createMessage()));
    }
  }

  @Test
  void whatIsNoWantOrNoPieceIsDroppedAndTheNextIsAnswered() throws Exception {
    Fetching worker = worker();
    try (Connection w2 = connections("w2").open(Tuning.receiving(0))) {
      w2.start();
      Site.send(w2, Addresses.INGEST_FETCH, "no want");
      Site.sendFromWithin(broker, Addresses.workerFetch("w1"), "no piece");
      Site.sendFromWithin(broker, Addresses.INGEST_FETCH, "from nobody who is a worker");
    }
    fetch(worker, ONE, 0, got);
    assertArrayEquals(bytes, got.toByteArray());
  }

  // --- cut ---

  /** A target that cuts something once so many bytes have come. */
  private OutputStream cutting(int after, Runnable cut) {
    return new OutputStream() {
      private boolean done;

      @Override
      public void write(int b) {
        got.write(b);
      }

      @Override
      public void write(byte[] some, int from, int length) {
        got.write(some, from, length);
        if (!done && got.size() >= after) {
          done = true;
          cut.run();
        }
      }
    };
  }

  @Test
  void aLinkThatIsCutLeavesABeginningAndTheRestComesOverTheNext() throws Exception {
    Fetching worker = new Fetching("w1", Duration.ofSeconds(20));
    BrokerLink first = link(connections("w1"), worker);
    OutputStream out = cutting(SIZE / 2, first::close);

    assertThrows(IOException.class, () -> fetch(worker, ONE, 0, out));

    assertTrue(got.size() >= SIZE / 2 && got.size() < SIZE, got.size() + " bytes");
    assertBeginning();
    link(connections("w1"), worker);
    fetch(worker, ONE, got.size(), got);
    assertArrayEquals(bytes, got.toByteArray());
  }

  @Test
  void withoutALinkItIsWaitedForAndThenSaidWhy() {
    Fetching never = new Fetching("w1", Duration.ofMillis(300));
    IOException fault = assertThrows(IOException.class, () -> fetch(never, ONE, 0, got));
    assertEquals("the link is not made yet", fault.getMessage());
  }

  @Test
  void aLinkThatIsMadeALittleLaterWillDo() throws Exception {
    Fetching worker = new Fetching("w1", Duration.ofSeconds(20));
    CountDownLatch asked = new CountDownLatch(1);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    toClose.add(threads::shutdownNow);
    Future<?> fetched =
        threads.submit(
            () -> {
              worker.fetch(
                  Site.LABO,
                  ONE,
                  0,
                  SIZE,
                  got,
                  () -> {
                    asked.countDown();
                    return false;
                  });
              return null;
            });
    assertTrue(asked.await(20, TimeUnit.SECONDS));
    link(connections("w1"), worker);
    fetched.get(60, TimeUnit.SECONDS);
    assertArrayEquals(bytes, got.toByteArray());
  }

  @Test
  void whatNobodyAnswersIsGivenUp() throws Exception {
    atEachLook =
        () -> {
          TimeUnit.DAYS.sleep(1);
          return null;
        };
    Fetching worker = new Fetching("w1", Duration.ofMillis(300));
    link(connections("w1"), worker);
    IOException fault = assertThrows(IOException.class, () -> fetch(worker, ONE, 0, got));
    assertEquals("no bytes have come for 0 s", fault.getMessage());
  }

  @Test
  void whoeverIsStoppedWaitsForNoMoreBytes() {
    AtomicBoolean over = new AtomicBoolean();
    OutputStream out = cutting(SIZE / 2, () -> over.set(true));
    Fetching worker = worker();
    IOException fault =
        assertThrows(
            IOException.class, () -> worker.fetch(Site.LABO, ONE, 0, SIZE, out, over::get));
    assertEquals("it is not waited for any longer", fault.getMessage());
    assertTrue(got.size() < SIZE);
  }

  @Test
  void aDiskThatFailsIsToldAsItSaysIt() throws Exception {
    Fetching worker = worker();
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    IOException fault = assertThrows(IOException.class, () -> fetch(worker, ONE, 0, full));
    assertEquals("No space left on device", fault.getMessage());
    // What it had on its way keeps nobody out.
    fetch(worker, ONE, 0, got);
    assertArrayEquals(bytes, got.toByteArray());
  }
}
