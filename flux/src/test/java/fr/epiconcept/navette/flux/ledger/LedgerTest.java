package fr.epiconcept.navette.flux.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.log.FluxLogs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final LocalDate DAY = LocalDate.parse("2026-11-23");

  @TempDir Path folder;
  private final FluxLogs logs = new FluxLogs();
  private final FileIds ids = new FileIds(InstantSource.fixed(NOON));
  private Path spool;
  private FluxLog log;
  private Ledger ledger;

  @BeforeEach
  void open() throws IOException {
    spool = Files.createDirectory(folder.resolve("spool"));
    log = logs.open(new FluxName("labo"), folder.resolve("labo.log"));
    ledger = new Ledger(spool, log);
  }

  @AfterEach
  void close() {
    logs.close();
  }

  private Map<FileId, Booked> read() throws IOException {
    return LedgerView.of(spool).read(DAY, id -> true);
  }

  private FileId claimed(String name) {
    FileId id = ids.next();
    ledger.claimed(id, TreeName.decode(name), 7, Optional.empty());
    return id;
  }

  private Path file() {
    return spool.resolve("ledger").resolve(DAY.toString());
  }

  private static Optional<End> end(Booked booked) {
    return booked.end();
  }

  @Test
  void tellsTheNewestIdWhateverHasBecomeOfItsFile() throws Exception {
    assertEquals(Optional.empty(), LedgerView.of(spool).newest());
    claimed("a");
    FileId newest = claimed("b");
    ledger.ended(newest, End.PROCESSED);
    ledger.claimed(
        new FileIds(InstantSource.fixed(NOON.minus(Duration.ofDays(1)))).next(),
        TreeName.of(FileName.of("of yesterday")),
        7,
        Optional.empty());
    Files.writeString(file(), "claimed id=01JDCB3V8Q", StandardOpenOption.APPEND);
    Files.writeString(spool.resolve("ledger/2026-11-24"), "damage\n");

    assertEquals(Optional.of(newest), LedgerView.of(spool).newest());
  }

  @Test
  void keepsNamesThatAreNoText() throws Exception {
    FileId id = ids.next();
    TreeName name = TreeName.of(FileName.of(new byte[] {'a', ' ', '\n', (byte) 0xE9, '%'}));
    ledger.claimed(id, name, 7, Optional.empty());

    assertEquals(Optional.of(name), read().get(id).name());
    assertEquals(Optional.of(7L), read().get(id).bytes());
  }

  @Test
  void theLastEndCountsAndABytesCountIsThatOfThePublishedFile() throws Exception {
    FileId id = claimed("a");
    assertEquals(Optional.empty(), end(read().get(id)));
    ledger.sent(id, 9, "ab");
    ledger.ended(id, End.DEAD_WITHOUT_CONTENT);
    assertEquals(Optional.of(End.DEAD_WITHOUT_CONTENT), end(read().get(id)));
    ledger.ended(id, End.PROCESSED);
    ledger.claimed(id, TreeName.decode("a/b"), 7, Optional.empty());

    assertEquals(
        new Booked(
            id,
            Optional.of(TreeName.decode("a/b")),
            Optional.of(9L),
            Optional.of("ab"),
            Optional.of(End.PROCESSED)),
        read().get(id));
  }

  @Test
  void aLineThatAPowerCutToreSpoilsNeitherThoseBeforeNorThoseAfter() throws Exception {
    FileId before = claimed("before");
    Files.writeString(file(), "claimed id=" + ids.next() + " by", StandardOpenOption.APPEND);
    ledger = new Ledger(spool, log);
    FileId after = claimed("after");

    assertEquals(List.of(before, after), List.copyOf(read().keySet()));
  }

  @Test
  void damageIsLeftOut() throws Exception {
    FileId id = claimed("a");
    Files.write(file(), new byte[] {0, (byte) 0xFF, '\n'}, StandardOpenOption.APPEND);
    Files.writeString(
        file(),
        "claimed id=x\nclaimed\n\nended id=" + id + " as=what\n",
        StandardCharsets.US_ASCII,
        StandardOpenOption.APPEND);

    assertEquals(1, read().size());
    assertEquals(Optional.empty(), end(read().get(id)));
  }

  @Test
  void whatCannotBeWrittenIsToldOnceAndWrittenLater() throws Exception {
    Files.writeString(spool.resolve("ledger"), "in the way");
    FileId one = claimed("one");
    FileId two = claimed("two");
    Files.delete(spool.resolve("ledger"));
    FileId three = claimed("three");

    assertEquals(List.of(one, two, three), List.copyOf(read().keySet()));
    List<String> told = Files.readAllLines(folder.resolve("labo.log"));
    assertEquals(2, told.size(), told::toString);
    assertTrue(told.get(0).contains("ledger-not-written"), told::toString);
    assertTrue(told.get(1).contains("ledger-goes-on lost=0"), told::toString);
  }

  @Test
  void aSpoolThatIsAwayForAWhileIsNotMadeAnewForItsBooks() throws Exception {
    FileId before = claimed("a");
    Path away = Files.move(spool, folder.resolve("away"));
    FileId meanwhile = claimed("b");
    FileId still = claimed("c");
    assertFalse(Files.exists(spool));

    Files.move(away, spool);
    FileId after = claimed("d");

    assertEquals(List.of(before, meanwhile, still, after), List.copyOf(read().keySet()));
  }

  @Test
  void isWrittenAgainWhereSomebodyRemovedIt() throws Exception {
    claimed("a");
    Files.delete(file());
    Files.delete(file().getParent());
    FileId lost = claimed("b");
    FileId next = claimed("c");

    assertEquals(List.of(lost, next), List.copyOf(read().keySet()));
  }

  @Test
  void anOldDayGoesOnceAllOfItsFilesHaveEnded() throws Exception {
    FileId one = claimed("one");
    FileId two = claimed("two");
    ledger.ended(one, End.PROCESSED);
    ledger.ended(two, End.DEAD);
    Instant later = NOON.plus(Duration.ofDays(40));

    assertEquals(0, ledger.expire(later, Duration.ofDays(30)), "one is a dead letter");
    ledger.ended(two, End.REPLAYED);
    assertEquals(0, ledger.expire(NOON.plus(Duration.ofDays(20)), Duration.ofDays(30)));
    assertEquals(1, ledger.expire(later, Duration.ofDays(30)));

    assertFalse(Files.exists(file()));
    assertEquals(0, LedgerView.of(spool).days().size());
  }

  @Test
  void booksThatWereNeverBegunAreEmptyAndNothingIsMade() throws Exception {
    assertEquals(0, LedgerView.of(spool).days().size());
    assertEquals(Map.of(), read());
    assertFalse(Files.exists(spool.resolve("ledger")));
  }
}
