package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.message.CorruptPayload;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.config.FolderTarget;
import fr.epiconcept.navette.flux.config.FolderTarget.IfExists;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.ingest.Answers.Taken;
import fr.epiconcept.navette.ingest.Answers.Taken.Stands;
import fr.epiconcept.navette.ingest.Answers.Taken.Waits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnswersTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final Instant MODIFIED = Instant.parse("2026-01-02T03:04:05.678Z");

  @TempDir static Path shared;
  private static Home home;
  private static Connection connection;
  private static Session session;

  @TempDir Path root;
  private FluxFolders folders;

  @BeforeAll
  static void start() throws Exception {
    home = Home.start(shared);
    connection = home.inside();
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
  }

  @AfterAll
  static void stop() throws Exception {
    connection.close();
    home.close();
  }

  @BeforeEach
  void lay() throws Exception {
    folders = new FluxFolders(root, LABO);
  }

  @AfterEach
  void close() {
    folders.close();
  }

  private Answers answers(IfExists ifExists, Checkpoint checkpoint) {
    return answers(Optional.of(folders.outTarget(ifExists)), checkpoint);
  }

  private Answers answers(Optional<FolderTarget> target, Checkpoint checkpoint) {
    return new Answers(target, folders.marks, folders.log, checkpoint);
  }

  private Taken take(IfExists ifExists, Answer answer) throws Exception {
    return take(answers(ifExists, Checkpoint.NONE), answer);
  }

  private static Taken take(Answers answers, Answer answer) throws Exception {
    return answers.take(answer.parcel(), answer.message());
  }

  /** An acknowledgement as it comes; each delivery is read from its beginning. */
  private record Answer(Acknowledgement parcel, BytesMessage read) {
    BytesMessage message() throws Exception {
      read.reset();
      return read;
    }
  }

  private Answer answer(FileId id, String name, String content) throws Exception {
    Path file = Files.writeString(root.resolve("sent-" + id), content);
    FileIdentity looks = FileIdentity.of(file);
    Acknowledgement parcel =
        new Acknowledgement(
            LABO, id, FileName.of(name), looks.size(), MODIFIED, Optional.empty(), "w1");
    try (Messages.Outgoing outgoing = Messages.of(session, parcel, file, looks)) {
      return new Answer(parcel, (BytesMessage) outgoing.message());
    }
  }

  private Answer answer(String name, String content) throws Exception {
    return answer(folders.newId(), name, content);
  }

  private List<String> inOut() throws IOException {
    try (var files = Files.list(folders.out)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void anAnswerFromASubFolderStandsThere() throws Exception {
    Answer answer = answer("ack.hl7", "MSA|AA");
    Answer below = new Answer(answer.parcel().from(SubFolder.decode("a/b")), answer.read());
    assertInstanceOf(Stands.class, take(IfExists.SUFFIX, below));
    assertEquals("MSA|AA", Files.readString(folders.out.resolve("a/b/ack.hl7")));
  }

  /** What stands in such an out goes on to a server, and only from its top. */
  @Test
  void anAnswerFromASubFolderWaitsWhereOutHasNone() throws Exception {
    Answers flat =
        new Answers(
            Optional.of(folders.outTarget(IfExists.SUFFIX)),
            List.of(),
            Optional.of(new Object()),
            folders.marks,
            folders.log,
            Checkpoint.NONE);
    Answer answer = answer("ack.hl7", "MSA|AA");
    Answer below = new Answer(answer.parcel().from(SubFolder.decode("a/b")), answer.read());
    Taken.Waits waits = assertInstanceOf(Taken.Waits.class, take(flat, below));
    assertTrue(waits.reason().contains("a/b/ack.hl7"), waits.reason());
    assertEquals(List.of(), inOut());
    assertTrue(flat.mayWait());
    assertInstanceOf(Stands.class, take(flat, answer));
  }

  @Test
  void anAnswerStandsInOutAsTheFluxWantsIt() throws Exception {
    assertInstanceOf(Stands.class, take(IfExists.SUFFIX, answer("ack.hl7", "MSA|AA")));

    Path landed = folders.out.resolve("ack.hl7");
    assertEquals("MSA|AA", Files.readString(landed));
    assertEquals(MODIFIED, Files.getLastModifiedTime(landed).toInstant());
    assertEquals(
        PosixFilePermissions.fromString("rw-r-----"), Files.getPosixFilePermissions(landed));
    assertEquals(1, folders.told("acknowledged").size());
    assertEquals(List.of("ack.hl7"), inOut());
  }

  @Test
  void anAnswerThatStoodAlreadyStandsAndIsNotPutThereAgain() throws Exception {
    Answer answer = answer("ack.hl7", "x");
    take(IfExists.SUFFIX, answer);
    Files.delete(folders.out.resolve("ack.hl7"));

    assertInstanceOf(Stands.class, take(IfExists.SUFFIX, answer));

    assertEquals(List.of(), inOut(), "a partner had taken it away");
    assertEquals(1, folders.told("acknowledged").size());
  }

  @Test
  void aFluxWithoutAnOutFolderLetsItWait() throws Exception {
    Answers none = answers(Optional.empty(), Checkpoint.NONE);
    Waits waits = assertInstanceOf(Waits.class, take(none, answer("ack", "x")));
    assertTrue(waits.reason().contains("ingest.out"), waits::reason);
  }

  @Test
  void anOutFolderThatIsAwayIsAFaultAndNothingIsMarked() throws Exception {
    Answer answer = answer("ack", "x");
    Files.delete(folders.out);

    assertThrows(IOException.class, () -> take(IfExists.SUFFIX, answer));

    assertFalse(folders.marks.isDone(answer.parcel().id()));
    Files.createDirectory(folders.out);
    assertInstanceOf(Stands.class, take(IfExists.SUFFIX, answer));
    assertEquals(List.of("ack"), inOut());
  }

  @Test
  void withHoldATakenNameMakesItWaitUntilTheNameIsFree() throws Exception {
    Path taken = Files.writeString(folders.out.resolve("ack.hl7"), "old");
    Answer answer = answer("ack.hl7", "new");

    Waits waits = assertInstanceOf(Waits.class, take(IfExists.HOLD, answer));
    assertTrue(waits.reason().contains(taken.toString()), waits::reason);
    assertEquals("old", Files.readString(taken));
    assertEquals(List.of(), folders.told("acknowledged"));

    Files.delete(taken);
    assertInstanceOf(Stands.class, take(IfExists.HOLD, answer));
    assertEquals("new", Files.readString(taken));
    assertEquals(List.of("ack.hl7"), inOut());
  }

  @Test
  void withSuffixATakenNameGetsANumber() throws Exception {
    Files.writeString(folders.out.resolve("ack.hl7"), "old");
    take(IfExists.SUFFIX, answer("ack.hl7", "second"));
    take(IfExists.SUFFIX, answer("ack.hl7", "third"));
    assertEquals("old", Files.readString(folders.out.resolve("ack.hl7")));
    assertEquals("second", Files.readString(folders.out.resolve("ack.2.hl7")));
    assertEquals("third", Files.readString(folders.out.resolve("ack.3.hl7")));
  }

  @Test
  void withOverwriteItTakesThePlaceOfTheOldOne() throws Exception {
    Files.writeString(folders.out.resolve("ack.hl7"), "old");
    take(IfExists.OVERWRITE, answer("ack.hl7", "new"));
    assertEquals("new", Files.readString(folders.out.resolve("ack.hl7")));
    assertEquals(List.of("ack.hl7"), inOut());
  }

  @Test
  void aCorruptAnswerIsNeverSeenInOut() throws Exception {
    Answer good = answer("ack", "12345");
    Acknowledgement lies =
        new Acknowledgement(
            LABO, good.parcel().id(), FileName.of("ack"), 4, MODIFIED, Optional.empty(), "w1");

    assertThrows(
        CorruptPayload.class,
        () -> answers(IfExists.SUFFIX, Checkpoint.NONE).take(lies, good.message()));

    assertEquals(List.of(), inOut());
    assertFalse(folders.marks.isDone(good.parcel().id()));
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"WRITTEN", "LANDING", "LANDED"})
  void afterACrashAtAnyStepItStandsOnceAndIsTold(Step step) throws Exception {
    for (IfExists ifExists : IfExists.values()) {
      String name = ifExists + ".hl7";
      Answer answer = answer(name, "content");
      assertThrows(Crash.class, () -> take(answers(ifExists, Crash.at(step)), answer));

      assertInstanceOf(Stands.class, take(ifExists, answer));

      assertEquals("content", Files.readString(folders.out.resolve(name)));
      assertTrue(folders.marks.isDone(answer.parcel().id()));
      assertEquals(
          1,
          folders.told("acknowledged").stream().filter(line -> line.contains(name)).count(),
          () -> name + " is told");
    }
    assertEquals(3, inOut().size(), "each once, and nothing hidden is left");
  }

  @Test
  void anAnswerThatWasTakenAwayDuringACrashIsToldAndNotPutThereAgain() throws Exception {
    Answer answer = answer("ack", "x");
    assertThrows(Crash.class, () -> take(answers(IfExists.SUFFIX, Crash.at(Step.LANDED)), answer));
    Files.delete(folders.out.resolve("ack"));

    assertInstanceOf(Stands.class, take(IfExists.SUFFIX, answer));

    assertEquals(List.of(), inOut());
    assertEquals(1, folders.told("acknowledged").size());
  }
}
