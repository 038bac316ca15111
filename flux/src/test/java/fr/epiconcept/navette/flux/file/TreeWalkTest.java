package fr.epiconcept.navette.flux.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeWalkTest {
  @TempDir Path root;
  private Path top;
  private Path strangers;

  @BeforeEach
  void folders() throws IOException {
    top = Files.createDirectory(root.resolve("top"));
    strangers = Files.createDirectory(root.resolve("strangers"));
    Files.writeString(strangers.resolve("secret"), "another partner's");
  }

  private Path file(String path) throws IOException {
    Path file = top.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, path);
  }

  private static Optional<String> ignored(FileName name) {
    return SubFolder.whyNever(name)
        .or(() -> name.toString().endsWith(".tmp") ? Optional.of("tmp") : Optional.empty());
  }

  /** Everything that a walk tells, sorted. */
  private static final class Told implements TreeWalk.Visitor {
    private final List<String> all = new ArrayList<>();

    @Override
    public void met(TreeName name, Path way) {
      all.add(name.encoded());
    }

    @Override
    public void enters(Branch folder) throws IOException {
      all.add("> " + folder.folder().encoded());
    }

    @Override
    public void ignored(Branch above, FileName folder, String why) {
      all.add("ignored " + new TreeName(above.folder(), folder).encoded() + ": " + why);
    }

    @Override
    public void refused(TreeName folder, String why) {
      all.add("refused " + folder.encoded() + ": " + why);
    }
  }

  private List<String> walk(boolean recursive) throws IOException {
    Told told = new Told();
    new TreeWalk(top, recursive, TreeWalkTest::ignored).all(told);
    return told.all.stream().sorted().toList();
  }

  @Test
  void meetsEveryFileWithItsFolderAndEntersNoneThatIsIgnored() throws IOException {
    file("x");
    file("a/y");
    file("a/b/z");
    file(".hidden/no");
    file("a/lot.tmp/no");
    Files.createDirectory(top.resolve("empty"));

    assertEquals(
        List.of(
            "> a",
            "> a/b",
            "> empty",
            "a/b/z",
            "a/y",
            "ignored .hidden: ignored: dot folder",
            "ignored a/lot.tmp: tmp",
            "x"),
        walk(true));
    assertEquals(List.of(".hidden", "a", "empty", "x"), walk(false), "without sub-folders");
  }

  @Test
  void aLinkToAFolderIsALinkAndNotEntered() throws IOException {
    Files.createSymbolicLink(top.resolve("link"), strangers);
    file("a/x");
    Files.createSymbolicLink(top.resolve("a/up"), top);
    assertEquals(List.of("> a", "a/up", "a/x", "link"), walk(true));
  }

  @Test
  void aFolderThatBecomesALinkBetweenLookAndEntryIsNotEntered() throws IOException {
    file("a/b/x");
    List<String> met = new ArrayList<>();
    new TreeWalk(top, true, TreeWalkTest::ignored)
        .all(
            new TreeWalk.Visitor() {
              @Override
              public void met(TreeName name, Path way) {
                met.add(name.encoded());
              }

              @Override
              public void enters(Branch folder) throws IOException {
                // Its partner acts just now: the way that is open leads to what it was opened for.
                if (folder.folder().encoded().equals("a")) {
                  Files.move(top.resolve("a"), root.resolve("moved"));
                  Files.createSymbolicLink(top.resolve("a"), root);
                  Files.move(root.resolve("moved/b"), root.resolve("gone"));
                  Files.createSymbolicLink(root.resolve("moved/b"), strangers);
                }
              }
            });
    assertEquals(List.of("a/b"), met.stream().filter(name -> !name.contains("x")).toList());
    assertFalse(met.contains("a/b/secret"), met.toString());
  }

  @Test
  void whatLiesTooDeepIsRefusedInOneLineAndTheRestIsMet() throws IOException {
    String deepest = "d/".repeat(32);
    file(deepest + "x");
    file(deepest + "e/y");
    List<String> told = walk(true);
    assertTrue(told.contains(deepest + "x"), told.toString());
    assertTrue(
        told.contains("refused " + deepest + "e: more than 32 folders deep: move it up"),
        told.toString());
    assertFalse(told.contains(deepest + "e/y"));
  }

  @Test
  void aWayThatIsTooLongIsRefused() throws IOException {
    String part = "n".repeat(255);
    Path at = top;
    for (int i = 0; i < 4; i++) {
      at = Files.createDirectory(at.resolve(part));
    }
    Files.createDirectories(at.resolve("ok"));
    List<String> told = walk(true);
    assertEquals(1, told.stream().filter(line -> line.startsWith("refused ")).count());
    assertTrue(told.get(told.size() - 1).contains("more than 1024 bytes"), told.toString());
  }

  @Test
  void aFolderThatCannotBeReadKeepsNoOtherFromBeingListed() throws IOException {
    assumeFalse("root".equals(System.getProperty("user.name")), "root may read all");
    file("closed/x");
    file("open/y");
    Files.setPosixFilePermissions(
        top.resolve("closed"), PosixFilePermissions.fromString("---------"));
    List<String> told = walk(true);
    Files.setPosixFilePermissions(
        top.resolve("closed"), PosixFilePermissions.fromString("rwx------"));
    assertTrue(told.contains("open/y"), told.toString());
    assertTrue(
        told.stream().anyMatch(line -> line.startsWith("refused closed: cannot be read")),
        told.toString());
  }

  @Test
  void namesOfFoldersAreBytes() throws IOException {
    FileName odd = FileName.of("r\u00e9\n".getBytes(ISO_8859_1));
    Path folder = Files.createDirectory(odd.in(top));
    Files.createFile(odd.in(folder));
    List<String> told = walk(true);
    assertEquals(List.of("> r%E9%0A", "r%E9%0A/r%E9%0A"), told);
  }

  @Test
  void aTopThatIsMissingIsAFault() {
    TreeWalk missing = new TreeWalk(root.resolve("missing"), true, TreeWalkTest::ignored);
    assertThrows(NoSuchFileException.class, () -> missing.all(new Told()));
  }

  // --- the branch ---

  @Test
  void aBranchIsNoneIfAnyNameOnItsWayIsALinkOrAFileOrMissing() throws IOException {
    file("a/b/x");
    Files.createSymbolicLink(top.resolve("link"), top.resolve("a"));
    for (String way : List.of("link", "link/b", "a/b/x", "a/none", "none/b")) {
      assertEquals(Optional.empty(), Branch.open(top, SubFolder.decode(way)), way);
    }
    try (Branch branch = Branch.open(top, SubFolder.decode("a/b")).orElseThrow()) {
      assertEquals("a/b/x", Files.readString(branch.path().resolve("x")));
    }
  }

  @Test
  void aBranchLeadsIntoTheFolderThatItWasOpenedForWhateverHasItsNameNow() throws IOException {
    file("a/b/x");
    try (Branch branch = Branch.open(top, SubFolder.decode("a/b")).orElseThrow()) {
      Files.move(top.resolve("a"), top.resolve("moved"));
      Files.createSymbolicLink(top.resolve("a"), strangers);
      assertEquals("a/b/x", Files.readString(branch.path().resolve("x")));
      IOException told =
          branch.named(new NoSuchFileException(branch.path().resolve("y").toString()));
      assertEquals(top.resolve("a/b/y").toString(), told.getMessage());
    }
  }

  @Test
  void theTopOfABranchMayBeALinkOfItsAdministrator() throws IOException {
    file("a/x");
    Path link = Files.createSymbolicLink(root.resolve("link"), top);
    try (Branch branch = Branch.open(link, SubFolder.decode("a")).orElseThrow()) {
      assertTrue(Files.exists(branch.path().resolve("x")));
    }
  }
}
