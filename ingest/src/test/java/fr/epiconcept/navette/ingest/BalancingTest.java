package fr.epiconcept.navette.ingest;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.ReadyRules.EmptyFile;
import fr.epiconcept.navette.flux.config.ReadyRules.Marker;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.ledger.Booked;
import fr.epiconcept.navette.flux.ledger.LedgerView;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.view.Balance;
import fr.epiconcept.navette.flux.view.Period;
import fr.epiconcept.navette.flux.view.Replayed;
import fr.epiconcept.navette.flux.view.Unbalanced;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.jms.Connection;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The books of a whole flux at work, with a broker, and with a worker that the test plays. */
class BalancingTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Asker ROOT = new Asker("root", true);
  private static final List<String> MENDED_BY_A_REPLAY =
      List.of(
          "in the archive, but nobody knows how it ended",
          "dead, but its record",
          "is damaged",
          "dead, but its letter is not in",
          "it has arrived and not ended, but the broker has neither");
  private static final Period ALL = new Period(Optional.empty(), Optional.empty());

  @TempDir static Path shared;
  private static Home home;

  @TempDir Path root;
  private final Turns turns = new Turns();
  private final FluxLogs logs = new FluxLogs();
  private FluxName flux;
  private FluxFolders folders;
  private FolderWatcher watcher;
  private Connection connection;
  private Connection worker;
  private FluxIngest ingest;
  private final List<Unbalanced> remainder = new ArrayList<>();

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
    folders = new FluxFolders(root.resolve(flux.value()), flux);
    watcher = FolderWatcher.start("inotify-test");
    connection = home.inside();
    worker = home.worker("w1");
    startIngest();
  }

  @AfterEach
  void close() throws Exception {
    ingest.close();
    watcher.close();
    connection.close();
    worker.close();
    turns.close();
    logs.close();
    folders.close();
  }

  private void startIngest() throws IOException {
    ingest =
        new FluxIngest(
            flux,
            section(),
            folders.root.resolve("state"),
            logs.open(flux, root.resolve("flux.log")),
            new FluxIngest.Shared(
                new FileIds(InstantSource.system()),
                turns,
                watcher,
                size -> true,
                0,
                Duration.ofMillis(200),
                new QueueHold.Parts(
                    new Holds(folders.root.resolve("state"), Side.INGEST),
                    home.broker::hold,
                    InstantSource.system()),
                Contents.of(home.broker),
                several -> false,
                Checkpoint.NONE));
    ingest.linked(connection, "era-1");
  }

  /** Its check refuses what says "bad", and has not yet judged what says "later". */
  private IngestSection section() {
    IngestSection plain =
        folders.section(
            Optional.of(
                List.of(
                    "/bin/sh",
                    "-c",
                    "grep -q later \"$1\" && exit 75; ! grep -q bad \"$1\"",
                    "check",
                    "{file}")),
            Duration.ofMinutes(1));
    ReadyRules ready =
        new ReadyRules(
            Duration.ZERO,
            Marker.NONE,
            false,
            List.of(),
            List.of(),
            EmptyFile.ACCEPT,
            Duration.ofSeconds(30));
    return new IngestSection(
        plain.inbox(),
        plain.spool(),
        plain.archive(),
        plain.quarantine(),
        plain.out(),
        ready,
        plain.check(),
        plain.checkTimeout(),
        plain.log());
  }

  // --- what happens to files ---

  private void deposit(String name, String content) throws IOException {
    Path part = Files.writeString(folders.inbox.resolve(name + ".part"), content);
    Files.move(part, folders.inbox.resolve(name));
  }

  private static void awaitThat(String what, Callable<Boolean> holds) {
    await(what).atMost(SOON).pollInterval(Duration.ofMillis(20)).until(holds);
  }

  /** One file in each state: processed, dead, quarantined, claimed, published and arrived. */
  private void fill() throws Exception {
    deposit("processed", "1234");
    deposit("dead", "1234");
    deposit("refused", "bad");
    deposit("claimed", "later");
    deposit("published", "1234");
    deposit("arrived", "1234");
    awaitThat("all are taken", () -> booked().size() == 6);
    awaitThat(
        "four are published",
        () -> booked().stream().filter(each -> each.sha256().isPresent()).count() == 4);
    awaitThat("one is refused", () -> !files(folders.quarantineFolder).isEmpty());
    receipt(id("arrived"));
    take(Addresses.deposits(flux), id("processed"));
    home.say("w1", flux, outcome(id("processed"), Result.PROCESSED));
    take(Addresses.deposits(flux), id("dead"));
    home.say("w1", flux, outcome(id("dead"), Result.FAILED));
    awaitThat("all is settled", () -> home.count(Addresses.returns(flux)) == 0);
  }

  private void receipt(FileId id) throws Exception {
    home.say("w1", flux, new Receipt(flux, id, Receipt.Of.DEPOSIT, 1, "w1"));
  }

  private Outcome outcome(FileId id, Result result) {
    return new Outcome(
        flux,
        id,
        1,
        result,
        Optional.of(result == Result.PROCESSED ? 0 : 3),
        Duration.ofMillis(5),
        1,
        result == Result.PROCESSED ? "" : "exit 3",
        "w1");
  }

  /** Takes one message out of a queue, for good. */
  private static Message take(String queue, FileId id) throws Exception {
    try (Connection own = home.inside();
        Session session = own.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer =
            session.createConsumer(session.createQueue(queue), "navette_id = '" + id + "'")) {
      Message message = consumer.receive(5000);
      assertNotNull(message, queue);
      return message;
    }
  }

  private List<Booked> booked() throws IOException {
    List<Booked> all = new ArrayList<>();
    LedgerView books = LedgerView.of(folders.spool.folder());
    for (LocalDate day : books.days()) {
      all.addAll(books.read(day, id -> true).values());
    }
    return all;
  }

  private FileId id(String name) throws IOException {
    return booked().stream()
        .filter(each -> each.name().orElseThrow().toString().equals(name))
        .findFirst()
        .orElseThrow()
        .id();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted(Comparator.naturalOrder()).toList();
    }
  }

  /** The file of that id below a folder, whatever it is called. */
  private static Path fileOf(FileId id, Path folder) throws IOException {
    return files(folder).stream()
        .filter(file -> file.toString().contains(id.value()) && !file.toString().endsWith(".txt"))
        .findFirst()
        .orElseThrow();
  }

  // --- the balance ---

  private Balance balance(boolean deep) throws Exception {
    remainder.clear();
    return new Balancing(
            flux,
            section(),
            Optional.of(() -> Queued.of(home.broker, flux)),
            () -> TimeUnit.MILLISECONDS.sleep(100),
            InstantSource.system(),
            ZoneId.systemDefault())
        .balance(ALL, deep, remainder::add);
  }

  private Balance balanced() throws Exception {
    Balance sum = balance(false);
    assertEquals(List.of(), remainder);
    assertEquals(0, sum.remainder());
    assertEquals(
        sum.received(),
        sum.processed() + sum.quarantined() + sum.dead() + sum.waiting() + sum.replayed());
    return sum;
  }

  @Test
  void balancesWhereNothingIsLost() throws Exception {
    fill();

    Balance sum = balanced();

    assertEquals(6, sum.received());
    assertEquals(1, sum.processed());
    assertEquals(1, sum.quarantined());
    assertEquals(1, sum.dead());
    assertEquals(3, sum.waiting());
    assertEquals(0, sum.unbooked());
    assertTrue(sum.queuesChecked());
    balance(true);
    assertEquals(List.of(), remainder, "nor where bytes are compared");
  }

  /** A hand that does harm. */
  interface Harm {
    void to(BalancingTest flux) throws Exception;
  }

  record Loss(String of, String told, Harm harm) {
    @Override
    public String toString() {
      return of + ": " + told;
    }
  }

  static Stream<Loss> losses() {
    return Stream.of(
        new Loss("claimed", "claimed, and gone", test -> test.deleteFile("claimed", "spool")),
        new Loss("published", "claimed, and gone", test -> test.deleteFile("published", "spool")),
        new Loss(
            "processed",
            "processed, but not in the archive",
            test -> test.deleteFile("processed", "archive")),
        new Loss(
            "arrived",
            "not ended, and no longer in the archive",
            test -> test.deleteFile("arrived", "archive")),
        new Loss(
            "dead",
            "dead, and no longer in the archive",
            test -> test.deleteFile("dead", "archive")),
        new Loss(
            "arrived",
            "in the archive, but nobody knows how it ended",
            test -> Files.delete(test.record("arrived", "arrived"))),
        new Loss("dead", "dead, but its record", test -> Files.delete(test.record("dead", "dead"))),
        new Loss(
            "dead",
            "is damaged",
            test -> Files.writeString(test.record("dead", "dead"), "arrived name=a by")),
        new Loss(
            "dead",
            "dead, but its letter is not in",
            test -> take(Addresses.dead(test.flux), test.id("dead"))),
        new Loss(
            "published",
            "published, but the broker has neither",
            test -> take(Addresses.deposits(test.flux), test.id("published"))),
        new Loss(
            "arrived",
            "it has arrived and not ended, but the broker has neither",
            test -> take(Addresses.deposits(test.flux), test.id("arrived"))),
        new Loss(
            "refused",
            "there is only its reason",
            test -> test.deleteFile("refused", "quarantine")),
        new Loss(
            "refused", "in quarantine without its reason", test -> Files.delete(test.reason())),
        new Loss(
            "refused",
            "refused, but neither the file nor its reason",
            test -> {
              Files.delete(test.reason());
              test.deleteFile("refused", "quarantine");
            }),
        new Loss("processed", "has 5 bytes, 4 were published", test -> test.grow("processed")),
        new Loss("arrived", "has 5 bytes, 4 have arrived", test -> test.grow("arrived")),
        new Loss(
            "published",
            "has 5 bytes, 4 were published",
            test ->
                Files.writeString(
                    fileOf(test.id("published"), test.folders.spool.folder()),
                    "5",
                    StandardOpenOption.APPEND)));
  }

  private void deleteFile(String name, String folder) throws IOException {
    Files.delete(fileOf(id(name), folders.root.resolve(folder)));
  }

  private Path record(String kind, String name) throws IOException {
    return folders.spool.folder().resolve(kind).resolve(id(name).value());
  }

  private Path reason() throws IOException {
    return files(folders.quarantineFolder).stream()
        .filter(file -> file.toString().endsWith(".reason.txt"))
        .findFirst()
        .orElseThrow();
  }

  private void grow(String name) throws IOException {
    Files.writeString(fileOf(id(name), folders.archiveFolder), "5", StandardOpenOption.APPEND);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void namesWhatIsLost(Loss loss) throws Exception {
    fill();
    loss.harm().to(this);

    Balance sum = balance(false);

    assertEquals(1, remainder.size(), remainder::toString);
    Unbalanced lost = remainder.get(0);
    assertEquals(id(loss.of()), lost.id());
    assertEquals(loss.of(), lost.name());
    assertTrue(lost.what().contains(loss.told()), lost::what);
    assertFalse(lost.then().isBlank());
    assertEquals(1, sum.remainder());
    assertEquals(
        sum.received(),
        sum.processed() + sum.quarantined() + sum.dead() + sum.waiting() + sum.remainder());
  }

  /** Those of which the balance says: replay it. */
  static Stream<Loss> lossesThatAReplayMends() {
    return losses().filter(loss -> MENDED_BY_A_REPLAY.stream().anyMatch(loss.told()::equals));
  }

  @ParameterizedTest
  @MethodSource("lossesThatAReplayMends")
  void theReplayThatItAdvisesBringsTheFileBackAndTheBooksInOrder(Loss loss) throws Exception {
    fill();
    loss.harm().to(this);
    if (loss.told().contains("nobody knows")) {
      take(Addresses.deposits(flux), id("arrived"));
    }
    balance(false);
    Unbalanced lost = remainder.get(0);
    String advice = "'navette replay " + flux + " --id " + lost.id() + "'";
    assertTrue(lost.then().contains(advice), lost::then);

    List<Replayed> shown = new ArrayList<>();
    List<Replayed> done = new ArrayList<>();
    ingest.replay().show(only(lost.id()), item -> replayed(item).ifPresent(shown::add));
    ingest.replay().run(only(lost.id()), ROOT, item -> replayed(item).ifPresent(done::add));

    assertEquals(Optional.empty(), shown.get(0).problem(), "nor was there any before");
    assertEquals(Optional.empty(), done.get(0).problem());
    FileId fresh = done.get(0).as().orElseThrow();
    awaitThat("it is on its way", () -> Queued.of(home.broker, flux).isUnderWay(fresh));
    assertFalse(Queued.of(home.broker, flux).hasLetter(lost.id()));
    assertEquals(1, balanced().replayed());
  }

  private static Optional<Replayed> replayed(Object item) {
    return item instanceof Replayed file ? Optional.of(file) : Optional.empty();
  }

  private static ReplayOrder only(FileId id) {
    return new ReplayOrder(
        false, Optional.of(id), Optional.empty(), Optional.empty(), Optional.empty());
  }

  @Test
  void aFileThatTheBrokerHasIsNotReplayedThoughSomebodyNamesIt() throws Exception {
    fill();
    List<Replayed> done = new ArrayList<>();
    ingest.replay().run(only(id("arrived")), ROOT, item -> replayed(item).ifPresent(done::add));
    assertTrue(done.get(0).problem().orElseThrow().contains("under way"), done::toString);
    assertEquals(3, balanced().waiting());
  }

  @Test
  void otherBytesOfTheSameLengthAreFoundWhereBytesAreCompared() throws Exception {
    fill();
    Files.writeString(fileOf(id("processed"), folders.archiveFolder), "4321");

    balanced();
    balance(true);

    assertEquals(1, remainder.size());
    assertTrue(remainder.get(0).what().contains("other bytes"), remainder::toString);
  }

  @Test
  void whatAWorkerHasAndDidNotSettleIsWaiting() throws Exception {
    fill();
    try (Session session = worker.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer =
            session.createConsumer(session.createQueue(Addresses.deposits(flux)))) {
      assertNotNull(consumer.receive(5000));

      assertEquals(3, balanced().waiting());
    }
  }

  @Test
  void aDeadLetterThatWasSentBackIsWaiting() throws Exception {
    fill();
    try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer =
            session.createProducer(session.createQueue(Addresses.deposits(flux)))) {
      producer.send(take(Addresses.dead(flux), id("dead")));
    }

    Balance sum = balanced();

    assertEquals(0, sum.dead());
    assertEquals(4, sum.waiting());
  }

  @Test
  void whatWasPurgedFromTheArchiveIsNoLoss() throws Exception {
    fill();
    take(Addresses.deposits(flux), id("arrived"));
    home.say("w1", flux, outcome(id("arrived"), Result.PROCESSED));
    awaitThat("all is settled", () -> home.count(Addresses.returns(flux)) == 0);
    deleteFile("processed", "archive");
    deleteFile("arrived", "archive");
    Files.delete(record("dead", "dead"));
    deleteFile("dead", "archive");
    String tomorrow =
        LocalDate.ofInstant(InstantSource.system().instant(), ZoneOffset.UTC)
            .plusDays(2)
            .toString();
    Files.writeString(
        Files.createDirectory(folders.archiveFolder.resolve(tomorrow)).resolve("x"), "");

    Balance sum = balance(false);

    assertEquals(2, sum.purged());
    assertEquals(2, sum.processed());
    assertEquals(
        List.of("dead"),
        remainder.stream().map(Unbalanced::name).toList(),
        "one that had not ended was not purged");
  }

  @Test
  void whatWasClaimedInTheMomentOfAKillIsCountedAndBookedByTheNextStart() throws Exception {
    ingest.close();
    folders.claimed("a", "later");
    Balance before = balanced();
    assertEquals(1, before.received());
    assertEquals(1, before.unbooked());

    startIngest();

    assertEquals(0, balanced().unbooked());
    Files.delete(fileOf(id("a"), folders.spool.folder()));
    balance(false);
    assertEquals(1, remainder.size(), "from now on it is missed");
  }

  @Test
  void whatIsUnderWayIsBookedAnewWhereTheBooksWereLost() throws Exception {
    fill();
    List<FileId> underWay = List.of(id("dead"), id("claimed"), id("published"), id("arrived"));
    ingest.close();
    for (Path day : files(folders.spool.folder().resolve("ledger"))) {
      Files.delete(day);
    }

    startIngest();

    assertEquals(
        Set.copyOf(underWay), booked().stream().map(Booked::id).collect(Collectors.toSet()));
    assertEquals(2, balanced().unbooked(), "the one that was processed, and the one in quarantine");
    deleteFile("published", "spool");
    balance(false);
    assertEquals(List.of("published"), remainder.stream().map(Unbalanced::name).toList());
  }

  @Test
  void onlyFilesOfThePeriodAreCounted() throws Exception {
    fill();
    Period before = new Period(Optional.empty(), Optional.of(id("processed").time()));

    Balance sum =
        Balancing.fromDisk(flux, section(), () -> {}, InstantSource.system())
            .balance(before, false, remainder::add);

    assertEquals(0, sum.received());
    assertFalse(sum.queuesChecked());
  }

  @Test
  void filesOfAClockThatWasAheadAreCounted() throws Exception {
    fill();
    InstantSource putBack = () -> Instant.now().minus(Duration.ofDays(2));

    Balance sum =
        Balancing.fromDisk(flux, section(), () -> {}, putBack).balance(ALL, false, remainder::add);

    assertEquals(6, sum.received());
  }

  @Test
  void fromTheDiskAloneTheRestIsChecked() throws Exception {
    fill();
    take(Addresses.deposits(flux), id("published"));
    deleteFile("processed", "archive");

    Balancing.fromDisk(flux, section(), () -> {}, InstantSource.system())
        .balance(ALL, false, remainder::add);

    assertEquals(List.of("processed"), remainder.stream().map(Unbalanced::name).toList());
  }

  @Test
  void aSpoolThatIsNotThereDoesNotBalance() throws Exception {
    ingest.close();
    Files.move(folders.spool.folder(), root.resolve("away"));

    assertThrows(IOException.class, () -> balance(false));
    assertFalse(Files.exists(folders.spool.folder()), "and nothing is made");
  }

  @Test
  @Timeout(60)
  void balancesAgainAndAgainWhileFilesMove() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    Thread partner = running(stop, n -> deposit("f" + n, n % 7 == 0 ? "bad" : "good"));
    Thread front = running(stop, n -> work(n));
    try {
      for (int i = 0; i < 20 || processed() < 50; i++) {
        balanced();
      }
    } finally {
      stop.set(true);
      partner.join();
      front.join();
    }
    balanced();
  }

  private long processed() throws IOException {
    return booked().stream().filter(each -> each.end().isPresent()).count();
  }

  private interface Doing {
    void once(int n) throws Exception;
  }

  private static Thread running(AtomicBoolean stop, Doing doing) {
    Thread thread =
        new Thread(
            () -> {
              for (int n = 0; !stop.get(); n++) {
                try {
                  doing.once(n);
                  TimeUnit.MILLISECONDS.sleep(3);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              }
            });
    thread.start();
    return thread;
  }

  private Session session;
  private MessageConsumer deposits;
  private MessageProducer returns;

  /** Settles as a worker does: outcome and message in one transaction, the receipt before. */
  private void work(int n) throws Exception {
    if (session == null) {
      session = worker.createSession(true, Session.SESSION_TRANSACTED);
      deposits = session.createConsumer(session.createQueue(Addresses.deposits(flux)));
      returns = session.createProducer(session.createQueue(Addresses.returns(flux)));
    }
    Message message = deposits.receive(100);
    if (message == null) {
      return;
    }
    Parcel parcel = Contract.read(message);
    if (n % 3 == 0) {
      receipt(parcel.id());
    }
    Result result = n % 5 == 0 ? Result.FAILED : Result.PROCESSED;
    returns.send(Messages.of(session, outcome(parcel.id(), result)));
    session.commit();
  }
}
