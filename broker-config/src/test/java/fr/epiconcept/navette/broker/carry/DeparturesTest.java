package fr.epiconcept.navette.broker.carry;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.Site;
import fr.epiconcept.navette.broker.carry.Cargo.Judgement;
import fr.epiconcept.navette.broker.carry.Outbound.Arrival;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.ReadyRules.Marker;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionBindingQueryMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeparturesTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String ERA = "era1";

  @TempDir Path root;
  private final Turns turns = new Turns();
  private final List<Outbound> outbounds = new ArrayList<>();
  private Site site;
  private EmbeddedBroker broker;
  private Connection connection;

  @BeforeEach
  void start() throws Exception {
    site = new Site(Files.createDirectory(root.resolve("site"))).withWorker();
    broker = site.start();
    connection = Outbound.open(broker);
  }

  @AfterEach
  void stop() throws Exception {
    outbounds.forEach(Outbound::close);
    connection.close();
    broker.close();
    turns.close();
  }

  private Outbound outbound(FluxName flux, Path in, Marker marker) throws IOException {
    Outbound outbound = new Outbound(flux, in, turns, marker);
    outbounds.add(outbound);
    return outbound;
  }

  private Outbound labo() throws IOException {
    return outbound(Site.LABO, root, Marker.NONE);
  }

  private Outbound linkedLabo() throws Exception {
    Outbound labo = labo();
    labo.departures.linked(connection, ERA);
    return labo;
  }

  private List<String> arrivedNames() throws Exception {
    return Outbound.arrivals(broker, Site.LABO).stream().map(Arrival::name).toList();
  }

  private static void awaitPublished(Outbound outbound, int count) {
    await().atMost(LIMIT).until(() -> outbound.in(State.PUBLISHED) == count);
    assertEquals(0, outbound.in(State.CLAIMED));
  }

  // --- the plain way ---

  @Test
  void publishesInOrderOfArrival() throws Exception {
    Outbound labo = linkedLabo();
    List<String> names = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < 60; i++) {
      names.add("file-" + random.nextInt(1_000_000));
    }
    for (String name : names) {
      labo.deposit(name);
    }
    awaitPublished(labo, 60);

    assertEquals(names, arrivedNames());
  }

  @Test
  void largeAndSmallFilesKeepTheirOrderAndTheirBytes() throws Exception {
    Outbound labo = linkedLabo();
    byte[] large = new byte[3_000_000];
    new Random(4).nextBytes(large);
    labo.deposit("1-small");
    labo.deposit("2-large", large);
    labo.deposit("3-empty", new byte[0]);
    awaitPublished(labo, 3);

    List<Arrival> arrivals = Outbound.arrivals(broker, Site.LABO);
    assertEquals(
        List.of("1-small", "2-large", "3-empty"), arrivals.stream().map(Arrival::name).toList());
    assertArrayEquals(large, arrivals.get(1).content());
    assertEquals(0, arrivals.get(2).content().length);
  }

  @Test
  void claimsWithoutALinkAndPublishesWhenThereIsOne() throws Exception {
    Outbound labo = labo();
    labo.deposit("a");
    labo.deposit("b");
    await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) == 2);
    assertEquals(0, labo.reached(Step.SENDING));

    labo.departures.linked(connection, ERA);

    awaitPublished(labo, 2);
    assertEquals(List.of("a", "b"), arrivedNames());
  }

  // --- judgements ---

  @Test
  void whatIsNotYetGoodIsAskedAgainAndPassedByOthers() throws Exception {
    Outbound labo = labo();
    AtomicInteger asked = new AtomicInteger();
    labo.judge =
        entry ->
            entry.name().toString().equals("a") && asked.incrementAndGet() < 3
                ? new Judgement.NotYet("in a test", Duration.ofMillis(300))
                : new Judgement.Good();
    labo.departures.linked(connection, ERA);
    labo.deposit("a");
    labo.deposit("b");

    awaitPublished(labo, 2);
    assertEquals(List.of("b", "a"), arrivedNames());
    assertEquals(3, asked.get());
    assertTrue(labo.log().contains("check-not-yet"), labo.log());
  }

  @Test
  void ofThoseThatAreNotYetGoodEachFollowsTheOneThatCameBefore() throws Exception {
    Outbound labo = labo();
    AtomicBoolean good = new AtomicBoolean();
    labo.judge =
        entry ->
            good.get() || entry.name().toString().equals("passes")
                ? new Judgement.Good()
                : new Judgement.NotYet("in a test", Duration.ofMillis(200));
    labo.departures.linked(connection, ERA);
    for (String name : List.of("3", "2", "passes", "1")) {
      labo.deposit(name);
    }
    await().atMost(LIMIT).until(() -> labo.in(State.PUBLISHED) == 1 && labo.in(State.CLAIMED) == 3);
    good.set(true);
    awaitPublished(labo, 4);

    assertEquals(List.of("passes", "3", "2", "1"), arrivedNames());
  }

  @Test
  void whatIsRefusedIsTheCargosAndNeverSent() throws Exception {
    Outbound labo = labo();
    labo.judge =
        entry ->
            entry.name().toString().equals("bad")
                ? new Judgement.Refused("in a test", "")
                : new Judgement.Good();
    labo.departures.linked(connection, ERA);
    labo.deposit("bad");
    labo.deposit("good");

    awaitPublished(labo, 1);
    assertEquals("bad", labo.refused.get(0).toString());
    assertEquals(List.of("good"), arrivedNames());
  }

  @Test
  void aLinkIsRefusedWithoutBeingJudged() throws Exception {
    Outbound labo = labo();
    labo.judge =
        entry -> {
          throw new AssertionError("judged: " + entry);
        };
    Files.createSymbolicLink(labo.folder.resolve("link"), Path.of("/etc/passwd"));
    labo.departures.linked(connection, ERA);

    await().atMost(LIMIT).until(() -> labo.refused.size() == 1);
  }

  @Test
  void aCargoThatCannotRefuseForgetsNobodyWhoWaits() throws Exception {
    Outbound labo = labo();
    AtomicInteger faults = new AtomicInteger();
    AtomicBoolean notYet = new AtomicBoolean(true);
    labo.judge =
        entry -> {
          if (entry.name().toString().equals("bad")) {
            return new Judgement.Refused("in a test", "");
          }
          return notYet.get()
              ? new Judgement.NotYet("in a test", Duration.ofMillis(100))
              : new Judgement.Good();
        };
    labo.refuse =
        entry -> {
          if (faults.incrementAndGet() == 1) {
            notYet.set(false);
            throw new IOException("quarantine is full");
          }
        };
    labo.departures.linked(connection, ERA);
    labo.deposit("waits");
    labo.deposit("bad");

    awaitPublished(labo, 1);
    await().atMost(LIMIT).until(() -> labo.refused.size() == 1);
    assertEquals(List.of("waits"), arrivedNames());
    assertTrue(labo.log().contains("quarantine is full"), labo.log());
  }

  @Test
  void nothingIsSentWhileTheBrokerHasNoRoom() throws Exception {
    Outbound labo = labo();
    labo.room = false;
    labo.departures.linked(connection, ERA);
    labo.deposit("a");
    labo.deposit("b");
    await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) == 2);
    await().atMost(LIMIT).until(() -> labo.log().contains("no room"));
    assertEquals(0, labo.reached(Step.SENDING));

    labo.room = true;

    awaitPublished(labo, 2);
    assertEquals(List.of("a", "b"), arrivedNames());
  }

  // --- what changes under our hands ---

  @Test
  void aFileThatIsStillWrittenToIsSentWhenThatHasEnded() throws Exception {
    for (int size : new int[] {1_000, 2_000_000}) {
      Outbound labo = outbound(Site.LABO, root.resolve("of-" + size), Marker.NONE);
      AtomicBoolean done = new AtomicBoolean();
      byte[] last = new byte[size];
      new Random(size).nextBytes(last);
      labo.judge =
          entry -> {
            if (!done.getAndSet(true)) {
              // Between the look and the reading.
              Files.write(entry.file(), last);
            }
            return new Judgement.Good();
          };
      labo.departures.linked(connection, ERA);
      labo.deposit("a", new byte[size]);

      awaitPublished(labo, 1);
      List<Arrival> arrivals = Outbound.arrivals(broker, Site.LABO);
      assertEquals(1, arrivals.size());
      assertArrayEquals(last, arrivals.get(0).content());
      labo.close();
    }
  }

  @Test
  void aLargeFileThatIsWrittenToWhileItIsSentKeepsNobodyWaiting() throws Exception {
    Outbound labo = labo();
    byte[] last = new byte[2_000_000];
    new Random(9).nextBytes(last);
    AtomicBoolean done = new AtomicBoolean();
    labo.judge =
        entry -> {
          if (entry.name().toString().equals("grows")) {
            // When it is sent next, a byte more will be there than was looked at.
            labo.checkpoint =
                (step, id) -> {
                  if (step == Step.SENDING && id.equals(entry.id()) && !done.get()) {
                    append(entry.file());
                  }
                };
          }
          return new Judgement.Good();
        };
    labo.departures.linked(connection, ERA);
    labo.deposit("grows", last);
    labo.deposit("behind");

    await().atMost(LIMIT).until(() -> labo.in(State.PUBLISHED) == 1 && labo.in(State.CLAIMED) == 1);
    assertTrue(labo.log().contains("reason=\"it changed while it was read\""), labo.log());
    done.set(true);
    awaitPublished(labo, 2);
    assertEquals(List.of("behind", "grows"), arrivedNames());
  }

  private static void append(Path file) {
    try {
      Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void makePipe(Path place) throws IOException {
    Process mkfifo = new ProcessBuilder("mkfifo", place.toString()).start();
    assertEquals(0, mkfifo.onExit().join().exitValue(), "mkfifo");
  }

  @Test
  @Timeout(30)
  void whatIsNoFileAnyMoreWhenItsCheckHasEndedIsNeverOpened() throws Exception {
    Outbound labo = labo();
    labo.judge =
        entry -> {
          Files.delete(entry.file());
          makePipe(entry.file());
          return new Judgement.Good();
        };
    labo.departures.linked(connection, ERA);
    labo.deposit("becomes-a-pipe");

    await().atMost(LIMIT).until(() -> labo.refused.size() == 1);
  }

  @Test
  void aReceiptThatIsQuickerThanTheBrokersWordLeavesNothingBehind() throws Exception {
    Outbound labo = labo();
    labo.checkpoint =
        (step, id) -> {
          if (step == Step.SENT) {
            try {
              labo.spool.remove(labo.spool.find(id).orElseThrow());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    labo.departures.linked(connection, ERA);
    labo.deposit("a");

    await().atMost(LIMIT).until(() -> labo.reached(Step.PUBLISHED) == 1);
    assertEquals(0, labo.in(State.CLAIMED) + labo.in(State.PUBLISHED) + labo.in(State.AGAIN));
  }

  @Test
  void aReceiptThatTakesAFileAwayWhileItIsDealtWithMeansThatItWasSent() throws Exception {
    byte[] large = new byte[300_000];
    Outbound labo = labo();
    labo.judge =
        entry -> {
          if (entry.name().toString().equals("while it is judged")) {
            labo.spool.remove(entry);
            Files.size(entry.file());
          }
          return new Judgement.Good();
        };
    labo.checkpoint =
        (step, id) -> {
          if (step == Step.CHECKED) {
            takeAway(labo, id, "before it is read");
          } else if (step == Step.SENDING) {
            takeAway(labo, id, "while it is read");
          }
        };
    labo.departures.linked(connection, ERA);
    labo.deposit("while it is judged");
    labo.deposit("before it is read");
    labo.deposit("while it is read", large);
    labo.deposit("stays");

    awaitPublished(labo, 1);
    assertEquals(List.of("stays"), arrivedNames());
    String log = labo.log();
    assertFalse(log.contains("check-not-yet"), log);
    assertFalse(log.contains("suspended"), log);
    assertFalse(log.contains("not-published"), log);
  }

  private static void takeAway(Outbound outbound, FileId id, String name) {
    try {
      Entry entry = outbound.spool.find(id).orElseThrow();
      if (entry.name().toString().equals(name)) {
        outbound.spool.remove(entry);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // --- links and brokers ---

  @Test
  void whenTheLinkIsLostMidWayEverythingArrivesOnce() throws Exception {
    Outbound labo = labo();
    int count = 800;
    AtomicInteger sent = new AtomicInteger();
    labo.checkpoint =
        (step, id) -> {
          if (step == Step.SENT && sent.incrementAndGet() == 200) {
            turns.execute(() -> relink(labo));
          }
        };
    labo.departures.linked(connection, ERA);
    List<String> names = IntStream.range(0, count).mapToObj(i -> "file-" + i).toList();
    for (String name : names) {
      labo.deposit(name);
    }

    awaitPublished(labo, count);
    assertTrue(labo.log().contains("resumed to-send="), "the cut came too late to matter");
    assertEquals(names, arrivedNames());
  }

  private void relink(Outbound labo) {
    try {
      Connection dead = connection;
      dead.close();
      labo.departures.unlinked();
      connection = Outbound.open(broker);
      labo.departures.linked(connection, ERA);
    } catch (JMSException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatIsPublishedIsNotSentAgainOverANewLink() throws Exception {
    Outbound labo = linkedLabo();
    labo.deposit("a");
    awaitPublished(labo, 1);
    relink(labo);
    labo.deposit("b");
    awaitPublished(labo, 2);

    assertEquals(List.of("a", "b"), arrivedNames());
    assertEquals(2, labo.reached(Step.SENDING));
  }

  @Test
  void whatTheBrokerRefusesOnALivingLinkIsSentAgain() throws Exception {
    Outbound labo = labo();
    try (Connection worker = site.worker(broker).open(Tuning.sending())) {
      worker.start();
      labo.departures.linked(worker, ERA);
      labo.deposit("a");
      labo.deposit("b");
      await().atMost(LIMIT).until(() -> labo.log().contains("not-published"));
      assertEquals(2, labo.in(State.CLAIMED));

      // Where a worker may send.
      labo.queue = Addresses.returns(Site.LABO);

      awaitPublished(labo, 2);
      List<Arrival> arrivals = Outbound.arrivals(broker, labo.queue);
      assertEquals(List.of("a", "b"), arrivals.stream().map(Arrival::name).toList());
      labo.close();
    }
  }

  @Test
  void manyFilesSentOverALinkAskTheBrokerForTheirQueueOnce() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    ClientSessionFactory factory = ((ActiveMQConnection) connection).getSessionFactory();
    factory
        .getServerLocator()
        .addOutgoingInterceptor(
            (packet, remote) -> {
              if (packet instanceof SessionBindingQueryMessage) {
                asked.incrementAndGet();
              }
              return true;
            });
    Outbound labo = linkedLabo();
    for (int i = 0; i < 50; i++) {
      labo.deposit("file-" + i);
    }
    awaitPublished(labo, 50);

    assertEquals(1, asked.get(), "each question waits for the journal");
  }

  @Test
  void whatAnotherBrokerHadIsSentAgainBeforeWhatWaits() throws Exception {
    Outbound labo = linkedLabo();
    labo.deposit("a");
    labo.deposit("b");
    awaitPublished(labo, 2);
    labo.departures.unlinked();
    labo.deposit("c");
    await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) == 1);
    assertEquals(List.of("a", "b"), arrivedNames());

    labo.departures.linked(connection, "era2");

    awaitPublished(labo, 3);
    assertEquals(List.of("a", "b", "c"), arrivedNames());
    assertTrue(labo.log().contains("broker-is-new"), labo.log());
  }

  @Test
  void whatIsSentAgainIsNotJudgedAgain() throws Exception {
    Outbound labo = linkedLabo();
    labo.deposit("a");
    awaitPublished(labo, 1);
    labo.judge =
        entry -> {
          throw new AssertionError("judged twice");
        };
    labo.departures.linked(connection, "era2");
    await().atMost(LIMIT).until(() -> labo.reached(Step.PUBLISHED) == 2);
    awaitPublished(labo, 1);
  }

  @Test
  void aDaemonThatDiesBeforeTheBrokersWordSendsAgainAndTheBrokerDropsIt() throws Exception {
    Outbound labo = labo();
    Semaphore never = new Semaphore(0);
    labo.checkpoint =
        (step, id) -> {
          if (step == Step.SENT) {
            never.acquireUninterruptibly();
          }
        };
    labo.departures.linked(connection, ERA);
    labo.deposit("a");
    await().atMost(LIMIT).until(() -> labo.reached(Step.SENT) == 1);
    assertEquals(1, labo.in(State.CLAIMED));

    Outbound restarted = labo();
    connection = Outbound.open(broker);
    restarted.departures.linked(connection, ERA);

    awaitPublished(restarted, 1);
    assertEquals(List.of("a"), arrivedNames());
    never.release(10);
  }

  // --- sub-folders ---

  private Outbound below(Marker marker) throws Exception {
    Outbound labo =
        new Outbound(
            Site.LABO,
            root,
            root,
            turns,
            Outbound.rules(marker, false).withSubFolders(true),
            InstantSource.system(),
            5_000);
    outbounds.add(labo);
    return labo;
  }

  @Test
  void aFileOfASubFolderDepartsWithItAndItsMarkerGoes() throws Exception {
    Outbound labo = below(Marker.OK_SUFFIX);
    Path folder = Files.createDirectories(labo.folder.resolve("a/b"));
    Files.writeString(folder.resolve("x"), "content");
    Path marker = Files.createFile(folder.resolve("x.ok"));
    Path other = Files.createFile(labo.folder.resolve("x.ok"));
    labo.departures.linked(connection, ERA);
    labo.inbox.listAll();
    awaitPublished(labo, 1);
    assertEquals(List.of("a/b/x"), arrivedNames());
    assertFalse(Files.exists(marker));
    assertTrue(Files.exists(other), "that one is for a file at the top");
  }

  @Test
  void aLinkInAFoldersPlaceLeadsToNobodysMarker() throws Exception {
    Outbound labo = below(Marker.OK_SUFFIX);
    Path strangers = Files.createDirectory(root.resolve("strangers"));
    Path theirs = Files.createFile(strangers.resolve("x.ok"));
    Path folder = Files.createDirectories(labo.folder.resolve("a"));
    Files.writeString(folder.resolve("x"), "content");
    Files.createFile(folder.resolve("x.ok"));
    labo.inbox.listAll();
    await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) == 1);
    Files.delete(labo.spool.folder().resolve("companions").resolve(claimedId(labo)));
    Files.move(folder, root.resolve("moved"));
    Files.createSymbolicLink(folder, strangers);
    labo.departures.linked(connection, ERA);
    awaitPublished(labo, 1);
    assertTrue(Files.exists(theirs));
  }

  private static String claimedId(Outbound labo) throws IOException {
    return labo.spool.list(State.CLAIMED).get(0).getFileName().toString();
  }

  // --- markers ---

  @Test
  void aMarkerGoesWhenItsFileIsPublishedAndANewerOneStays() throws Exception {
    Outbound labo = outbound(Site.LABO, root, Marker.OK_SUFFIX);
    Path marker = labo.folder.resolve("a.ok");
    labo.deposit("a");
    Files.createFile(marker);
    labo.inbox.closed(FileName.of("a.ok"));
    await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) == 1);
    assertTrue(Files.exists(marker), "a marker vouches until the broker has the file");

    labo.departures.linked(connection, ERA);
    awaitPublished(labo, 1);
    assertFalse(Files.exists(marker));

    labo.departures.unlinked();
    labo.deposit("a");
    Files.createFile(marker);
    labo.inbox.closed(FileName.of("a.ok"));
    await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) == 1);
    Files.delete(marker);
    Files.createFile(marker);
    labo.departures.linked(connection, ERA);
    awaitPublished(labo, 2);
    assertTrue(Files.exists(marker), "it came after its name was claimed: for the next file");
  }

  @ParameterizedTest
  @EnumSource(names = {"CHECKED", "SENDING", "SENT"})
  void aMarkerStandsUntilTheBrokersWordIsThereAndGoesAfterADeathBefore(Step death)
      throws Exception {
    Outbound labo = outbound(Site.LABO, root, Marker.OK_SUFFIX);
    Semaphore never = new Semaphore(0);
    labo.checkpoint =
        (step, id) -> {
          if (step == death) {
            never.acquireUninterruptibly();
          }
        };
    Path marker = Files.createFile(labo.folder.resolve("a.ok"));
    labo.deposit("a");
    labo.departures.linked(connection, ERA);
    await().atMost(LIMIT).until(() -> labo.reached(death) == 1);
    assertTrue(Files.exists(marker), "nothing is durable at the broker but the file's sending");

    Outbound restarted = outbound(Site.LABO, root, Marker.OK_SUFFIX);
    restarted.departures.linked(Outbound.open(broker), ERA);

    awaitPublished(restarted, 1);
    assertFalse(Files.exists(marker));
    assertEquals(List.of("a"), arrivedNames());
    never.release(10);
  }

  @Test
  void theMarkerAndTheHashThatVouchedGoAndNoOthers() throws Exception {
    Outbound labo =
        new Outbound(
            Site.LABO,
            root,
            root,
            turns,
            Outbound.rules(Marker.OK_FOLDER, true),
            InstantSource.system(),
            10);
    outbounds.add(labo);
    Path markers = Files.createDirectory(labo.folder.resolve(".ok"));
    Path marker = Files.createFile(markers.resolve("a"));
    Path neighbour = Files.createFile(markers.resolve("b"));
    Path hash = Files.writeString(labo.folder.resolve("a.sha256"), sha256("content of a"));
    labo.deposit("a");
    await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) == 1);
    labo.departures.linked(connection, ERA);
    awaitPublished(labo, 1);

    assertFalse(Files.exists(marker));
    assertFalse(Files.exists(hash));
    assertTrue(Files.exists(neighbour));
  }

  private static String sha256(String text) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash) + "\n";
  }

  /** The ids' clock is far from the kernel's, as when it was set between two of the files. */
  @ParameterizedTest
  @ValueSource(strings = {"2001-01-01T00:00:00Z", "2099-01-01T00:00:00Z"})
  void whichMarkerVouchedIsNoMatterOfTheClock(String time) throws Exception {
    InstantSource wrong = () -> Instant.parse(time);
    Outbound labo =
        new Outbound(
            Site.LABO, root, root, turns, Outbound.rules(Marker.OK_SUFFIX, false), wrong, 10);
    outbounds.add(labo);
    Path marker = Files.createFile(labo.folder.resolve("a.ok"));
    labo.deposit("a");
    await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) == 1);
    labo.departures.linked(connection, ERA);
    awaitPublished(labo, 1);
    assertFalse(Files.exists(marker), "it vouched");

    labo.departures.unlinked();
    Files.createFile(marker);
    labo.deposit("a");
    await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) == 1);
    Files.delete(marker);
    Files.createFile(marker);
    Outbound restarted =
        new Outbound(
            Site.LABO, root, root, turns, Outbound.rules(Marker.OK_SUFFIX, false), wrong, 10);
    outbounds.add(restarted);
    restarted.departures.linked(connection, ERA);
    awaitPublished(restarted, 2);
    assertTrue(Files.exists(marker), "it is for the next file");
  }

  @Test
  void aRefusedFilesMarkerVouchesForNoOther() throws Exception {
    Outbound labo = outbound(Site.LABO, root, Marker.OK_SUFFIX);
    labo.judge = entry -> new Judgement.Refused("in a test", "");
    Path marker = Files.createFile(labo.folder.resolve("a.ok"));
    labo.departures.linked(connection, ERA);
    labo.deposit("a");

    await().atMost(LIMIT).until(() -> labo.refused.size() == 1);
    assertFalse(Files.exists(marker));
  }

  @Test
  void aLinkInThePlaceOfTheMarkersFolderLeadsToNoOtherFiles() throws Exception {
    Outbound labo = outbound(Site.LABO, root, Marker.OK_FOLDER);
    Path strangers = Files.createDirectory(root.resolve("strangers"));
    Path strangersFile = Files.createFile(strangers.resolve("a"));
    Files.createSymbolicLink(labo.folder.resolve(".ok"), strangers);
    labo.departures.linked(connection, ERA);
    labo.deposit("a");

    awaitPublished(labo, 1);
    assertTrue(Files.exists(strangersFile));
  }

  // --- faults of the folders ---

  @Test
  void aFileThatCannotBeTakenStopsNobodyBehindIt() throws Exception {
    Outbound labo = labo();
    Path other = Files.writeString(root.resolve("other"), "x");
    Path stuck = Files.writeString(labo.folder.resolve("b-stuck"), "x");
    assumeTrue(run("mount", "--bind", other, stuck), "only root pins a file to its place");
    try {
      Files.writeString(labo.folder.resolve("a"), "a");
      Files.writeString(labo.folder.resolve("c"), "c");
      labo.departures.linked(connection, ERA);
      labo.inbox.listAll();

      await().atMost(LIMIT).until(() -> labo.in(State.PUBLISHED) == 2);
      assertTrue(labo.log().contains("suspended"), labo.log());
    } finally {
      run("umount", stuck);
    }
    awaitPublished(labo, 3);
    assertEquals(List.of("a", "b-stuck", "c"), arrivedNames().stream().sorted().toList());
  }

  @Test
  void aClaimThatFailsInTheMiddleKeepsTheOrderOfTheOthers() throws Exception {
    Outbound labo = labo();
    Path other = Files.writeString(root.resolve("other"), "x");
    for (String name : List.of("9", "8", "stuck", "7", "6")) {
      labo.deposit(name);
    }
    Path stuck = labo.folder.resolve("stuck");
    await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) == 5);
    assumeTrue(run("mount", "--bind", other, Files.createFile(stuck)), "only root can pin a file");
    for (String name : List.of("5", "4")) {
      labo.deposit(name);
    }
    labo.inbox.movedIn(FileName.of("stuck"));
    for (String name : List.of("3", "2")) {
      labo.deposit(name);
    }
    try {
      await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) == 9);
      await().atMost(LIMIT).until(() -> labo.log().contains("suspended"));
      labo.departures.linked(connection, ERA);
      await().atMost(LIMIT).until(() -> labo.in(State.PUBLISHED) == 9);
    } finally {
      run("umount", stuck);
    }
    awaitPublished(labo, 10);
    assertEquals(List.of("9", "8", "stuck", "7", "6", "5", "4", "3", "2", "stuck"), arrivedNames());
  }

  private static boolean run(Object... words) throws IOException, InterruptedException {
    List<String> command = IntStream.range(0, words.length).mapToObj(i -> "" + words[i]).toList();
    return new ProcessBuilder(command).start().waitFor() == 0;
  }

  @Test
  void anInboxThatIsAwayForAWhileIsTakenUpAgain() throws Exception {
    Outbound labo = linkedLabo();
    Path away = Files.move(labo.folder, root.resolve("away"));
    labo.departures.wake();
    labo.inbox.listAll();
    await().atMost(LIMIT).until(() -> labo.log().contains("suspended"));
    Files.move(away, labo.folder);
    Files.writeString(labo.folder.resolve("a"), "a");

    awaitPublished(labo, 1);
  }

  // --- many, and neighbours ---

  /** The small one would fit, and be processed first. */
  @Test
  void nothingOvertakesAFileThatAFullSpoolDoesNotTake() throws Exception {
    Path disk = Files.createDirectory(root.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()),
        "only root mounts a small file system");
    try {
      Outbound labo =
          new Outbound(
              Site.LABO,
              disk,
              root,
              turns,
              Outbound.rules(Marker.NONE, false),
              InstantSource.system(),
              5_000);
      outbounds.add(labo);
      labo.departures.linked(connection, ERA);
      Path ballast = Files.write(disk.resolve("ballast"), new byte[800 << 10]);
      labo.deposit("b", new byte[400 << 10]);
      await().atMost(LIMIT).until(() -> !Files.exists(labo.folder.resolve("b")));
      labo.deposit("a");
      labo.deposit("c");
      await()
          .during(Outbound.REST.multipliedBy(5))
          .atMost(LIMIT)
          .until(() -> Files.exists(labo.folder.resolve("a")) && labo.in(State.PUBLISHED) == 0);

      Files.delete(ballast);

      awaitPublished(labo, 3);
      assertEquals(List.of("b", "a", "c"), arrivedNames());
    } finally {
      outbounds.forEach(Outbound::close);
      outbounds.clear();
      run("umount", "-l", disk.toString());
    }
  }

  private static boolean run(String... words) throws Exception {
    return new ProcessBuilder(words).inheritIO().start().waitFor() == 0;
  }

  @Test
  void whatIsTooMuchForTheSpoolWaitsInTheInboxAndFollowsWithoutAnEvent() throws Exception {
    Outbound labo =
        new Outbound(
            Site.LABO,
            root,
            root,
            turns,
            Outbound.rules(Marker.NONE, false),
            InstantSource.system(),
            10);
    outbounds.add(labo);
    // The first listing, of nothing yet: from now on the order is that of the events.
    labo.inbox.look();
    int count = Collector.BATCH + 60;
    List<String> names = IntStream.range(0, count).mapToObj(i -> "file-" + (count - i)).toList();
    for (String name : names) {
      labo.depositUnseen(name);
    }
    names.forEach(name -> labo.inbox.movedIn(FileName.of(name)));
    await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) >= 10);
    labo.departures.wake();
    labo.departures.wake();
    await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) >= 10);
    assertTrue(labo.in(State.CLAIMED) <= Collector.BATCH + 10);

    labo.departures.linked(connection, ERA);

    awaitPublished(labo, count);
    assertEquals(names, arrivedNames());
  }

  @Test
  void whatIsTooMuchForTheSpoolFollowsEvenIfNothingIsSentOfWhatWasThere() throws Exception {
    Outbound labo =
        new Outbound(
            Site.LABO,
            root,
            root,
            turns,
            Outbound.rules(Marker.NONE, false),
            InstantSource.system(),
            10);
    outbounds.add(labo);
    labo.judge = entry -> new Judgement.Refused("in a test", "");
    int count = Collector.BATCH + 60;
    for (int i = 0; i < count; i++) {
      labo.depositUnseen("file-" + i);
    }
    labo.inbox.listAll();
    await()
        .atMost(LIMIT)
        .until(() -> labo.in(State.CLAIMED) == Collector.BATCH && !isTurning(labo));

    labo.departures.linked(connection, ERA);

    await().atMost(LIMIT).until(() -> labo.refused.size() == count);
  }

  private static boolean isTurning(Outbound outbound) {
    String name = outbound.flux + " departures";
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals(name));
  }

  @Test
  void whatACrashLeftInStagingGoesFirstThoughTheClockWasSetBackSince() throws Exception {
    Path memory = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(memory), "no second file system to write to");
    Path inbox = Files.createTempDirectory(memory, "navette");
    try {
      Outbound labo =
          new Outbound(
              Site.LABO,
              root,
              inbox,
              turns,
              Outbound.rules(Marker.NONE, false),
              () -> Instant.parse("2020-01-01T00:00:00Z"),
              10);
      outbounds.add(labo);
      FileId older = new FileIds(() -> Instant.parse("2026-01-01T00:00:00Z")).next();
      Path staging =
          Files.createDirectory(
              labo.folder.resolve(".navette"),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.writeString(
          Files.createDirectory(staging.resolve(older.value())).resolve("a"), "older");
      labo.deposit("a");
      labo.deposit("b");
      await().atMost(LIMIT).until(() -> labo.in(State.CLAIMED) == 3);
      labo.departures.linked(connection, ERA);

      awaitPublished(labo, 3);
      List<String> contents =
          Outbound.arrivals(broker, Site.LABO).stream()
              .map(arrival -> new String(arrival.content(), StandardCharsets.UTF_8))
              .toList();
      assertEquals(List.of("older", "content of a", "content of b"), contents);
      labo.close();
    } finally {
      Site.deleteFolder(inbox);
    }
  }

  @Test
  void aLargeFileUnderWayDelaysNoOtherFlux() throws Exception {
    Path memory = Path.of("/dev/shm");
    Path fast = Files.isWritable(memory) ? Files.createTempDirectory(memory, "navette") : root;
    try {
      Outbound labo = outbound(Site.LABO, fast, Marker.NONE);
      Outbound radio = outbound(Site.RADIO, fast, Marker.NONE);
      ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
      Semaphore reading = new Semaphore(0);
      labo.checkpoint =
          (step, id) -> {
            if (step == Step.SENDING) {
              reading.release();
            } else if (step == Step.SENT) {
              order.add("labo");
            }
          };
      radio.checkpoint =
          (step, id) -> {
            if (step == Step.SENT) {
              order.add("radio");
            }
          };
      labo.departures.linked(connection, ERA);
      radio.departures.linked(connection, ERA);
      Path large = labo.folder.resolve("large");
      try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
        file.setLength(400L << 20);
      }
      labo.inbox.listAll();
      reading.acquire();
      radio.deposit("small");

      await().atMost(LIMIT).until(() -> order.contains("radio"));
      await().atMost(Duration.ofSeconds(60)).until(() -> order.contains("labo"));
      assertEquals("radio", order.peek());
      labo.close();
      radio.close();
    } finally {
      if (!fast.equals(root)) {
        Site.deleteFolder(fast);
      }
    }
  }
}
