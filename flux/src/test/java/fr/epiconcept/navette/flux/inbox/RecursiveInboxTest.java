package fr.epiconcept.navette.flux.inbox;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.ReadyRules.EmptyFile;
import fr.epiconcept.navette.flux.config.ReadyRules.Marker;
import fr.epiconcept.navette.flux.config.ReadyRules.Neighbour;
import fr.epiconcept.navette.flux.config.ReadyRules.Order;
import fr.epiconcept.navette.flux.inbox.Inbox.Found;
import fr.epiconcept.navette.flux.inbox.Inbox.Look;
import fr.epiconcept.navette.flux.inbox.Verdict.Ready;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sub-folders of an inbox, with the kernel's own events; no listing comes by itself. */
class RecursiveInboxTest {
  @TempDir Path root;
  private Path folder;
  private Path aside;
  private FolderWatcher watcher;
  private Runnable endBelow = () -> {};
  private Inbox inbox;
  private final List<String> found = new ArrayList<>();
  private final List<Inbox.Refused> refused = new ArrayList<>();

  @BeforeEach
  void folders() throws IOException {
    folder = Files.createDirectory(root.resolve("inbox"));
    aside = Files.createDirectory(root.resolve("aside"));
    watcher = FolderWatcher.start("recursive-inbox-test");
  }

  @AfterEach
  void stop() {
    endBelow.run();
    watcher.close();
  }

  private static ReadyRules rules(
      Duration quiet, Marker marker, List<String> match, List<Neighbour> neighbours) {
    return new ReadyRules(
            quiet,
            marker,
            false,
            match,
            List.of("ignored*"),
            EmptyFile.ACCEPT,
            Duration.ofDays(1),
            Order.ARRIVAL,
            neighbours)
        .withSubFolders(true);
  }

  private static ReadyRules rules() {
    return rules(Duration.ZERO, Marker.NONE, List.of(), List.of());
  }

  private void watched(ReadyRules rules) throws IOException {
    inbox = new Inbox(folder, rules, System::nanoTime, () -> {});
    FolderWatcher.Watch watch = watcher.watch(folder, inbox);
    inbox.watchedBy(watch);
    endBelow = inbox.watchFolders(watcher);
    look();
  }

  private Look look() throws IOException {
    Look look = inbox.look();
    for (Found each : look.found()) {
      if (each.verdict() instanceof Ready) {
        found.add(each.name().encoded());
      } else {
        found.add(each.name().encoded() + " " + each.verdict());
      }
    }
    refused.addAll(look.refused());
    return look;
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
  }

  private void untilFound(String... names) {
    List<String> expected = List.of(names).stream().sorted().toList();
    soon()
        .untilAsserted(
            () -> {
              look();
              assertEquals(expected, found.stream().distinct().sorted().toList());
            });
  }

  private Path write(String path) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, path);
  }

  /** Takes what was found, as a claim does. */
  private void take(String path) throws IOException {
    Files.delete(folder.resolve(path));
    found.clear();
  }

  // --- as they come ---

  @Test
  void findsFilesAtAnyDepthThatWereThereBefore() throws IOException {
    write("x");
    write("a/y");
    write("a/b/c/z");
    watched(rules());
    untilFound("x", "a/y", "a/b/c/z");
  }

  @Test
  void findsAFileThatWasQuickerThanTheWatchOfItsFolders() throws IOException {
    watched(rules());
    // All of it before anybody looks: of what is in a, no event can tell.
    write("a/b/c/x");
    untilFound("a/b/c/x");
  }

  @Test
  void hearsOfFilesInFoldersThatCameBefore() throws IOException {
    watched(rules());
    write("a/b/first");
    untilFound("a/b/first");
    take("a/b/first");
    write("a/b/x");
    untilFound("a/b/x");
    take("a/b/x");
    Files.writeString(aside.resolve("y"), "y");
    Files.move(aside.resolve("y"), folder.resolve("a/b/y"));
    untilFound("a/b/y");
  }

  @Test
  void findsAWholeTreeThatIsMovedIn() throws IOException {
    Path tree = aside.resolve("tree");
    Files.createDirectories(tree.resolve("a/b"));
    Files.writeString(tree.resolve("x"), "x");
    Files.writeString(tree.resolve("a/b/y"), "y");
    watched(rules());
    Files.move(tree, folder.resolve("tree"), StandardCopyOption.ATOMIC_MOVE);
    untilFound("tree/x", "tree/a/b/y");
    take("tree/a/b/y");
    write("tree/a/b/later");
    untilFound("tree/a/b/later");
  }

  @Test
  void aFileOfATreeThatIsMovedInIsWatchedForAWhileSinceItsWriterMayGoOn() throws IOException {
    watched(rules(Duration.ofMillis(500), Marker.NONE, List.of(), List.of()));
    Path tree = Files.createDirectory(aside.resolve("tree"));
    Files.writeString(tree.resolve("x"), "x");
    Files.move(tree, folder.resolve("tree"), StandardCopyOption.ATOMIC_MOVE);
    TreeName name = TreeName.decode("tree/x");
    soon()
        .until(
            () -> {
              look();
              return inbox.known(name).isPresent();
            });
    assertEquals("it may still grow", inbox.known(name).orElseThrow().reason());
    untilFound("tree/x");
  }

  @Test
  void followsATreeThatIsRenamedWithinTheInbox() throws IOException {
    write("a/b/x");
    watched(rules());
    untilFound("a/b/x");
    found.clear();
    Files.move(folder.resolve("a"), folder.resolve("c"));
    untilFound("c/b/x");
    take("c/b/x");
    write("c/b/y");
    untilFound("c/b/y");
    assertTrue(found.stream().noneMatch(name -> name.startsWith("a/")), found.toString());
  }

  @Test
  void forgetsATreeThatIsMovedOutAndTakesItWhenItComesBack() throws IOException {
    write("a/b/keep");
    watched(rules());
    untilFound("a/b/keep");
    Files.move(folder.resolve("a"), aside.resolve("a"));
    Files.writeString(aside.resolve("a/b/y"), "not in the inbox");
    found.clear();
    // Told after it in the same queue, so what was to be heard of y has been.
    write("last");
    untilFound("last");
    assertEquals(List.of(), inbox.waiting());
    Files.move(aside.resolve("a"), folder.resolve("a"));
    untilFound("last", "a/b/keep", "a/b/y");
  }

  @Test
  void aFolderThatIsRemovedAndMadeAnewIsWatchedAnew() throws IOException {
    watched(rules());
    for (int i = 0; i < 20; i++) {
      write("a/b/x" + i);
      untilFound("a/b/x" + i);
      take("a/b/x" + i);
      Files.delete(folder.resolve("a/b"));
      Files.delete(folder.resolve("a"));
    }
  }

  @Test
  void whoeverWritesWhileFoldersComeIsHeardOf() throws Exception {
    watched(rules());
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      expected.add("d" + i % 7 + "/e" + i % 11 + "/f" + i);
    }
    Thread partner =
        new Thread(
            () -> {
              for (String path : expected) {
                try {
                  write(path);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              }
            });
    partner.start();
    untilFound(expected.toArray(String[]::new));
    partner.join();
  }

  @Test
  void filesOfSeveralFoldersGoInTheOrderInWhichTheyCame() throws IOException {
    for (String each : List.of("b", "a", "c")) {
      Files.createDirectory(folder.resolve(each));
    }
    watched(rules());
    for (String each : List.of("c/1", "a/2", "b/3", "a/4", "5")) {
      Path hidden = Files.writeString(aside.resolve("f"), each);
      Files.move(hidden, folder.resolve(each));
    }
    untilFound("c/1", "a/2", "b/3", "a/4", "5");
    assertEquals(List.of("c/1", "a/2", "b/3", "a/4", "5"), found);
  }

  @Test
  void namesOfFoldersAreBytes() throws IOException {
    watched(rules());
    FileName odd = FileName.of("r\u00e9\n".getBytes(ISO_8859_1));
    Path below = Files.createDirectory(odd.in(folder));
    Files.writeString(odd.in(below), "x");
    untilFound("r%E9%0A/r%E9%0A");
  }

  // --- what is left alone ---

  @Test
  void aLinkToAFolderLeadsToNobodysFiles() throws IOException {
    Files.writeString(aside.resolve("secret"), "another partner's");
    watched(rules());
    Files.createSymbolicLink(folder.resolve("link"), aside);
    untilFound("link NoRegularFile[kind=a symbolic link]");
  }

  @Test
  void aFolderThatBecomesALinkLeadsToNobodysFiles() throws IOException {
    Files.writeString(aside.resolve("x"), "another partner's");
    write("a/x");
    watched(rules(Duration.ofMillis(500), Marker.NONE, List.of(), List.of()));
    assertTrue(inbox.known(TreeName.decode("a/x")).isPresent());
    Files.move(folder.resolve("a"), root.resolve("moved"));
    Files.createSymbolicLink(folder.resolve("a"), aside);
    inbox.listAllLater();
    untilFound("a NoRegularFile[kind=a symbolic link]");
    assertTrue(Files.exists(aside.resolve("x")));
  }

  @Test
  void foldersThatAreHiddenOrMatchIgnoreAreLeftWithAllThatTheyHold() throws IOException {
    watched(rules());
    write(".hidden/x");
    write("lot.tmp/x");
    write("ignored-by-the-flux/x");
    write("a/.navette/x");
    write("a/seen");
    untilFound("a/seen");
    found.clear();
    inbox.listAllLater();
    Files.move(folder.resolve("lot.tmp"), folder.resolve("lot"));
    untilFound("lot/x", "a/seen");
  }

  @Test
  void matchIsForNamesOfFilesOnly() throws IOException {
    watched(rules(Duration.ZERO, Marker.NONE, List.of("*.hl7"), List.of()));
    write("a/x.txt");
    write("a.txt/x.hl7");
    untilFound("a.txt/x.hl7");
  }

  @Test
  void aFolderThatLiesTooDeepIsToldOnce() throws IOException {
    watched(rules());
    String deepest = "d/".repeat(32);
    write(deepest + "x");
    write(deepest + "e/y");
    untilFound(deepest + "x");
    inbox.listAllLater();
    look();
    inbox.listAllLater();
    look();
    assertEquals(1, refused.size(), refused.toString());
    assertEquals(deepest + "e", refused.get(0).folder().encoded());
    assertEquals("more than 32 folders deep: move it up", refused.get(0).why());
  }

  @Test
  void withoutRecursiveAFolderIsLeftAlone() throws IOException {
    watched(rules().withSubFolders(false));
    write("a/x");
    write("y");
    untilFound("y");
    inbox.listAllLater();
    look();
    assertFalse(found.contains("a/x"));
  }

  @Test
  void ofFluxesThatShareAnInboxOnlyThoseThatEnterFoldersTakeFilesThere() throws IOException {
    ReadyRules flat =
        rules(Duration.ZERO, Marker.NONE, List.of("*.hl7"), List.of()).withSubFolders(false);
    Neighbour first = new Neighbour(new FluxName("first"), true, flat);
    watched(rules(Duration.ZERO, Marker.NONE, List.of(), List.of(first)));
    write("x.hl7");
    write("a/x.hl7");
    untilFound("a/x.hl7");
  }

  // --- markers ---

  @Test
  void aMarkerStandsBesideItsDeposit() throws IOException {
    watched(rules(Duration.ZERO, Marker.OK_SUFFIX, List.of(), List.of()));
    write("a/x");
    write("b/x");
    write("a/x.ok");
    untilFound("a/x");
    assertEquals(
        List.of(folder.resolve("a/x.ok")),
        inbox.companionsOf(folder.resolve("a"), FileName.of("x")));
  }

  @Test
  void aFolderOfMarkersThatComesLateIsHeardOfAndSoAreItsMarkers() throws IOException {
    watched(rules(Duration.ZERO, Marker.OK_FOLDER, List.of(), List.of()));
    write("a/x");
    write("a/y");
    soon()
        .until(
            () -> {
              look();
              return inbox.known(TreeName.decode("a/y")).isPresent();
            });
    write("a/.ok/x");
    untilFound("a/x");
    write("a/.ok/y");
    untilFound("a/x", "a/y");
  }

  // --- where no watch is to be had ---

  @Test
  void whereAFolderCannotBeWatchedTheInboxIsListedOften() throws IOException {
    inbox = new Inbox(folder, rules(), System::nanoTime, () -> {});
    inbox.watchedBy(watcher.watch(folder, inbox));
    FolderWatcher full = FolderWatcher.start("recursive-inbox-full");
    full.close();
    endBelow = inbox.watchFolders(full);
    Look look = look();
    assertTrue(look.lookAgain().compareTo(Duration.ofSeconds(2)) > 0, "nothing to watch yet");
    write("a/x");
    untilFound("a/x");
    assertTrue(inbox.unwatched().isPresent());
    assertTrue(
        look().lookAgain().compareTo(Duration.ofSeconds(2)) <= 0,
        "as long as not all can be watched");
    write("a/later");
    untilFound("a/x", "a/later");
  }

  @Test
  void afterTheEndNothingBelowIsHeard() throws IOException {
    write("a/x");
    watched(rules());
    untilFound("a/x");
    take("a/x");
    endBelow.run();
    endBelow.run();
    write("a/y");
    write("last");
    untilFound("last");
  }

  // --- the same without a memory ---

  @Test
  void whoeverOnlyLooksSeesTheSameFilesAndWhyFoldersAreLeft() throws IOException {
    write("x");
    write("a/y");
    write("lot.tmp/z");
    String deepest = "d/".repeat(32);
    write(deepest + "e/y");
    Files.createDirectory(folder.resolve(".navette"));
    Files.createDirectory(folder.resolve("empty"));
    InboxView view = new InboxView(folder, rules());
    List<String> listed = view.list().stream().map(TreeName::encoded).sorted().toList();
    assertEquals(List.of("a/y", deepest + "e", "lot.tmp", "x"), listed);
    assertEquals(
        Optional.of("a folder, ignored by the pattern *.tmp"),
        view.look(TreeName.decode("lot.tmp")).orElseThrow().why());
    assertEquals(
        Optional.of("a folder, more than 32 folders deep: move it up"),
        view.look(TreeName.decode(deepest + "e")).orElseThrow().why());
    assertEquals(Optional.empty(), view.look(TreeName.decode("a/y")).orElseThrow().why());
    assertEquals(2, InboxCount.of(folder, rules()).files());
    assertEquals(2, InboxCount.names(folder, rules()));
    Files.delete(folder.resolve("x"));
    assertEquals("a/y", OldestFile.in(folder, rules()).orElseThrow().name().encoded());
  }
}
