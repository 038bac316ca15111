package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.file.PrivateFolder;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswersTest {
  @TempDir Path root;
  private Front front;
  private Spool spool;
  private Answers answers;
  private FileId id;
  private Attempt first;

  @BeforeEach
  void front() throws Exception {
    front = new Front(root);
    id = front.ids.next();
    first = new Attempt(id, 1, 1);
    restart();
  }

  private void restart() throws Exception {
    Front.Parts parts = front.parts();
    spool = parts.spool();
    answers = parts.answers();
  }

  @AfterEach
  void close() {
    front.close();
  }

  private static Set<String> namesOf(List<Entry> entries) {
    return entries.stream().map(entry -> entry.name().display()).collect(Collectors.toSet());
  }

  private Path runFolder() {
    return front.out.resolve(".navette-run-" + id);
  }

  private Set<String> discarded() throws IOException {
    return Set.copyOf(front.values("answer-discarded", "name"));
  }

  @Test
  void whatARunLeftIsInTheSpoolInTheNameOfItsDeposit() throws Exception {
    Path folder = answers.prepare(first);
    Files.writeString(folder.resolve("one"), "1");
    Files.writeString(folder.resolve("two"), "2");
    List<Entry> taken = answers.collect(first);
    assertEquals(Set.of("one", "two"), namesOf(taken));
    for (Entry entry : taken) {
      assertEquals(Optional.of(id), entry.related());
    }
    assertEquals(2, spool.list(State.CLAIMED).size());
    assertEquals(Set.of(), Front.names(front.out), "no folder is left");
  }

  // --- sub-folders ---

  private static List<String> pathsOf(List<Entry> entries) {
    return entries.stream().map(entry -> entry.path().encoded()).toList();
  }

  @Test
  void answersInSubFoldersKeepThem() throws Exception {
    front.recursive = true;
    restart();
    SubFolder of = SubFolder.decode("a/b");
    Path folder = answers.prepare(first, of);
    assertTrue(Files.isDirectory(folder.resolve("a/b")), "the deposit's is there already");
    assertEquals(
        Files.getPosixFilePermissions(front.out),
        Files.getPosixFilePermissions(folder.resolve("a/b")));
    Files.writeString(folder.resolve("a/b/one"), "1");
    Files.createDirectories(folder.resolve("c"));
    Files.writeString(folder.resolve("c/two"), "2");
    Files.writeString(folder.resolve("three"), "3");
    assertEquals(List.of("a/b/one", "c/two", "three"), pathsOf(answers.collect(first)));
    assertEquals(Set.of(), Front.names(front.out), "no folder is left");
    assertEquals(Set.of(), discarded(), "an empty folder is nothing that is thrown away");
  }

  @Test
  void aLinkInARunsFolderLeadsToNobodysFiles() throws Exception {
    front.recursive = true;
    restart();
    Path strangers = Files.createDirectory(root.resolve("strangers"));
    Path theirs = Files.writeString(strangers.resolve("secret"), "another's");
    Path folder = answers.prepare(first);
    Files.createSymbolicLink(folder.resolve("link"), strangers);
    Files.createDirectories(folder.resolve(".hidden"));
    Files.writeString(folder.resolve(".hidden/half"), "h");
    assertEquals(List.of(), answers.collect(first));
    assertEquals("another's", Files.readString(theirs));
    assertEquals(Set.of("link", ".hidden"), discarded());
  }

  @Test
  void withoutRecursiveAFolderIsNoAnswer() throws Exception {
    Path folder = answers.prepare(first, SubFolder.decode("a/b"));
    assertEquals(Set.of(), Front.names(folder));
    Files.createDirectories(folder.resolve("a"));
    Files.writeString(folder.resolve("a/one"), "1");
    assertEquals(List.of(), answers.collect(first));
    assertEquals(Set.of("a"), discarded());
  }

  @Test
  void answersComeInTheOrderOfTheirNames() throws Exception {
    Path folder = answers.prepare(first);
    for (String name : List.of("c", "a", "b")) {
      Files.writeString(folder.resolve(name), name);
    }
    assertEquals(
        List.of("a", "b", "c"),
        answers.collect(first).stream().map(entry -> entry.name().display()).toList());
  }

  @Test
  void collectedOnceMoreAfterACrashTheSameAnswersAreThere() throws Exception {
    Path folder = answers.prepare(first);
    Files.writeString(folder.resolve("one"), "1");
    List<Entry> taken = answers.collect(first);
    restart();
    assertEquals(taken, answers.collect(first));
  }

  @Test
  void aCollectThatACrashCutIsFinishedByTheNext() throws Exception {
    Path folder = answers.prepare(first);
    Files.writeString(folder.resolve("one"), "1");
    Files.writeString(folder.resolve("two"), "2");
    spool.claim(
        folder, fr.epiconcept.navette.flux.FileName.of("one"), front.ids.next(), Optional.of(id));
    restart();
    assertEquals(Set.of("one", "two"), namesOf(answers.collect(first)));
  }

  @Test
  void whatWasSettledIsNotGivenAgain() throws Exception {
    Path folder = answers.prepare(first);
    Files.writeString(folder.resolve("one"), "1");
    for (Entry entry : answers.collect(first)) {
      spool.become(entry, State.PUBLISHED);
    }
    assertEquals(List.of(), answers.collect(first));
  }

  @Test
  void aRunWithoutAnswersLeavesNothing() throws Exception {
    answers.prepare(first);
    assertEquals(List.of(), answers.collect(first));
    assertEquals(Set.of(), Front.names(front.out));
    assertEquals(List.of(), front.lines("answer-discarded"));
  }

  @Test
  void aFileThatNeverRanHasNoAnswers() throws Exception {
    assertEquals(List.of(), answers.collect(new Attempt(id, 1, 0)));
  }

  // --- runs that are repeated ---

  @Test
  void theNextRunFindsAnEmptyFolderOfItsOwn() throws Exception {
    Path of1 = answers.prepare(first);
    Files.writeString(of1.resolve("half"), "1");
    Path of2 = answers.prepare(new Attempt(id, 1, 2));
    assertFalse(of1.equals(of2), "an orphan of the first run writes elsewhere");
    assertEquals(Set.of(), Front.names(of2));
    assertFalse(Files.exists(of1));
    assertEquals(Set.of("half"), discarded());
  }

  @Test
  void whatAnOrphanWritesIsNoAnswerOfTheRunThatRepeatsIt() throws Exception {
    Path of1 = answers.prepare(first);
    Attempt second = new Attempt(id, 1, 2);
    Path of2 = answers.prepare(second);
    Files.writeString(of2.resolve("good"), "2");
    Files.createDirectories(of1);
    Files.writeString(of1.resolve("orphan"), "1");
    assertEquals(Set.of("good"), namesOf(answers.collect(second)));
    assertEquals(Set.of("orphan"), discarded());
    assertEquals(Set.of(), Front.names(front.out));
  }

  @Test
  void theSameAttemptOfALaterRoundHasAnotherFolder() {
    assertFalse(answers.folder(first).equals(answers.folder(new Attempt(id, 2, 1))));
  }

  // --- what is no answer ---

  @Test
  void hiddenFilesFoldersLinksAndPipesAreThrownAwayAndSaid() throws Exception {
    Path secret = Files.writeString(root.resolve("secret"), "of another flux");
    Path folder = answers.prepare(first);
    Files.writeString(folder.resolve("good"), "1");
    Files.writeString(folder.resolve(".half"), "1");
    Files.writeString(Files.createDirectory(folder.resolve("folder")).resolve("in"), "1");
    Files.createSymbolicLink(folder.resolve("link"), secret);
    Files.createSymbolicLink(folder.resolve("folder").resolve("out"), root);
    assertEquals(0, new ProcessBuilder("mkfifo", folder + "/pipe").start().waitFor());

    assertEquals(Set.of("good"), namesOf(answers.collect(first)));
    assertEquals(Set.of(".half", "folder", "link", "pipe"), discarded());
    assertEquals("of another flux", Files.readString(secret), "links are not followed");
    assertEquals(Set.of(), Front.names(front.out));
  }

  @Test
  void aLinkInThePlaceOfTheRunsFolderIsNeverFollowed() throws Exception {
    Path treasure = Files.createDirectory(root.resolve("treasure"));
    Files.writeString(treasure.resolve("coin"), "1");
    Files.createSymbolicLink(runFolder(), treasure);

    assertEquals(List.of(), answers.collect(first));
    assertEquals("1", Files.readString(treasure.resolve("coin")));

    Files.deleteIfExists(runFolder());
    Files.createSymbolicLink(runFolder(), treasure);
    Path folder = answers.prepare(first);
    assertEquals("1", Files.readString(treasure.resolve("coin")), "the link goes, not its target");
    assertTrue(Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void aLinkInThePlaceOfTheAttemptsFolderIsNeverFollowed() throws Exception {
    Path treasure = Files.createDirectory(root.resolve("treasure"));
    Files.writeString(treasure.resolve("coin"), "1");
    Path folder = answers.prepare(first);
    Files.delete(folder);
    Files.createSymbolicLink(folder, treasure);

    assertEquals(List.of(), answers.collect(first));
    assertEquals("1", Files.readString(treasure.resolve("coin")));
  }

  @Test
  void aStagingFolderThatTheScriptMadeUpIsNotTaken() throws Exception {
    Path folder = answers.prepare(first);
    Path staging = Files.createDirectory(folder.resolve(Spool.STAGING));
    Files.setPosixFilePermissions(staging, PosixFilePermissions.fromString("rwxrwxrwx"));
    FileId madeUp = front.ids.next();
    Files.writeString(Files.createDirectory(staging.resolve(madeUp.value())).resolve("x"), "x");

    assertEquals(List.of(), answers.collect(first));
    assertEquals(List.of(), spool.list(State.CLAIMED));
    assertEquals(Set.of(), Front.names(front.out));
  }

  @Test
  void whatWasLeftInStagingByACrashIsFetched() throws Exception {
    Path folder = answers.prepare(first);
    Path staging = folder.resolve(Spool.STAGING);
    PrivateFolder.make(staging).close();
    FileId own = front.ids.next();
    Path left = Files.createDirectory(staging.resolve(own + "." + id));
    Files.writeString(left.resolve("ack"), "1");

    List<Entry> taken = answers.collect(first);
    assertEquals(Set.of("ack"), namesOf(taken));
    assertEquals(own, taken.get(0).id());
    assertEquals(Set.of(), Front.names(front.out));
    assertEquals(List.of(), front.lines("answer-discarded"));
  }

  // --- rights ---

  @Test
  void theFolderHasOwnerGroupAndModeOfOut() throws Exception {
    GroupPrincipal group =
        root.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName("daemon");
    PosixFileAttributeView out =
        Files.getFileAttributeView(front.out, PosixFileAttributeView.class);
    boolean root = "root".equals(System.getProperty("user.name"));
    if (root) {
      out.setGroup(group);
    }
    out.setPermissions(PosixFilePermissions.fromString("rwxrwx---"));

    Path folder = answers.prepare(first);
    PosixFileAttributes expected = Files.readAttributes(front.out, PosixFileAttributes.class);
    PosixFileAttributes made = Files.readAttributes(folder, PosixFileAttributes.class);
    assertEquals(expected.permissions(), made.permissions());
    assertEquals(expected.group(), made.group());
    assertEquals(expected.owner(), made.owner());
  }

  @Test
  void nobodyButTheDaemonWritesBesideTheFolderOfARun() throws Exception {
    Files.setPosixFilePermissions(front.out, PosixFilePermissions.fromString("rwxrwxrwx"));
    answers.prepare(first);
    assertEquals(
        "rwx--x--x", PosixFilePermissions.toString(Files.getPosixFilePermissions(runFolder())));
  }

  @Test
  void withoutOutTheFoldersStandInTheStateFolder() throws Exception {
    front.outOrNone = Optional.empty();
    restart();
    Path folder = answers.prepare(first);
    assertTrue(folder.startsWith(front.state), folder::toString);
    Files.writeString(folder.resolve("one"), "1");
    assertEquals(Set.of("one"), namesOf(answers.collect(first)));
  }
}
