package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.jms.Connection;
import javax.jms.Message;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndingsTest {
  private static final String ERA = "era-1";

  @TempDir static Path shared;
  private static Home home;

  @TempDir Path root;
  private FluxName flux;
  private FluxFolders folders;
  private Connection connection;
  private Sender sender;

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
    connection = home.inside();
    sender =
        new Sender(
            connection,
            refused -> {
              throw new AssertionError(refused);
            });
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    folders.close();
  }

  private Endings endings(Checkpoint checkpoint) {
    return new Endings(
        folders.arrived,
        folders.dead,
        new DeadLetters(flux, Home.ONE_WORKER),
        folders.ledger,
        id -> {},
        folders.log,
        checkpoint);
  }

  private Endings endings() {
    return endings(Checkpoint.NONE);
  }

  /** A deposit that stands in the archive and whose end is not known. */
  private FileId arrived(String name, String content, String era) throws IOException {
    Entry entry = folders.claimed(name, content);
    new Archive(folders.archive(), folders.spool, folders.arrived, folders.log, Checkpoint.NONE)
        .take(List.of(entry.id()), era);
    return entry.id();
  }

  private FileId arrived(String content) throws IOException {
    return arrived("a.hl7", content, ERA);
  }

  private Outcome outcome(FileId id, Result result, int round) {
    return new Outcome(
        flux,
        id,
        round,
        result,
        Optional.of(result == Result.PROCESSED ? 0 : 3),
        Duration.ofMillis(20),
        1,
        result == Result.PROCESSED ? "" : "exit 3",
        "w1");
  }

  /** What the flux's turn does with an outcome. */
  private void end(Endings endings, Outcome outcome) throws Exception {
    CountDownLatch letterSent = new CountDownLatch(1);
    if (!endings.end(outcome, ERA, sender, letterSent::countDown)) {
      assertTrue(letterSent.await(10, TimeUnit.SECONDS), "the broker says nothing");
      endings.buried(outcome, ERA);
    }
    endings.sync();
  }

  private void failed(FileId id, int round) throws Exception {
    end(endings(), outcome(id, Result.FAILED, round));
  }

  private List<Message> letters() throws Exception {
    return home.drain(Addresses.dead(flux));
  }

  private List<Message> deposits() throws Exception {
    return home.drain(Addresses.deposits(flux));
  }

  private static int round(Message message) throws Exception {
    return ((Deposit) Home.parcels(List.of(message)).get(0)).round();
  }

  private static String body(Message message) throws Exception {
    Deposit deposit = (Deposit) Home.parcels(List.of(message)).get(0);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Messages.savePayload(message, deposit.size(), all);
    return all.toString(StandardCharsets.UTF_8);
  }

  private Arrived dead(FileId id) throws IOException {
    return Arrived.parse(id, folders.dead.read(id).orElseThrow());
  }

  // --- outcomes ---

  @Test
  void aProcessedDepositIsClosedAndItsFileStaysInTheArchive() throws Exception {
    FileId id = arrived("x");
    Path file = Arrived.parse(id, folders.arrived.read(id).orElseThrow()).archive();

    end(endings(), outcome(id, Result.PROCESSED, 1));

    assertFalse(folders.arrived.has(id));
    assertFalse(folders.dead.has(id));
    assertTrue(Files.exists(file));
    assertEquals(List.of(), letters());
    assertEquals(1, folders.told("processed").size());
  }

  @Test
  void anOutcomeThatComesTwiceIsToldOnce() throws Exception {
    FileId id = arrived("x");
    Outcome processed = outcome(id, Result.PROCESSED, 1);
    end(endings(), processed);
    assertTrue(endings().end(processed, ERA, sender, () -> {}), "it has ended");
    assertEquals(1, folders.told("processed").size());
  }

  @Test
  void aFailedDepositIsADeadLetterWithItsBytesAndItsNextRound() throws Exception {
    FileId id = arrived("the bytes");

    failed(id, 1);

    List<Message> letters = letters();
    assertEquals(1, letters.size());
    assertEquals("the bytes", body(letters.get(0)));
    assertEquals(2, round(letters.get(0)));
    assertEquals("exit 3", letters.get(0).getStringProperty("navette_reason"));
    assertEquals(Addresses.deposits(flux), letters.get(0).getStringProperty("_AMQ_ORIG_QUEUE"));
    assertFalse(folders.arrived.has(id));
    assertEquals(1, dead(id).round());
    assertEquals(1, folders.told("failed").size());
    assertEquals(1, folders.told("dead").size());
  }

  @Test
  void anInterruptedDepositIsADeadLetterToo() throws Exception {
    FileId id = arrived("x");
    end(endings(), outcome(id, Result.INTERRUPTED, 1));
    assertEquals(1, letters().size());
    assertTrue(folders.dead.has(id));
  }

  @Test
  void aFailureThatIsToldAgainAndAgainIsOneLetter() throws Exception {
    FileId id = arrived("x");
    failed(id, 1);
    failed(id, 1);
    failed(id, 1);
    assertEquals(1, letters().size());
    assertEquals(1, folders.told("dead").size());
  }

  @Test
  void theRecordStaysOpenUntilTheBrokerHasTheLetter() throws Exception {
    FileId id = arrived("x");
    CountDownLatch sent = new CountDownLatch(1);
    assertFalse(endings().end(outcome(id, Result.FAILED, 1), ERA, sender, sent::countDown));
    assertTrue(sent.await(10, TimeUnit.SECONDS));
    assertTrue(folders.arrived.has(id), "nobody has said that it is buried");
    assertFalse(folders.dead.has(id));
  }

  @Test
  void aCrashBetweenLetterAndRecordMakesNoSecondLetter() throws Exception {
    FileId id = arrived("x");
    assertThrows(
        Crash.class, () -> end(endings(Crash.at(Step.DEAD)), outcome(id, Result.FAILED, 1)));
    assertTrue(folders.arrived.has(id));

    failed(id, 1);

    assertEquals(1, letters().size());
    assertEquals(1, dead(id).round());
    assertFalse(folders.arrived.has(id));
  }

  @Test
  void aCrashBetweenTheTwoRecordsIsMendedByTheNextTelling() throws Exception {
    FileId id = arrived("x");
    String open = folders.arrived.read(id).orElseThrow();
    failed(id, 1);
    // As if the machine had died before "arrived" was taken away.
    folders.arrived.write(id, open);

    failed(id, 1);

    assertEquals(1, letters().size());
    assertTrue(folders.dead.has(id));
    assertFalse(folders.arrived.has(id));
  }

  @Test
  void aCrashBehindTheEndLeavesNothingToDo() throws Exception {
    FileId id = arrived("x");
    Outcome processed = outcome(id, Result.PROCESSED, 1);
    assertThrows(Crash.class, () -> end(endings(Crash.at(Step.CLOSED)), processed));
    assertTrue(endings().end(processed, ERA, sender, () -> {}));
    assertEquals(1, folders.told("processed").size());
  }

  @Test
  void aLetterThatIsSentBackAndProcessedIsDeadNoMore() throws Exception {
    FileId id = arrived("x");
    failed(id, 1);
    assertEquals(1, letters().size());

    end(endings(), outcome(id, Result.PROCESSED, 2));

    assertFalse(folders.dead.has(id));
    assertEquals(1, folders.told("processed").size());
  }

  @Test
  void aLetterThatIsSentBackAndFailsIsALetterOfTheNextRound() throws Exception {
    FileId id = arrived("x");
    failed(id, 1);
    assertEquals(2, round(letters().get(0)));

    failed(id, 2);
    failed(id, 2);

    List<Message> second = letters();
    assertEquals(1, second.size());
    assertEquals(3, round(second.get(0)));
    assertEquals(2, dead(id).round());
  }

  @Test
  void anOutcomeOfAnEarlierRoundDoesNotReopenADeadLetter() throws Exception {
    FileId id = arrived("x");
    failed(id, 1);
    failed(id, 2);
    assertEquals(2, letters().size());

    end(endings(), outcome(id, Result.PROCESSED, 2));
    end(endings(), outcome(id, Result.PROCESSED, 1));

    assertEquals(2, dead(id).round());
    assertEquals(List.of(), folders.told("processed"));
  }

  @Test
  void aDeadDepositWhoseFileWasPurgedIsToldAndEnds() throws Exception {
    FileId id = arrived("x");
    Files.delete(Arrived.parse(id, folders.arrived.read(id).orElseThrow()).archive());

    assertTrue(endings().end(outcome(id, Result.FAILED, 1), ERA, sender, () -> {}));

    assertEquals(List.of(), letters());
    assertEquals(1, folders.told("dead-without-content").size());
    assertTrue(folders.dead.has(id));
    assertFalse(folders.arrived.has(id));
  }

  /** Takes the whole archive away. */
  private Path unmount() throws IOException {
    return Files.move(folders.archiveFolder, root.resolve("away"));
  }

  private void mount(Path away) throws IOException {
    Files.move(away, folders.archiveFolder);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFailureWhoseArchiveIsNotMountedEndsOnceItIs(boolean bareMountPoint) throws Exception {
    FileId id = arrived("the bytes");
    Path away = unmount();
    if (bareMountPoint) {
      Files.createDirectory(folders.archiveFolder);
    }

    for (int i = 0; i < 2; i++) {
      IOException refused = assertThrows(IOException.class, () -> failed(id, 1));
      assertTrue(refused.getMessage().contains("is it mounted?"), refused::getMessage);
    }
    assertEquals(List.of(), letters());
    assertEquals(List.of(), folders.told("dead-without-content"));
    assertTrue(folders.arrived.has(id));
    assertFalse(folders.dead.has(id));

    Files.deleteIfExists(folders.archiveFolder);
    mount(away);
    failed(id, 1);

    assertEquals("the bytes", body(letters().get(0)));
    assertTrue(folders.dead.has(id));
    assertFalse(folders.arrived.has(id));
  }

  @Test
  void aProcessedDepositNeedsNoArchiveToEnd() throws Exception {
    FileId id = arrived("x");
    unmount();
    end(endings(), outcome(id, Result.PROCESSED, 1));
    assertFalse(folders.arrived.has(id));
  }

  @Test
  void ofARecordOfAnEarlierVersionAMissingFileIsOneThatWasRemoved() throws Exception {
    FileId id = arrived("x");
    String record = folders.arrived.read(id).orElseThrow();
    folders.arrived.write(id, record.replaceAll(" root=\\S+ root-key=\\S+", ""));
    unmount();

    assertTrue(endings().end(outcome(id, Result.FAILED, 1), ERA, sender, () -> {}));

    assertEquals(1, folders.told("dead-without-content").size());
  }

  @Test
  void aDeadLetterStillKnowsItsArchive() throws Exception {
    FileId id = arrived("x");
    failed(id, 1);
    letters();
    Path away = unmount();
    assertThrows(IOException.class, () -> failed(id, 2));
    mount(away);
    failed(id, 2);
    assertEquals(3, round(letters().get(0)));
  }

  @Test
  void anOutcomeOfAnUnknownDepositEndsAtOnce() throws Exception {
    assertTrue(endings().end(outcome(folders.newId(), Result.FAILED, 1), ERA, sender, () -> {}));
    assertEquals(List.of(), letters());
  }

  // --- a broker that had nothing of it ---

  private Resending resending(String era, Executor inTurn) {
    return new Resending(
        new Resending.Parts(
            folders.arrived,
            folders.dead,
            new DeadLetters(flux, Home.ONE_WORKER),
            () -> home.broker.holding(Addresses.dead(flux)),
            at -> OlderFiles.of(folders.spool, folders.cargo(), at),
            folders.log),
        connection,
        era,
        inTurn,
        Duration.ofSeconds(30));
  }

  private void sendAgain(String era) throws Exception {
    assertFalse(resending(era, Runnable::run).attempt());
  }

  @Test
  void anotherBrokerIsSentTheFilesUnderWayAndTheDeadLetters() throws Exception {
    FileId underWay = arrived("a", "under way", ERA);
    FileId dead = arrived("b", "dead", ERA);
    failed(dead, 1);
    letters();

    sendAgain("era-2");

    List<Message> deposits = deposits();
    assertEquals(1, deposits.size());
    assertEquals(underWay, Home.parcels(deposits).get(0).id());
    assertEquals("under way", body(deposits.get(0)));
    assertEquals(1, round(deposits.get(0)));
    List<Message> letters = letters();
    assertEquals(1, letters.size());
    assertEquals(dead, Home.parcels(letters).get(0).id());
    assertEquals(2, round(letters.get(0)));
  }

  @Test
  void theSameBrokerIsSentNothingAgain() throws Exception {
    arrived("a", "under way", ERA);
    FileId dead = arrived("b", "dead", ERA);
    failed(dead, 1);
    letters();

    sendAgain(ERA);

    assertEquals(List.of(), deposits());
    assertEquals(List.of(), letters());
  }

  @Test
  void theLetterOfAReplayAndWhatIsSentAgainOfOneRememberTheFirst() throws Exception {
    FileId first = folders.newId();
    FileId dead = arrived("b", "dead", ERA);
    FileId underWay = arrived("a", "under way", ERA);
    repeats(dead, first);
    repeats(underWay, first);
    failed(dead, 1);
    sendAgain("era-2");

    for (Message message : List.of(letters().get(0), deposits().get(0))) {
      Deposit sent = (Deposit) Home.parcels(List.of(message)).get(0);
      assertEquals(Optional.of(first), sent.replayOf());
    }
  }

  private void repeats(FileId id, FileId first) throws Exception {
    Arrived was = Arrived.parse(id, folders.arrived.read(id).orElseThrow());
    Arrived replay =
        new Arrived(
            id,
            was.name(),
            was.archive(),
            was.root(),
            was.size(),
            Optional.of(first),
            was.round(),
            was.era());
    folders.arrived.write(id, replay.spelled());
  }

  @Test
  void aLetterThatADamagedBrokerStillHasIsNotSentOnceMore() throws Exception {
    FileId kept = arrived("a", "kept", ERA);
    failed(kept, 1);

    sendAgain("era-2");

    assertEquals("era-2", dead(kept).era(), "the next start asks no more");
    List<Message> letters = letters();
    assertEquals(1, letters.size());
    assertEquals(kept, Home.parcels(letters).get(0).id());
    assertEquals(List.of(), folders.told("sent-again"));
  }

  @Test
  void whatWasSentAgainIsRememberedAndNotSentOnceMore() throws Exception {
    FileId dead = arrived("b", "dead", ERA);
    failed(dead, 1);
    FileId underWay = arrived("a", "under way", ERA);
    letters();

    sendAgain("era-2");
    assertEquals(1, deposits().size());
    assertEquals(1, letters().size());
    // The broker drops what is sent twice for some time only.
    assertEquals("era-2", Arrived.parse(dead, folders.dead.read(dead).orElseThrow()).era());
    assertEquals(
        "era-2", Arrived.parse(underWay, folders.arrived.read(underWay).orElseThrow()).era());
    sendAgain("era-2");

    assertEquals(List.of(), deposits());
    assertEquals(List.of(), letters());
  }

  @Test
  void aRecordThatIsClosedMeanwhileDoesNotComeBack() throws Exception {
    FileId id = arrived("a", "x", ERA);
    CountDownLatch asked = new CountDownLatch(1);
    assertFalse(
        resending(
                "era-2",
                remember -> {
                  try {
                    folders.arrived.remove(id);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                  remember.run();
                  asked.countDown();
                })
            .attempt());
    assertTrue(asked.await(10, TimeUnit.SECONDS));
    assertFalse(folders.arrived.has(id));
  }

  @Test
  void oneUnreadableFileOfTheArchiveDoesNotKeepTheOthers() throws Exception {
    FileId bad = arrived("a", "x", ERA);
    Path file = Arrived.parse(bad, folders.arrived.read(bad).orElseThrow()).archive();
    Files.delete(file);
    Files.createDirectory(file);
    FileId gone = arrived("b", "x", ERA);
    Files.delete(Arrived.parse(gone, folders.arrived.read(gone).orElseThrow()).archive());
    FileId good = arrived("c", "good", ERA);

    sendAgain("era-2");

    List<Message> deposits = deposits();
    assertEquals(1, deposits.size());
    assertEquals(good, Home.parcels(deposits).get(0).id());
    assertEquals(2, folders.told("not-sent-again").size());
  }

  @Test
  void whatCannotBeSentAgainSinceTheArchiveIsNotMountedIsSentOnceItIs() throws Exception {
    FileId underWay = arrived("a", "under way", ERA);
    FileId dead = arrived("b", "dead", ERA);
    failed(dead, 1);
    letters();
    FileId removed = arrived("c", "x", ERA);
    Files.delete(Arrived.parse(removed, folders.arrived.read(removed).orElseThrow()).archive());
    FileId damaged = arrived("d", "x", ERA);
    folders.arrived.write(damaged, "arrived name=a by");
    Path away = unmount();
    Resending resending = resending("era-2", Runnable::run);

    assertTrue(resending.attempt(), "once more");
    assertTrue(resending.attempt(), "and again");

    assertEquals(2, folders.told("not-sent-again").size(), "the damaged one, and all others once");
    assertTrue(folders.told("not-sent-again").get(1).contains("is it mounted?"));
    assertEquals(List.of(), deposits());
    assertEquals(List.of(), letters());

    mount(away);
    assertFalse(resending.attempt(), "that is all");

    assertEquals(underWay, Home.parcels(deposits()).get(0).id());
    assertEquals(dead, Home.parcels(letters()).get(0).id());
    assertEquals(1, folders.told("all-sent-again").size());
    assertEquals(3, folders.told("not-sent-again").size(), "and the one that was removed");
  }

  /** Published over the broker of that era. */
  private FileId published(String name, String era) throws IOException {
    Entry entry = folders.claimed(name, name);
    folders.spool.adopt(era);
    assertTrue(folders.spool.become(entry, State.PUBLISHED));
    return entry.id();
  }

  @Test
  void whatAReceiptCouldNotTakeIsSentAgainBeforeTheFilesBehindIt() throws Exception {
    FileId first = published("1", ERA);
    FileId second = published("2", ERA);
    FileId third = arrived("3", "3", ERA);
    FileId fourth = published("4", ERA);
    FileId fifth = arrived("5", "5", ERA);
    published("6", ERA);

    sendAgain("era-2");

    List<FileId> sent = Home.parcels(deposits()).stream().map(Parcel::id).toList();
    assertEquals(List.of(first, second, third, fourth, fifth), sent, "the rest is the spool's");
  }

  @Test
  void whatTheSpoolHasSentToThisBrokerIsNotSentFromHere() throws Exception {
    published("1", "era-2");
    FileId second = arrived("2", "2", ERA);

    sendAgain("era-2");

    assertEquals(List.of(second), Home.parcels(deposits()).stream().map(Parcel::id).toList());
  }

  @Test
  void whatStandsInTheSpoolAndCannotBeReadKeepsNothing() throws Exception {
    FileId first = published("1", ERA);
    Path gone = folders.spool.find(first).orElseThrow().file();
    FileId second = arrived("2", "2", ERA);
    Files.delete(gone);
    Files.createDirectory(gone);

    sendAgain("era-2");

    assertEquals(List.of(second), Home.parcels(deposits()).stream().map(Parcel::id).toList());
  }

  @Test
  void overADeadLinkNothingIsSentAgainAndNothingIsSaid() throws Exception {
    arrived("a", "x", ERA);
    Resending resending = resending("era-2", Runnable::run);
    resending.end();
    assertFalse(resending.attempt());
    assertEquals(List.of(), folders.told("not-sent-again"));
    assertEquals(List.of(), deposits());
  }

  @Test
  void oneDamagedRecordDoesNotKeepTheOthers() throws Exception {
    FileId damaged = arrived("a", "x", ERA);
    folders.arrived.write(damaged, "arrived name=a by");
    FileId good = arrived("b", "good", ERA);
    FileId dead = arrived("c", "dead", ERA);
    failed(dead, 1);
    letters();
    folders.dead.write(damaged, "\0\0\0");

    sendAgain("era-2");

    assertEquals(good, Home.parcels(deposits()).get(0).id());
    assertEquals(dead, Home.parcels(letters()).get(0).id());
    List<String> told = folders.told("not-sent-again");
    assertEquals(2, told.size());
    assertTrue(told.get(0).contains(damaged.value()), "whoever mends it must know which");
  }
}
