package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import fr.epiconcept.navette.broker.carry.Cargo.Judgement;
import fr.epiconcept.navette.broker.carry.Cargo.Judgement.Good;
import fr.epiconcept.navette.broker.carry.Cargo.Judgement.Refused;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Messages.Outgoing;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.ReadyRules.EmptyFile;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.Hashing;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Repeats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DepositCargoTest {
  private static final FluxName LABO = new FluxName("labo");

  @TempDir Path root;
  private FluxFolders folders;

  @BeforeEach
  void lay() throws Exception {
    folders = new FluxFolders(root, LABO);
  }

  @AfterEach
  void close() {
    folders.close();
  }

  private DepositCargo cargo(EmptyFile empty, String... check) {
    Optional<List<String>> command =
        check.length == 0 ? Optional.empty() : Optional.of(List.of(check));
    return new DepositCargo(
        LABO,
        new Check(LABO, folders.section(command, Duration.ofMinutes(1))),
        new Quarantine(
            new KeptFolder(folders.quarantineFolder, ZoneOffset.UTC),
            folders.spool,
            folders.ledger,
            folders.log,
            Checkpoint.NONE),
        empty,
        folders.ledger,
        Home.ONE_WORKER);
  }

  @Test
  void anEmptyFileIsRefusedWithoutACheckWhereTheFluxSaysSo() throws Exception {
    Entry empty = folders.claimed("empty", "");
    Judgement judgement = cargo(EmptyFile.QUARANTINE, "/bin/sh", "-c", "exit 0").judge(empty);
    assertEquals("empty", assertInstanceOf(Refused.class, judgement).reason());
  }

  @Test
  void anEmptyFileIsAFileLikeAnyOtherElsewhere() throws Exception {
    Entry empty = folders.claimed("empty", "");
    assertInstanceOf(Good.class, cargo(EmptyFile.ACCEPT).judge(empty));
    assertInstanceOf(Good.class, cargo(EmptyFile.WAIT).judge(empty));
    Judgement judgement = cargo(EmptyFile.ACCEPT, "/bin/sh", "-c", "exit 4").judge(empty);
    assertEquals("the check answered 4", assertInstanceOf(Refused.class, judgement).reason());
  }

  @Test
  void aFileOfOneByteIsNotEmpty() throws Exception {
    Entry small = folders.claimed("small", "x");
    assertInstanceOf(Good.class, cargo(EmptyFile.QUARANTINE).judge(small));
  }

  @Test
  void theParcelSaysWhatTheFileIs() throws Exception {
    Entry entry = folders.claimed("a.hl7", "12345");
    Instant modified = Instant.parse("2020-02-29T01:02:03.456789Z");
    Files.setLastModifiedTime(entry.file(), FileTime.from(modified));

    assertEquals(
        new Deposit(LABO, entry.id(), entry.name(), 5, modified, 1, Optional.empty()),
        cargo(EmptyFile.ACCEPT).parcel(entry, FileIdentity.of(entry.file())));
  }

  @Test
  void aLargeFileStaysHereAndTheBrokerGetsItsHashAlone() throws Exception {
    Entry large = folders.claimed("large", "x".repeat(Messages.LARGE + 1));
    FileIdentity looks = FileIdentity.of(large.file());
    DepositCargo cargo = cargo(EmptyFile.ACCEPT);
    try (Home home = Home.start(Files.createDirectory(root.resolve("home")));
        Connection connection = home.inside();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      try (Outgoing outgoing = cargo.message(session, large, looks)) {
        assertFalse(outgoing.message() instanceof BytesMessage);
        Deposit says = assertInstanceOf(Deposit.class, Contract.read(outgoing.message()));
        String hash = HexFormat.of().formatHex(Hashing.sha256(large.file()));
        assertEquals(Optional.of(hash), says.fetched());
        assertEquals(hash, outgoing.sha256());
      }
      assertEquals(0, cargo.carried(looks));
      Files.writeString(large.file(), "y".repeat(Messages.LARGE + 1));
      assertThrows(IOException.class, () -> cargo.message(session, large, looks).close());

      Entry small = folders.claimed("small", "x".repeat(Messages.LARGE));
      FileIdentity its = FileIdentity.of(small.file());
      try (Outgoing outgoing = cargo.message(session, small, its)) {
        assertInstanceOf(BytesMessage.class, outgoing.message());
        Deposit says = assertInstanceOf(Deposit.class, Contract.read(outgoing.message()));
        assertEquals(Optional.empty(), says.fetched());
      }
      assertEquals(Messages.LARGE, cargo.carried(its));
    }
  }

  @Test
  void theParcelOfAReplaySaysWhichDepositItRepeats() throws Exception {
    Entry first = folders.claimed("a.hl7", "12345");
    Entry replay =
        new Repeats(folders.spool).prepare(first.file(), first.name(), folders.newId(), first.id());

    Deposit parcel = cargo(EmptyFile.ACCEPT).parcel(replay, FileIdentity.of(first.file()));

    assertEquals(Optional.of(first.id()), parcel.replayOf());
    assertEquals(replay.id(), parcel.id());
  }

  @Test
  void aRefusedDepositGoesToQuarantine() throws Exception {
    Entry entry = folders.claimed("a.hl7", "x");
    cargo(EmptyFile.ACCEPT).refuse(entry, new Refused("bad", ""));
    assertEquals(Optional.empty(), folders.spool.find(entry.id()), "the spool has it no more");
    assertEquals(1, folders.told("quarantined").size());
  }
}
