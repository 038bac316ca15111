package fr.epiconcept.navette.flux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubFolderTest {
  private static final FileName ODD = FileName.of("r\u00e9 %\n\"".getBytes(ISO_8859_1));

  private static SubFolder of(String... parts) {
    return SubFolder.of(List.of(parts).stream().map(FileName::of).toList());
  }

  @Test
  void spellsAnyBytesOfItsNamesAndReadsThemBack() {
    SubFolder folder = SubFolder.of(List.of(FileName.of("a"), ODD));
    assertEquals("a/r%E9%20%25%0A%22", folder.encoded());
    assertEquals(folder, SubFolder.decode(folder.encoded()));
    assertArrayEquals("a/r\u00e9 %\n\"".getBytes(ISO_8859_1), folder.bytes());
    assertEquals(
        ODD.in(Path.of("/top/a")), folder.in(Path.of("/top")), "the very bytes in the path");
  }

  @Test
  void theTopHasNoNameAndIsWithinItself() {
    assertEquals(SubFolder.TOP, SubFolder.decode(""));
    assertEquals("", SubFolder.TOP.encoded());
    assertEquals(Path.of("/top"), SubFolder.TOP.in(Path.of("/top")));
    assertTrue(SubFolder.TOP.isWithin(SubFolder.TOP));
  }

  @Test
  void liesWithinThoseThatLeadToIt() {
    assertTrue(of("a", "b").isWithin(of("a")));
    assertTrue(of("a", "b").isWithin(SubFolder.TOP));
    assertFalse(of("ab").isWithin(of("a")));
    assertFalse(of("a").isWithin(of("a", "b")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/a",
        "a/",
        "a//b",
        "..",
        "a/../b",
        ".",
        "a/./b",
        "%2E%2E",
        "a/%2E",
        ".ssh",
        "a/.b",
        "a%2Fb",
        "a/%00",
        "%zz",
        "a/\u00e9"
      })
  void aSpellingThatLeadsElsewhereIsRefused(String spelled) {
    assertThrows(IllegalArgumentException.class, () -> SubFolder.decode(spelled));
  }

  @Test
  void isThirtyTwoNamesDeepAtMost() {
    SubFolder deepest = SubFolder.of(Collections.nCopies(32, FileName.of("d")));
    assertEquals(deepest, SubFolder.decode(deepest.encoded()));
    IllegalArgumentException fault =
        assertThrows(
            IllegalArgumentException.class, () -> SubFolder.decode(deepest.encoded() + "/d"));
    assertTrue(fault.getMessage().contains("more than 32 folders deep"), fault.getMessage());
  }

  @Test
  void hasAThousandAndTwentyFourBytesAtMostHoweverTheyAreSpelled() {
    FileName wide = FileName.of("\u00e9".repeat(127) + "e");
    SubFolder longest = SubFolder.of(List.of(wide, wide, wide, FileName.of("e".repeat(256 - 1))));
    assertEquals(1023, longest.bytes().length);
    assertEquals(longest, SubFolder.decode(longest.encoded()));
    assertTrue(longest.whyNot(FileName.of("x")).orElseThrow().contains("1024 bytes"));
    assertTrue(longest.encoded().length() < 4096, "a property of a message holds it");
  }

  @Test
  void aTreeNameIsItsFolderAndItsName() {
    TreeName name = new TreeName(of("a", "b"), ODD);
    assertEquals("a/b/" + ODD.encoded(), name.encoded());
    assertEquals(name, TreeName.decode(name.encoded()));
    assertEquals("a/b/" + ODD.display(), name.display());
    assertEquals(TreeName.of(ODD), TreeName.decode(ODD.encoded()));
    assertThrows(IllegalArgumentException.class, () -> TreeName.decode("a/../b/x"));
  }

  @Test
  void treeNamesAreOrderedByTheBytesOfTheWhole() {
    List<String> sorted =
        List.of("a/b/x", "a/c", "a.txt", "b", "a/b.txt").stream()
            .map(TreeName::decode)
            .sorted()
            .map(TreeName::encoded)
            .toList();
    assertEquals(List.of("a.txt", "a/b.txt", "a/b/x", "a/c", "b"), sorted);
  }
}
