package fr.epiconcept.navette.ingest;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel;
import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FolderTarget.IfExists;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.turn.Turns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.jms.Connection;
import javax.jms.Message;
import javax.jms.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReturnsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir static Path shared;
  private static Home home;

  @TempDir Path root;
  private FluxName flux;
  private FluxFolders folders;
  private Connection connection;
  private Turns turns;
  private Returns returns;
  private volatile Checkpoint archiving = Checkpoint.NONE;

  @BeforeAll
  static void start() throws Exception {
    home = Home.start(shared);
  }

  @AfterAll
  static void stop() {
    home.close();
  }

  @BeforeEach
  void lay() throws Exception {
    flux = home.newFlux();
    folders = new FluxFolders(root, flux);
    folders.spool.adopt("era-1");
    turns = new Turns();
    returns = returns(IfExists.SUFFIX);
  }

  private Returns returns(IfExists ifExists) {
    return new Returns(
        flux,
        new Answers(
            Optional.of(folders.outTarget(ifExists)), folders.marks, folders.log, Checkpoint.NONE),
        archive(),
        new Endings(
            folders.arrived,
            folders.dead,
            new DeadLetters(flux, Home.ONE_WORKER),
            folders.ledger,
            id -> {},
            folders.log,
            Checkpoint.NONE),
        folders.log,
        turns);
  }

  private Archive archive() {
    return new Archive(
        folders.archive(),
        folders.spool,
        folders.arrived,
        folders.log,
        (step, id) -> archiving.reached(step, id));
  }

  private void link() throws Exception {
    connection = home.inside();
    returns.linked(connection, "era-1");
  }

  /** Everything that was not settled is then back in its queue. */
  private void unlink() throws Exception {
    returns.close();
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  @AfterEach
  void close() throws Exception {
    unlink();
    turns.close();
    folders.close();
  }

  private void awaitSettled() {
    awaitThat("all is settled", () -> home.count(Addresses.returns(flux)) == 0);
  }

  /** What stands in the return queue once the daemon is gone: the one message that waits. */
  private List<Message> left() throws Exception {
    awaitThat("all others are settled", () -> home.count(Addresses.returns(flux)) == 1);
    unlink();
    return home.drain(Addresses.returns(flux));
  }

  /** The confirmations that a worker of that account gets, of this test's flux. */
  private List<Receipt> confirmed(String account) throws Exception {
    List<Receipt> mine = new ArrayList<>();
    for (Parcel parcel : Home.parcels(home.drain(Addresses.worker(account)))) {
      if (parcel.flux().equals(flux)) {
        mine.add((Receipt) parcel);
      }
    }
    return mine;
  }

  private static void awaitThat(String what, java.util.concurrent.Callable<Boolean> holds) {
    await(what).atMost(SOON).pollInterval(Duration.ofMillis(50)).until(holds);
  }

  private void awaitTold(String event, int times) {
    awaitThat(event + " is told", () -> folders.told(event).size() >= times);
  }

  private Receipt receipt(FileId id) {
    return new Receipt(flux, id, Receipt.Of.DEPOSIT, 1, "w1");
  }

  private Outcome outcome(FileId id, Result result, String account) {
    return new Outcome(
        flux, id, 1, result, Optional.of(0), Duration.ofMillis(5), 1, "why", account);
  }

  private FileId answers(String account, String name, int size) throws Exception {
    FileId id = folders.newId();
    Path file = Files.write(root.resolve("sent-" + id), new byte[size]);
    FileIdentity looks = FileIdentity.of(file);
    Acknowledgement parcel =
        new Acknowledgement(
            flux, id, FileName.of(name), size, Instant.now(), Optional.empty(), account);
    home.sayFile(account, flux, parcel, file, looks);
    return id;
  }

  // --- receipts and outcomes ---

  @Test
  void aReceiptBringsTheFileToTheArchiveAndIsSettled() throws Exception {
    Entry entry = folders.claimed("a.hl7", "content");
    link();
    home.say("w1", flux, receipt(entry.id()));

    awaitTold("archived", 1);

    assertEquals("content", Files.readString(folders.archived(entry)));
    assertEquals(1, folders.told("transferred").size());
    awaitSettled();
    assertEquals(List.of(), confirmed("w1"), "a receipt has no receipt");
  }

  /** Taken away it would have no message: the broker that had it is gone. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aReceiptOfTheBrokerBeforeLeavesTheFileToBeSentAgainAndAnOutcomeEndsIt(boolean adopted)
      throws Exception {
    folders.spool.adopt("era-0");
    Entry entry = folders.claimed("a.hl7", "content");
    folders.spool.become(entry, State.PUBLISHED);
    if (adopted) {
      folders.spool.adopt("era-1");
    }
    link();
    home.say("w1", flux, receipt(entry.id()));
    awaitSettled();
    assertTrue(folders.spool.find(entry.id()).isPresent(), "it waits to be sent again");
    assertFalse(folders.arrived.has(entry.id()));
    assertEquals(List.of(), folders.told("transferred"));

    home.say("w1", flux, outcome(entry.id(), Result.PROCESSED, "w1"));
    awaitTold("processed", 1);
    assertEquals("content", Files.readString(folders.archived(entry)));
  }

  @Test
  void manyReceiptsAreAllSettled() throws Exception {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      entries.add(folders.claimed("file " + i, "x"));
    }
    try (Connection worker = home.worker("w1");
        Session session = worker.createSession(true, Session.SESSION_TRANSACTED)) {
      var producer = session.createProducer(session.createQueue(Addresses.returns(flux)));
      for (Entry entry : entries) {
        producer.send(Messages.of(session, receipt(entry.id())));
      }
      session.commit();
    }
    link();

    awaitTold("archived", entries.size());

    awaitSettled();
    assertTrue(entries.stream().allMatch(entry -> Files.exists(folders.archived(entry))));
  }

  @Test
  void anOutcomeAloneSaysThatTheFileHasArrivedAndIsConfirmedToItsAccount() throws Exception {
    Entry entry = folders.claimed("a.hl7", "content");
    link();
    home.say("w2", flux, outcome(entry.id(), Result.PROCESSED, "w2"));

    awaitTold("processed", 1);

    assertEquals("content", Files.readString(folders.archived(entry)));
    assertFalse(folders.arrived.has(entry.id()), "the record is closed");
    awaitSettled();
    assertEquals(
        List.of(new Receipt(flux, entry.id(), Receipt.Of.OUTCOME, 1, "ingest")), confirmed("w2"));
    assertEquals(List.of(), confirmed("w1"));
  }

  @Test
  void aFailureIsConfirmedOnceItsLetterAndItsRecordStand() throws Exception {
    Entry entry = folders.claimed("a.hl7", "content");
    link();
    home.say("w1", flux, outcome(entry.id(), Result.FAILED, "w1"));

    awaitTold("dead", 1);

    awaitSettled();
    assertTrue(folders.dead.has(entry.id()));
    assertEquals(1, home.drain(Addresses.dead(flux)).size());
    assertEquals(1, confirmed("w1").size());
  }

  @Test
  void aFailureIsNotConfirmedWhileTheArchiveIsAwayAndComesAgain() throws Exception {
    Entry entry = folders.claimed("a.hl7", "content");
    archive().take(List.of(entry.id()), "era-1");
    Path away = Files.move(folders.archiveFolder, root.resolve("away"));
    link();
    home.say("w1", flux, outcome(entry.id(), Result.FAILED, "w1"));
    awaitTold("suspended", 1);
    assertEquals(List.of(), confirmed("w1"));

    Files.move(away, folders.archiveFolder);

    awaitTold("dead", 1);
    awaitSettled();
    assertEquals(1, home.drain(Addresses.dead(flux)).size());
    assertEquals(1, confirmed("w1").size());
    assertEquals(1, folders.told("suspended").size());
  }

  @Test
  void anOutcomeThatIsToldAgainIsConfirmedAgain() throws Exception {
    Entry entry = folders.claimed("a.hl7", "content");
    link();
    home.say("w1", flux, outcome(entry.id(), Result.PROCESSED, "w1"));
    awaitTold("processed", 1);
    home.say("w1", flux, outcome(entry.id(), Result.PROCESSED, "w1"));

    List<Receipt> heard = new ArrayList<>();
    awaitThat(
        "both are confirmed",
        () -> {
          heard.addAll(confirmed("w1"));
          return heard.size() == 2;
        });
    awaitSettled();
    assertEquals(1, folders.told("processed").size());
  }

  @Test
  void oneDamagedRecordKeepsItsOwnOutcomeAndNoOther() throws Exception {
    Entry damaged = folders.claimed("a", "x");
    archive().take(List.of(damaged.id()), "era-1");
    folders.arrived.write(damaged.id(), "arrived name=a by");
    Entry good = folders.claimed("b", "x");
    // The turn is kept busy until both stand before it: they are one batch then.
    Entry first = folders.claimed("c", "x");
    CountDownLatch both = new CountDownLatch(1);
    archiving =
        (step, id) -> {
          if (id.equals(first.id())) {
            awaitThat("the turn may go on", () -> both.getCount() == 0);
          }
        };
    home.say("w1", flux, receipt(first.id()));
    home.say("w1", flux, outcome(damaged.id(), Result.PROCESSED, "w1"));
    home.say("w1", flux, outcome(good.id(), Result.PROCESSED, "w1"));
    link();
    await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
    both.countDown();
    // Sooner than a new session, over which they might come one by one.
    await("the good one ends")
        .atMost(4, SECONDS)
        .until(() -> folders.told("processed").size() == 1);

    List<Receipt> heard = new ArrayList<>();
    awaitThat(
        "the good one is confirmed",
        () -> {
          heard.addAll(confirmed("w1"));
          return heard.stream().anyMatch(receipt -> receipt.id().equals(good.id()));
        });

    List<Parcel> left = Home.parcels(left());
    assertEquals(1, left.size());
    assertEquals(damaged.id(), left.get(0).id());
    assertEquals(1, folders.told("suspended").size());
  }

  @Test
  void oneFileThatCannotBeArchivedKeepsItsOwnReceiptAndNoOther() throws Exception {
    Entry bad = folders.claimed("a", "x");
    // Whatever the disk has against it: its record cannot be written.
    Path inTheWay = Files.createDirectory(root.resolve("spool/arrived/.new-" + bad.id()));
    Entry good = folders.claimed("b", "x");
    home.say("w1", flux, receipt(bad.id()));
    home.say("w1", flux, receipt(good.id()));
    link();
    awaitThat("the good one is archived", () -> Files.exists(folders.archived(good)));
    assertTrue(Files.exists(bad.file()));

    Files.delete(inTheWay);

    awaitThat("so is the other", () -> Files.exists(folders.archived(bad)));
    awaitSettled();
  }

  // --- what is refused ---

  @Test
  void aWorkerCannotSpeakInTheNameOfAnother() throws Exception {
    Entry entry = folders.claimed("a.hl7", "content");
    link();
    home.say("w1", flux, new Receipt(flux, entry.id(), Receipt.Of.DEPOSIT, 1, "w2"));
    home.say("w1", flux, outcome(entry.id(), Result.PROCESSED, "w2"));

    awaitTold("refused-message", 2);

    assertTrue(folders.told("refused-message").get(0).contains("w2, and w1 sent it"));
    assertTrue(Files.exists(entry.file()), "nothing is archived on a forged word");
    awaitSettled();
    assertEquals(List.of(), confirmed("w2"));
  }

  @Test
  void whatIsForAnotherFluxOrIsADepositIsRefusedAndDoesNotComeAgain() throws Exception {
    Entry entry = folders.claimed("a.hl7", "content");
    FluxName other = new FluxName("another");
    link();
    home.say("w1", flux, new Receipt(other, entry.id(), Receipt.Of.DEPOSIT, 1, "w1"));
    home.say(
        "w1",
        flux,
        new Deposit(flux, entry.id(), entry.name(), 0, Instant.EPOCH, 1, Optional.empty()));

    awaitTold("refused-message", 2);

    assertTrue(Files.exists(entry.file()));
    awaitSettled();
  }

  @Test
  void whatBreaksTheContractIsRefusedAndTheOthersGoOn() throws Exception {
    Entry entry = folders.claimed("a.hl7", "content");
    link();
    home.say("w1", flux, Session::createMessage);
    home.say(
        "w1",
        flux,
        session -> {
          Message message = Messages.of(session, receipt(entry.id()));
          message.setStringProperty("navette_id", "../../etc/passwd");
          return message;
        });
    home.say("w1", flux, receipt(entry.id()));

    awaitTold("archived", 1);

    assertEquals(2, folders.told("refused-message").size());
    awaitSettled();
  }

  @Test
  void whatALaterVersionSaysWaitsInTheQueueAndTheOthersPassIt() throws Exception {
    Entry entry = folders.claimed("a.hl7", "content");
    link();
    home.say(
        "w1",
        flux,
        session -> {
          Message message = Messages.of(session, receipt(folders.newId()));
          message.setIntProperty("navette_version", Contract.VERSION_OF_FOLDERS + 1);
          return message;
        });
    home.say("w1", flux, receipt(entry.id()));

    awaitTold("archived", 1);

    List<Message> left = left();
    assertEquals(1, left.size());
    assertEquals(Contract.VERSION_OF_FOLDERS + 1, left.get(0).getIntProperty("navette_version"));
    assertEquals(1, folders.told("suspended").size());
  }

  // --- acknowledgements ---

  @Test
  void anAcknowledgementLandsAndIsConfirmedToItsAccount() throws Exception {
    link();
    FileId id = answers("w2", "ack.hl7", 10);

    awaitTold("acknowledged", 1);

    assertEquals(10, Files.size(folders.out.resolve("ack.hl7")));
    awaitThat("its mark is closed", () -> folders.marks.isDone(id));
    List<Receipt> heard = new ArrayList<>();
    awaitThat(
        "it is confirmed",
        () -> {
          heard.addAll(confirmed("w2"));
          return !heard.isEmpty();
        });
    assertEquals(List.of(new Receipt(flux, id, Receipt.Of.ACKNOWLEDGEMENT, 1, "ingest")), heard);
    awaitSettled();
  }

  @Test
  void aLargeAcknowledgementLandsWhole() throws Exception {
    link();
    answers("w1", "large", 3_000_000);
    awaitTold("acknowledged", 1);
    assertEquals(3_000_000, Files.size(folders.out.resolve("large")));
    awaitSettled();
  }

  /** Its bytes will never come: counted like any that came wrong, and given up in the end. */
  @Test
  void anAnswerOfWhichTheBrokerHasLostTheEndIsCorrupt() throws Exception {
    answers("w1", "short", 500_000);
    home.losesTheEndOfALargeMessage();
    link();
    // The client waits for more first, twice as long as for any answer.
    await().atMost(60, SECONDS).until(() -> !folders.told("suspended").isEmpty());
    String told = folders.told("suspended").get(0);
    assertTrue(told.contains("is corrupt"), told);
    assertTrue(told.contains("the broker gives only"), told);
    left();
  }

  @Test
  void whileOutIsAwayAcknowledgementsWaitAndReceiptsPassAndTheyLandWhenItIsBack() throws Exception {
    Files.delete(folders.out);
    link();
    answers("w1", "one", 1);
    answers("w1", "two", 200_000);
    awaitTold("suspended", 1);
    Entry entry = folders.claimed("a.hl7", "content");
    home.say("w1", flux, receipt(entry.id()));
    awaitTold("archived", 1);
    assertEquals(List.of(), folders.told("acknowledged"));

    Files.createDirectory(folders.out);

    awaitTold("acknowledged", 2);
    assertEquals(1, Files.size(folders.out.resolve("one")));
    assertEquals(200_000, Files.size(folders.out.resolve("two")));
    awaitThat("both are confirmed", () -> confirmed("w1").size() >= 1);
    awaitSettled();
  }

  @Test
  void aFaultThatLastsIsToldOnce() throws Exception {
    Files.delete(folders.out);
    link();
    FileId waits = answers("w1", "one", 1);
    awaitTold("suspended", 1);
    // With each of these a turn goes well, over two sessions and more.
    for (int i = 0; i < 12; i++) {
      Entry entry = folders.claimed("a" + i, "x");
      home.say("w1", flux, receipt(entry.id()));
      awaitTold("archived", i + 1);
      await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
    }
    assertEquals(1, folders.told("suspended").size(), () -> folders.told("suspended").toString());
    assertEquals(waits, Home.parcels(left()).get(0).id());
  }

  @Test
  void withHoldAnAcknowledgementWaitsForItsNameAndOthersPass() throws Exception {
    returns.close();
    returns = returns(IfExists.HOLD);
    Files.writeString(folders.out.resolve("ack"), "old");
    link();
    answers("w1", "ack", 5);
    awaitTold("suspended", 1);
    answers("w1", "other", 6);
    awaitTold("acknowledged", 1);
    assertEquals("old", Files.readString(folders.out.resolve("ack")));

    Files.delete(folders.out.resolve("ack"));

    awaitTold("acknowledged", 2);
    assertEquals(5, Files.size(folders.out.resolve("ack")));
    awaitSettled();
  }

  // --- the other ends ---

  @Test
  void ofAnAccountThatWasRemovedAllIsDoneAndSettledWithAWarning() throws Exception {
    home.addAccount("old" + flux, flux);
    Entry processed = folders.claimed("a.hl7", "x");
    Entry failed = folders.claimed("b.hl7", "x");
    String old = "old" + flux;
    FileId answer = answers(old, "ack", 3);
    home.say(old, flux, outcome(processed.id(), Result.PROCESSED, old));
    home.say(old, flux, outcome(failed.id(), Result.FAILED, old));
    home.removeAccount(old);
    link();

    awaitTold("nobody-to-tell", 3);

    awaitSettled();
    assertEquals(3, Files.size(folders.out.resolve("ack")));
    assertFalse(folders.arrived.has(processed.id()));
    assertTrue(folders.dead.has(failed.id()));
    List<String> told = folders.told("nobody-to-tell");
    assertEquals(3, told.size());
    for (FileId id : List.of(answer, processed.id(), failed.id())) {
      assertTrue(
          told.stream().anyMatch(l -> l.contains(id.value()) && l.contains("account=" + old)),
          told::toString);
    }
    assertEquals(List.of(), folders.told("suspended"));
  }

  @Test
  void anAccountThatIsRemovedWhileItIsLinkedIsNoFaultThatLasts() throws Exception {
    String old = "old" + flux;
    home.addAccount(old, flux);
    Entry first = folders.claimed("a.hl7", "x");
    Entry second = folders.claimed("b.hl7", "x");
    link();
    try (Connection worker = home.worker(old);
        Session session = worker.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      var producer = session.createProducer(session.createQueue(Addresses.returns(flux)));
      producer.send(Messages.of(session, outcome(first.id(), Result.PROCESSED, old)));
      awaitSettled();
      home.removeAccount(old);
      // The queue is known to this end by now, and is not asked for again.
      producer.send(Messages.of(session, outcome(second.id(), Result.PROCESSED, old)));
    }

    awaitTold("processed", 2);
    awaitSettled();
  }

  @Test
  void aConfirmationThatMeetsADeadLinkIsGivenAgainOverTheNext() throws Exception {
    Entry entry = folders.claimed("a.hl7", "x");
    link();
    returns.unlinked();
    connection.close();
    home.say("w1", flux, outcome(entry.id(), Result.PROCESSED, "w1"));
    assertEquals(List.of(), folders.told("processed"));

    link();

    awaitTold("processed", 1);
    awaitSettled();
    assertEquals(1, confirmed("w1").size());
    assertEquals(List.of(), folders.told("nobody-to-tell"), "a dead link is no missing account");
  }

  @Test
  void aReturnQueueThatIsNotThereYetIsReadOnceItIs() throws Exception {
    folders.close();
    flux = Home.LATE;
    folders = new FluxFolders(root.resolve("late"), flux);
    folders.spool.adopt("era-1");
    returns.close();
    returns = returns(IfExists.SUFFIX);
    link();
    awaitTold("suspended", 1);

    home.broker.declare(flux);
    Entry entry = folders.claimed("a.hl7", "x");
    home.say("w1", flux, receipt(entry.id()));

    awaitTold("archived", 1);
    assertEquals(1, folders.told("suspended").size());
  }
}
