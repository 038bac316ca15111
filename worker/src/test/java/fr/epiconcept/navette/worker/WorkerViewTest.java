package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FolderTarget;
import fr.epiconcept.navette.flux.config.FolderTarget.IfExists;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.RetryRules;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.config.WorkerSection;
import fr.epiconcept.navette.flux.config.WorkerSection.OnFailure;
import fr.epiconcept.navette.flux.config.WorkerSection.OnInterrupt;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.view.Listing;
import fr.epiconcept.navette.flux.view.Selection;
import fr.epiconcept.navette.flux.view.Selection.Part;
import fr.epiconcept.navette.flux.view.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerViewTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final Selection EVERYTHING = Selection.all(Instant.EPOCH);
  private static final Instant AT = Instant.parse("2026-11-23T10:00:00Z");

  @TempDir Path root;
  private final FileIds ids = new FileIds(InstantSource.system());
  private final List<Waiting> files = new ArrayList<>();
  private final List<String> unseen = new ArrayList<>();
  private Path state;
  private Path out;

  private final Listing listing =
      new Listing() {
        @Override
        public void waiting(Waiting file) {
          files.add(file);
        }

        @Override
        public void unseen(FluxName flux, String why) {
          unseen.add(why);
        }
      };

  @BeforeEach
  void lay() throws IOException {
    state = root.resolve("state");
    out = Files.createDirectory(root.resolve("out"));
  }

  private WorkerSection section() {
    return new WorkerSection(
        "files1",
        new FolderTarget(
            root.resolve("storage"),
            Optional.empty(),
            Optional.empty(),
            PosixFilePermissions.fromString("rw-r-----"),
            IfExists.SUFFIX),
        List.of("/bin/true"),
        Optional.empty(),
        Optional.empty(),
        root.resolve("storage"),
        Map.of(),
        Duration.ofMinutes(5),
        Optional.empty(),
        Optional.of(out),
        ReadyRules.defaults(),
        1,
        32,
        RetryRules.defaults(),
        OnFailure.CONTINUE,
        OnInterrupt.RERUN,
        1024,
        root.resolve("log"));
  }

  private WorkerView view() {
    return WorkerView.of(LABO, section(), state);
  }

  private FileId marked(String name, MarkLine... more) throws IOException {
    FileId id = ids.next();
    Marks marks = new Marks(state.resolve("flux/labo/deposits"));
    marks.write(id, MarkLine.of("landing", "folder", root.resolve("storage"), "name", name));
    for (MarkLine line : more) {
      marks.write(id, line);
    }
    return id;
  }

  private List<String> lines() {
    return files.stream().map(file -> file.place() + " " + file.name()).toList();
  }

  @Test
  void ofAServerThatHasNeverRunNothingWaitsAndNothingIsMade() throws IOException {
    view().list(EVERYTHING, listing);
    assertEquals(List.of(), files);
    assertEquals(List.of(), unseen);
    assertFalse(Files.exists(state));
  }

  @Test
  void openMarksAndAcknowledgementsAreListedAndClosedMarksAreNot() throws IOException {
    marked("waits");
    marked("later", Progress.started(1, AT), Progress.later(1, 75, AT));
    FileId done = marked("done");
    new Marks(state.resolve("flux/labo/deposits")).close(done);
    Spool spool = new Spool(state.resolve("flux/labo/spool"));
    for (String name : List.of("ack1", "ack2")) {
      Files.writeString(out.resolve(name), "1");
      Entry entry = spool.claim(out, FileName.of(name), ids.next(), Optional.empty()).orElseThrow();
      if (name.equals("ack1")) {
        spool.become(entry, State.PUBLISHED);
      }
    }
    Files.writeString(out.resolve("ack3"), "1");
    Files.createDirectory(out.resolve(".navette-run-" + ids.next()));
    view().list(EVERYTHING, listing);
    assertEquals(
        List.of("PROCESSING waits", "LATER later", "ANSWER ack1", "ANSWER ack2", "ANSWER ack3"),
        lines());
    files.clear();
    view().list(EVERYTHING.of(Part.DEPOSITS), listing);
    assertEquals(List.of("PROCESSING waits", "LATER later"), lines());
  }

  @Test
  void theAnswersToAFileAreFoundByItsId() throws IOException {
    FileId deposit = ids.next();
    Spool spool = new Spool(state.resolve("flux/labo/spool"));
    for (Optional<FileId> related : List.of(Optional.of(deposit), Optional.<FileId>empty())) {
      Files.writeString(out.resolve("ack"), "1");
      assertTrue(spool.claim(out, FileName.of("ack"), ids.next(), related).isPresent());
    }
    view().list(EVERYTHING.of(deposit), listing);
    assertEquals(1, files.size());
  }

  @Test
  void aHoldIsToldWithItsReason() throws IOException {
    assertEquals(Optional.empty(), view().serving().held());
    Path hold = Files.createDirectories(state.resolve("hold")).resolve("labo");
    Files.writeString(hold, "on-failure: stop, after: the script answered 1\n");
    marked("waits");
    view().list(EVERYTHING, listing);
    assertEquals(
        "the flux is held: on-failure: stop, after: the script answered 1", files.get(0).why());
    assertEquals(
        Optional.of("on-failure: stop, after: the script answered 1"), view().serving().held());
    new Holds(state, Side.WORKER).put(LABO, "alice", "stock", AT, Optional.empty());
    assertEquals(Optional.of("stock (alice)"), view().serving().held());
  }

  @Test
  void aDamagedMarkStopsNoOther() throws IOException {
    FileId damaged = marked("a", MarkLine.of("finished", "result", "nonsense"));
    marked("b");
    view().list(EVERYTHING, listing);
    assertEquals(List.of("PROCESSING b"), lines());
    assertEquals(1, unseen.stream().filter(why -> why.contains(damaged.value())).count());
  }
}
