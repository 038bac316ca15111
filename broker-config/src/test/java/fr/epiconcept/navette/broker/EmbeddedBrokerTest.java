package fr.epiconcept.navette.broker;

import static fr.epiconcept.navette.broker.Site.LABO;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import fr.epiconcept.navette.flux.file.FileIdentity;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.InvalidDestinationException;
import javax.jms.JMSException;
import javax.jms.JMSSecurityException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {
  private static final Tuning ONE = Tuning.receiving(0);

  @TempDir Path root;
  private Site site;

  @BeforeEach
  void site() throws IOException {
    site = new Site(root).withWorker();
  }

  @Test
  void keepsMessagesOverARestart() throws Exception {
    try (EmbeddedBroker broker = site.start()) {
      Site.sendFromWithin(broker, Addresses.deposits(LABO), "kept");
    }
    try (EmbeddedBroker broker = site.start();
        Connection worker = site.worker(broker).open(ONE)) {
      assertFalse(broker.journalWasDamaged());
      assertEquals("kept", Site.take(worker, Addresses.deposits(LABO)).getBody(String.class));
    }
  }

  /** A full disk took only a part of it, and the journal says that it is there. */
  @Test
  void removesLettersOfWhichTheDiskHasLostTheEndAndKeepsTheOthers() throws Exception {
    FileId torn = FileId.parse("01M84Z0JV38N63DNTHRZ7PR7PT").orElseThrow();
    FileId whole = FileId.parse("01M84Z0JV38N63DNTHRZ7PR7PV").orElseThrow();
    FileId small = FileId.parse("01M84Z0JV38N63DNTHRZ7PR7PW").orElseThrow();
    String dead = Addresses.dead(LABO);
    try (EmbeddedBroker broker = site.start()) {
      sendLetter(broker, torn, 300_000);
      Path itsBytes = onlyLarge();
      sendLetter(broker, whole, 300_000);
      sendLetter(broker, small, 1_000);
      assertEquals(Set.of(), broker.removeTorn(dead));
      try (FileChannel kept = FileChannel.open(itsBytes, StandardOpenOption.WRITE)) {
        kept.truncate(200_000);
      }
    }
    try (EmbeddedBroker broker = site.start()) {
      assertEquals(Set.of(torn, whole, small), broker.holding(dead));
      assertEquals(Set.of(torn), broker.removeTorn(dead));
      assertEquals(Set.of(whole, small), broker.holding(dead));
    }
    try (EmbeddedBroker broker = site.start()) {
      assertEquals(Set.of(whole, small), broker.holding(dead), "for good");
    }
  }

  private void sendLetter(EmbeddedBroker broker, FileId id, int size) throws Exception {
    Path file = Files.write(root.resolve(id.toString()), new byte[size]);
    FileIdentity looks = FileIdentity.of(file);
    Parcel.Deposit deposit =
        new Parcel.Deposit(LABO, id, FileName.of("a"), size, Instant.EPOCH, 2, Optional.empty());
    try (Connection inside = broker.inVm().open(Tuning.receiving(0));
        Session session = inside.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Messages.Outgoing letter = Messages.of(session, deposit, file, looks)) {
      session.createProducer(session.createQueue(Addresses.dead(LABO))).send(letter.message());
    }
  }

  private Path onlyLarge() throws IOException {
    try (Stream<Path> all = Files.walk(site.data())) {
      return all.filter(each -> each.toString().endsWith(".msg"))
          .reduce((one, other) -> fail("more than one"))
          .orElseThrow();
    }
  }

  @Test
  void removesWithItsReceiptsTheQueueOfAnAccountThatIsGone() throws Exception {
    site.accounts().add("old", Set.of(LABO), "secret two".toCharArray());
    try (EmbeddedBroker broker = site.start()) {
      for (int i = 0; i < 3; i++) {
        Site.sendFromWithin(broker, Addresses.worker("old"), "receipt");
      }
      Site.sendFromWithin(broker, Addresses.worker("w1"), "kept");
    }
    site.accounts().remove("old");
    try (Said said = Said.by(LeftBehind.class);
        EmbeddedBroker broker = site.start()) {
      assertEquals(
          List.of("account old is gone: its queue worker.old is removed, and the 3 receipts in it"),
          said.lines());
      try (Connection inside = broker.inVm().open(ONE);
          Sender sender = new Sender(inside, refused -> {})) {
        Message receipt = sender.session().createTextMessage("receipt");
        assertThrows(
            InvalidDestinationException.class,
            () -> sender.send(Addresses.worker("old"), receipt, () -> {}));
        assertThrows(
            InvalidDestinationException.class,
            () -> sender.send(Addresses.workerAsk("old"), receipt, () -> {}),
            "nor is what it was asked kept");
        sender.send(Addresses.workerAsk("w1"), receipt, () -> {});
      }
      try (Connection worker = site.worker(broker).open(ONE)) {
        assertEquals("kept", Site.take(worker, Addresses.worker("w1")).getBody(String.class));
      }
    }
    // An account of that name is a new one.
    site.accounts().add("old", Set.of(LABO), "secret two".toCharArray());
    try (EmbeddedBroker broker = site.start();
        Connection inside = broker.inVm().open(ONE)) {
      Site.send(inside, Addresses.worker("old"), "new");
      assertEquals("new", Site.take(inside, Addresses.worker("old")).getBody(String.class));
    }
  }

  @Test
  void removesNoReceiptsWhileThereIsNoAccountAtAll() throws Exception {
    try (EmbeddedBroker broker = site.start()) {
      Site.sendFromWithin(broker, Addresses.worker("w1"), "kept");
    }
    Path away = Files.move(site.accountsFolder(), root.resolve("away"));
    site.start().close();
    Files.move(away, site.accountsFolder());
    try (EmbeddedBroker broker = site.start();
        Connection worker = site.worker(broker).open(ONE)) {
      assertEquals("kept", Site.take(worker, Addresses.worker("w1")).getBody(String.class));
    }
  }

  @Test
  void saysWhichJournalRuns() throws Exception {
    try (EmbeddedBroker broker = site.start()) {
      String expected =
          LibaioContext.isLoaded()
              ? "ASYNCIO (libaio)"
              : "NIO (libaio's native library is not there: ";
      assertTrue(broker.journal().startsWith(expected), broker::journal);
    }
    assertEquals("NIO (broker.xml says so)", JournalChoice.of(JournalType.NIO, root, root).words());
  }

  @Test
  void fallsBackToNioWhereTheDiskHasNoDirectIo() {
    if (LibaioContext.isLoaded()) {
      JournalChoice choice = JournalChoice.of(JournalType.ASYNCIO, Path.of("/proc/self"), root);
      assertEquals(JournalType.NIO, choice.type());
      assertTrue(choice.words().startsWith("NIO (no direct I/O in /proc/self"), choice::words);
    }
  }

  @Test
  void opensNoPortBeforeTheFirstStepsAreDone() throws Exception {
    int port = freePort();
    AtomicBoolean reachable = new AtomicBoolean(true);
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(
            site.plain(port),
            Site.fluxes(),
            b -> {
              try (Connection inside = b.inVm().open(ONE)) {
                Site.send(inside, Addresses.deposits(LABO), "from within");
              }
              reachable.set(answers(port));
            })) {
      assertFalse(reachable.get());
      assertTrue(answers(broker.listening().port()));
    }
  }

  @Test
  void undoesAStartWhoseFirstStepsFail() throws Exception {
    BrokerRefused refused =
        assertThrows(
            BrokerRefused.class,
            () ->
                EmbeddedBroker.start(
                    site.plain(0),
                    Site.fluxes(),
                    b -> {
                      throw new JMSException("no era");
                    }));
    assertTrue(refused.getMessage().contains("no era"));
    site.start().close();
  }

  @Test
  void declaresAndRetiresFluxesAtRunTime() throws Exception {
    FluxName late = new FluxName("late");
    site.accounts().reassign("w1", old -> Set.of(late));
    try (EmbeddedBroker broker = site.start()) {
      broker.declare(late);
      broker.declare(late);
      Site.sendFromWithin(broker, Addresses.deposits(late), "one");
      Site.sendFromWithin(broker, Addresses.deposits(late), "two");
      try (Connection worker = site.worker(broker).open(ONE)) {
        assertNotNull(Site.take(worker, Addresses.deposits(late)));
        broker.retire(late);
        assertThrows(JMSSecurityException.class, () -> Site.take(worker, Addresses.deposits(late)));
        broker.declare(late);
        assertEquals("two", Site.take(worker, Addresses.deposits(late)).getBody(String.class));
      }
    }
  }

  @Test
  void refusesAFolderThatAnotherProcessHolds() throws Exception {
    Process other = BrokerProcess.start(root);
    try {
      BrokerRefused refused =
          assertTimeout(
              Duration.ofSeconds(20), () -> assertThrows(BrokerRefused.class, () -> site.start()));
      assertTrue(
          refused.getMessage().contains("another process (pid " + other.pid() + ") already runs"),
          refused::getMessage);
    } finally {
      other.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
    // And a lock that a dead process leaves behind holds nobody up.
    site.start().close();
  }

  @Test
  void refusesAPortThatIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      BrokerRefused refused =
          assertThrows(
              BrokerRefused.class,
              () -> EmbeddedBroker.start(site.plain(taken.getLocalPort()), Site.fluxes()));
      assertTrue(
          refused
              .getMessage()
              .startsWith("cannot listen on tcp://127.0.0.1:" + taken.getLocalPort()),
          refused::getMessage);
    }
    site.start().close();
  }

  @Test
  void namesFileAndLineOfAFaultInBrokerXml() throws Exception {
    Path xml = root.resolve("broker.xml");
    String good;
    try (var in = BrokerXml.class.getResourceAsStream("broker.xml")) {
      good = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
    int line = (int) good.substring(0, good.indexOf("<id-cache-size>")).lines().count();
    for (String bad :
        List.of(
            good.replace("<id-cache-size>1000<", "<id-cache-size>many<"),
            good.replace(
                "<id-cache-size>1000</id-cache-size>", "<id-cash-size>5000</id-cash-size>"),
            good.replace("<id-cache-size>1000</id-cache-size>", "<id-cache-size>1000"))) {
      Files.writeString(xml, bad);
      BrokerRefused refused = assertThrows(BrokerRefused.class, () -> startWith(xml));
      String at = refused.getMessage().replaceAll("^(.*broker\\.xml:)(\\d+):.*$", "$2");
      assertTrue(Integer.parseInt(at) >= line, refused::getMessage);
      assertFalse(refused.getMessage().contains("\n"));
    }
    Files.writeString(
        xml, good.replace("<address-full-policy>PAGE<", "<address-full-policy>PAIGE<"));
    assertTrue(
        assertThrows(BrokerRefused.class, () -> startWith(xml)).getMessage().startsWith(xml + ":"));
    Files.writeString(xml, good.replace("ASYNCIO<", "NIO<"));
    startWith(xml).close();
  }

  private EmbeddedBroker startWith(Path xml) throws BrokerRefused {
    return EmbeddedBroker.start(
        site.settings(new Endpoint(false, "127.0.0.1", 0), Optional.empty(), Optional.of(xml)),
        Site.fluxes());
  }

  @Test
  void saysThatItHasStoppedByItselfAndNothingWhenItIsClosed() throws Exception {
    EmbeddedBroker closed = site.start();
    closed.close();
    assertFalse(closed.stopped().toCompletableFuture().isDone());
    try (EmbeddedBroker broker = site.start();
        Connection inside = broker.inVm().open(Tuning.receiving(0));
        Session session = inside.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      Message order = session.createMessage();
      JMSManagementHelper.putOperationInvocation(order, "broker", "forceFailover");
      session.createProducer(session.createQueue("activemq.management")).send(order);
      await().until(() -> broker.stopped().toCompletableFuture().isDone());
    }
  }

  /** With a real disk that is full: the journal needs another file, and there is no room. */
  @Test
  void tellsAtOnceThatAWriteToItsDiskHasFailed() throws Exception {
    Path disk = Files.createDirectories(site.data());
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", disk.toString()));
    try (EmbeddedBroker broker = site.start();
        Connection inside = broker.inVm().open(Tuning.sending());
        Session session = inside.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      AtomicBoolean told = new AtomicBoolean();
      broker.whenItsDiskFails(() -> told.set(true));
      fill(disk.resolve("filler"));
      MessageProducer producer =
          session.createProducer(session.createQueue(Addresses.deposits(LABO)));
      Thread sender =
          new Thread(
              () -> {
                try {
                  while (!told.get()) {
                    BytesMessage message = session.createBytesMessage();
                    message.writeBytes(new byte[100_000]);
                    producer.send(message);
                  }
                } catch (JMSException stopped) {
                  // It was heard, or the test says that it was not.
                }
              });
      sender.setDaemon(true);
      sender.start();
      await().atMost(30, TimeUnit.SECONDS).until(told::get);
      await().until(() -> broker.stopped().toCompletableFuture().isDone());
    } finally {
      run("umount", "-l", disk.toString());
    }
  }

  private static void fill(Path filler) throws IOException {
    byte[] page = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(page);
      }
    } catch (IOException full) {
      assertTrue(Files.size(filler) > 0, full::toString);
    }
  }

  private static boolean run(String... words) throws IOException {
    Process process = new ProcessBuilder(words).inheritIO().start();
    return process.onExit().orTimeout(10, TimeUnit.SECONDS).join().exitValue() == 0;
  }

  @Test
  void tellsADamagedJournal() throws Exception {
    try (EmbeddedBroker broker = site.start()) {
      for (int i = 0; i < 20; i++) {
        Site.sendFromWithin(broker, Addresses.deposits(LABO), "m" + i);
      }
    }
    for (long size : new long[] {20_000, 5 * 4096}) {
      truncateJournal(site.data(), size);
      try (EmbeddedBroker broker = site.start()) {
        assertTrue(broker.journalWasDamaged());
        Site.sendFromWithin(broker, Addresses.deposits(LABO), "goes on");
      }
    }
    // Told once: the next start has nothing new to tell.
    try (EmbeddedBroker broker = site.start()) {
      assertFalse(broker.journalWasDamaged());
    }
  }

  /** What is there can be read to its end, so the broker itself says nothing. */
  @Test
  void tellsAJournalThatWasCutBehindOneOfItsRecords() throws Exception {
    long[] size = new long[1];
    try (EmbeddedBroker broker = site.start()) {
      Site.sendFromWithin(broker, Addresses.deposits(LABO), "kept");
      size[0] = written(site.data());
      Site.sendFromWithin(broker, Addresses.deposits(LABO), "lost");
    }
    truncateJournal(site.data(), size[0]);
    try (EmbeddedBroker broker = site.start()) {
      assertTrue(broker.journalWasDamaged());
    }
  }

  /** How much of the first journal file is in use. */
  private static long written(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("journal"))) {
      Path first = files.filter(f -> f.toString().endsWith("-1.amq")).findAny().orElseThrow();
      byte[] bytes = Files.readAllBytes(first);
      int last = bytes.length;
      while (bytes[last - 1] == 0) {
        last--;
      }
      return last;
    }
  }

  static void truncateJournal(Path data, long size) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("journal"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".amq")).toList()) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(size);
        }
      }
    }
  }

  @Test
  void takesAnUnfinishedTransactionForNoDamage() throws Exception {
    Path copy = root.resolve("copy");
    try (EmbeddedBroker broker = site.start();
        Connection inside = broker.inVm().open(ONE);
        Session session = inside.createSession(true, Session.SESSION_TRANSACTED)) {
      MessageProducer producer =
          session.createProducer(session.createQueue(Addresses.deposits(LABO)));
      for (int i = 0; i < 50; i++) {
        producer.send(session.createTextMessage("uncommitted " + i));
      }
      // A transaction of its own makes the journal write what came before.
      Site.sendFromWithin(broker, Addresses.deposits(LABO), "committed");
      // As a crash would leave it.
      Site.copyFolder(site.data(), copy.resolve("broker"));
    }
    Site crashed = new Site(copy).withWorker();
    try (EmbeddedBroker broker = crashed.start();
        Connection inside = broker.inVm().open(ONE)) {
      assertFalse(broker.journalWasDamaged());
      assertEquals("committed", Site.take(inside, Addresses.deposits(LABO)).getBody(String.class));
    }
  }

  @Test
  void givesNothingUpAndDeliversAtOnceHoweverOftenItIsRolledBack() throws Exception {
    try (EmbeddedBroker broker = site.start();
        Connection worker = site.worker(broker).open(ONE)) {
      Site.sendFromWithin(broker, Addresses.deposits(LABO), "first");
      Site.sendFromWithin(broker, Addresses.deposits(LABO), "second");
      worker.start();
      try (Session session = worker.createSession(true, Session.SESSION_TRANSACTED)) {
        var consumer = session.createConsumer(session.createQueue(Addresses.deposits(LABO)));
        for (int i = 0; i < 30; i++) {
          assertEquals("first", consumer.receive(1000).getBody(String.class));
          session.rollback();
        }
      }
    }
  }

  @Test
  void keepsMessagesWhateverExpirySendersAskFor() throws Exception {
    try (EmbeddedBroker broker = site.start();
        Connection worker = site.worker(broker).open(ONE);
        Connection inside = broker.inVm().open(ONE)) {
      try (Session session = worker.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
        MessageProducer producer =
            session.createProducer(session.createQueue(Addresses.returns(LABO)));
        producer.setTimeToLive(1);
        producer.send(session.createTextMessage("receipt"));
      }
      assertNotNull(Site.take(inside, Addresses.returns(LABO)));
    }
  }

  private static boolean answers(int port) {
    try (var socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
