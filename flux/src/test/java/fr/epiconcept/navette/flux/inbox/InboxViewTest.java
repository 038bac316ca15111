package fr.epiconcept.navette.flux.inbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.ReadyRules.EmptyFile;
import fr.epiconcept.navette.flux.config.ReadyRules.Marker;
import fr.epiconcept.navette.flux.config.ReadyRules.Neighbour;
import fr.epiconcept.navette.flux.inbox.InboxView.Standing;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboxViewTest {
  private static final FluxName HL7 = new FluxName("hl7");
  private static final FluxName CSV = new FluxName("csv");

  @TempDir Path folder;

  private static ReadyRules rules(Marker marker, boolean hash, List<String> match) {
    return new ReadyRules(
        Duration.ZERO,
        marker,
        hash,
        match,
        List.of("*.bak"),
        EmptyFile.WAIT,
        Duration.ofSeconds(30));
  }

  private InboxView view() {
    return new InboxView(folder, rules(Marker.NONE, false, List.of()));
  }

  private void write(String... names) throws IOException {
    for (String name : names) {
      Files.writeString(folder.resolve(name), "x");
    }
  }

  private static List<String> names(InboxView view) throws IOException {
    return view.list().stream().map(TreeName::toString).toList();
  }

  private static Optional<String> why(InboxView view, String name) {
    return view.look(TreeName.decode(name)).orElseThrow().why();
  }

  @Test
  void aCompleteFileHasNoReason() throws IOException {
    write("a.hl7");
    Standing standing = view().look(TreeName.decode("a.hl7")).orElseThrow();
    assertEquals(Optional.empty(), standing.why());
    assertEquals(1, standing.bytes());
  }

  @Test
  void eachReasonIsNamed() throws Exception {
    write("a.tmp", "b.bak", ".hidden");
    Files.createFile(folder.resolve("empty"));
    Files.createDirectory(folder.resolve("sub"));
    Files.createSymbolicLink(folder.resolve("link"), Path.of("/etc/hostname"));
    assertEquals(Optional.of("ignored by the pattern *.tmp"), why(view(), "a.tmp"));
    assertEquals(Optional.of("ignored by the pattern *.bak"), why(view(), "b.bak"));
    assertEquals(Optional.of("ignored: dot file"), why(view(), ".hidden"));
    assertEquals(Optional.of("empty"), why(view(), "empty"));
    assertEquals(Optional.of("a folder: only files are taken"), why(view(), "sub"));
    assertEquals(Optional.of("a symbolic link: it goes to quarantine"), why(view(), "link"));
    InboxView picky = new InboxView(folder, rules(Marker.NONE, false, List.of("*.hl7")));
    write("c.txt");
    assertEquals(Optional.of("unmatched: no pattern of the flux takes it"), why(picky, "c.txt"));
  }

  @Test
  void whereSeveralShareTheFolderEachFileIsListedOnceWithTheFluxThatTakesIt() throws Exception {
    write("a.hl7", "a.hl7.ok", "b.csv", "e.ok", "c.txt", ".hidden", "d.tmp");
    ReadyRules hl7 = rules(Marker.OK_SUFFIX, false, List.of("*.hl7"));
    ReadyRules csv = rules(Marker.NONE, false, List.of("*.csv", "*.ok"));
    InboxView first = new InboxView(folder, beside(hl7, new Neighbour(CSV, false, csv)));
    InboxView second = new InboxView(folder, beside(csv, new Neighbour(HL7, true, hl7)));

    assertEquals(Set.of("a.hl7", "c.txt", ".hidden", "d.tmp"), Set.copyOf(names(first)));
    assertEquals(Set.of("b.csv", "e.ok"), Set.copyOf(names(second)));
    assertEquals(Optional.of("unmatched: no pattern of the flux takes it"), why(first, "c.txt"));
    assertEquals(Optional.of("left to flux hl7"), why(second, "a.hl7.ok"), "its marker too");
  }

  private static ReadyRules beside(ReadyRules rules, Neighbour neighbour) {
    return new ReadyRules(
        rules.quiet(),
        rules.marker(),
        rules.hash(),
        rules.match(),
        rules.ignore(),
        rules.empty(),
        rules.rescan(),
        rules.order(),
        List.of(neighbour));
  }

  @Test
  void aFileThatItsWriterHasOpenSaysSo() throws IOException {
    Path file = folder.resolve("growing");
    try (OutputStream writer = Files.newOutputStream(file)) {
      writer.write('x');
      assertEquals(Optional.of("its writer has not closed it"), why(view(), "growing"));
    }
    assertEquals(Optional.empty(), why(view(), "growing"));
  }

  @Test
  void companionsAreMissedAndThoseThatAreThereAreNotListed() throws IOException {
    InboxView marked = new InboxView(folder, rules(Marker.OK_SUFFIX, true, List.of()));
    write("a", "b", "b.ok", "c", "c.ok", "c.sha256", "orphan.ok");
    assertEquals(Optional.of("its marker is not there"), why(marked, "a"));
    assertEquals(Optional.of("its .sha256 is not there"), why(marked, "b"));
    assertEquals(Optional.empty(), why(marked, "c"));
    assertEquals(Optional.of("ignored: belongs to orphan"), why(marked, "orphan.ok"));
    assertEquals(List.of("a", "b", "c", "orphan.ok"), names(marked).stream().sorted().toList());
  }

  @Test
  void whatNavettePutsThereItselfIsNotListed() throws IOException {
    Files.createDirectory(folder.resolve(".navette"));
    Files.createDirectory(folder.resolve(".ok"));
    Files.createDirectory(folder.resolve(".navette-run-01M84Z0JV38N63DNTHRZ7PR7PT"));
    write("a");
    assertEquals(
        List.of("a"), names(new InboxView(folder, rules(Marker.OK_FOLDER, false, List.of()))));
  }

  @Test
  void aFileThatIsOnlyCalledLikeWhatNavettePutsThereIsListedWithItsReason() throws IOException {
    List<String> theirs = List.of(".navette", ".navette-01M84Z0JV38N63DNTHRZ7PR7PT.part", ".ok");
    write(theirs.toArray(String[]::new));
    InboxView view = new InboxView(folder, rules(Marker.OK_FOLDER, false, List.of()));
    assertEquals(theirs, names(view).stream().sorted().toList());
    for (String name : theirs) {
      assertEquals(Optional.of("ignored: dot file"), why(view, name));
    }
  }

  @Test
  void filesAreListedAsTheyArrivedWhateverTheirMtimeSays() throws Exception {
    write("z", "a");
    // Until the file system's clock has gone on.
    while (!changed("a").isAfter(changed("z"))) {
      write("a");
    }
    Files.setLastModifiedTime(folder.resolve("a"), FileTime.from(Instant.EPOCH));
    assertEquals(List.of("z", "a"), names(view()));
  }

  private Instant changed(String name) throws IOException {
    return ((FileTime) Files.getAttribute(folder.resolve(name), "unix:ctime")).toInstant();
  }

  @Test
  void aFileThatIsGoneAndAFolderThatIsMissingAreTold() {
    assertTrue(view().look(TreeName.decode("gone")).isEmpty());
    InboxView missing =
        new InboxView(folder.resolve("missing"), rules(Marker.NONE, false, List.of()));
    assertThrows(NoSuchFileException.class, missing::list);
  }
}
