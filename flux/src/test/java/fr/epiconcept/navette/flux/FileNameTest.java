package fr.epiconcept.navette.flux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNameTest {
  @TempDir Path folder;

  // --- bytes ---

  @Test
  void aNameOfAnyByteMakesARealFileAndComesBack() throws IOException {
    for (int b = 1; b < 256; b++) {
      if (b == '/') {
        continue;
      }
      FileName name = FileName.of(new byte[] {'x', (byte) b, 'y'});
      Files.writeString(name.in(folder), "content");
      assertEquals(List.of(name), listed(), "byte " + b);
      assertArrayEquals(name.bytes(), listed().get(0).bytes());
      Files.delete(name.in(folder));
    }
  }

  @Test
  void aNameOfAnyByteMakesTheRoundTripThroughItsSpelling() {
    for (int b = 1; b < 256; b++) {
      if (b != '/') {
        FileName name = FileName.of(new byte[] {(byte) b, 'x', (byte) b});
        assertTrue(name.encoded().matches("[A-Za-z0-9_.~%-]+"), name.encoded());
        assertEquals(name, FileName.decode(name.encoded()));
      }
    }
  }

  @Test
  void aNameOf255BytesMakesARealFile() throws IOException {
    byte[] bytes = new byte[255];
    java.util.Arrays.fill(bytes, (byte) 0xE9);
    FileName name = FileName.of(bytes);
    Files.writeString(name.in(folder), "content");
    assertEquals(List.of(name), listed());
    assertEquals(name, FileName.decode(name.encoded()));
    assertEquals(255, name.length());
  }

  @Test
  void refusesWhatNoFileCanBeCalled() {
    assertRefused(new byte[0]);
    assertRefused(new byte[256]);
    assertRefused(new byte[] {'a', 0});
    assertRefused(new byte[] {'a', '/', 'b'});
    assertRefused(new byte[] {'/'});
    assertRefused(new byte[] {'.'});
    assertRefused(new byte[] {'.', '.'});
    assertEquals("...", FileName.of("...").toString());
    assertEquals(".a", FileName.of(".a").toString());
  }

  private static void assertRefused(byte[] bytes) {
    assertThrows(IllegalArgumentException.class, () -> FileName.of(bytes));
  }

  @Test
  void doesNotChangeWithTheArrayThatItWasMadeOf() {
    byte[] bytes = {'a', 'b'};
    FileName name = FileName.of(bytes);
    bytes[0] = '/';
    name.bytes()[0] = '/';
    assertEquals("ab", name.encoded());
  }

  // --- the portable spelling ---

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "%",
        "%4",
        "a%",
        "a%4",
        "%zz",
        "%4g",
        "% 4",
        "%+4",
        "%-4",
        "%2F",
        "%2f",
        "a%2Fb",
        "%00",
        "a%00",
        "a/b",
        "/",
        "/etc/passwd",
        "..",
        ".",
        "%2E%2E",
        "%2e",
        "%2E.",
        "é",
        "a\u007f",
        "\u0000"
      })
  void refusesABrokenOrDangerousSpelling(String spelling) {
    assertThrows(IllegalArgumentException.class, () -> FileName.decode(spelling));
  }

  @Test
  void refusesASpellingOfMoreThan255Bytes() {
    assertEquals(255, FileName.decode("%C3".repeat(255)).length());
    assertThrows(IllegalArgumentException.class, () -> FileName.decode("%C3".repeat(256)));
  }

  // --- never out of its folder ---

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..%5C..",
        "%252E%252E",
        "%25",
        "a%0Ab",
        "~root",
        "-rf",
        "%20",
        "?query",
        "a#b",
        "a;b",
        "C:%5Cx",
        "*",
        "...",
        "..%20",
        "http:",
        "%5Bx%5D"
      })
  void standsInItsFolderWhateverItSays(String spelling) {
    FileName name = FileName.decode(spelling);
    Path path = name.in(folder);
    assertEquals(folder, path.getParent());
    assertEquals(path, path.normalize());
    assertEquals(name, FileName.of(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "with space", "with%percent", "with#hash?and;more", "+", "é"})
  void standsInAFolderWhoseNameNeedsCare(String parent) throws IOException {
    Path odd = Files.createDirectory(folder.resolve(parent));
    Path file = FileName.of("a b.hl7").in(odd);
    Files.writeString(file, "content");
    assertEquals("content", Files.readString(odd.resolve("a b.hl7")));
    assertEquals(odd, file.getParent());
  }

  @Test
  void standsInAFolderWhoseNameIsNoUtf8() throws IOException {
    Path odd = FileName.of(new byte[] {(byte) 0xE9, 'x'}).in(folder);
    Files.createDirectory(odd);
    Path file = FileName.of(new byte[] {(byte) 0xFF}).in(odd);
    Files.writeString(file, "content");
    assertEquals(FileName.of(new byte[] {(byte) 0xFF}), FileName.of(file));
    assertTrue(Files.exists(file));
  }

  @Test
  void standsInTheRootFolderAndKnowsAFolderByItsName() throws IOException {
    assertEquals(Path.of("/a"), FileName.of("a").in(Path.of("/")));
    Path sub = Files.createDirectory(folder.resolve("sub"));
    assertEquals(FileName.of("sub"), FileName.of(sub));
  }

  // --- for people ---

  @Test
  void displaysUtf8AsItIs() {
    assertEquals("résumé.hl7", FileName.of("résumé.hl7").display());
    assertEquals("e\u0301", FileName.of("e\u0301").display());
  }

  @Test
  void displaysLatin1WithItsBytes() {
    byte[] latin1 = "résumé.hl7".getBytes(StandardCharsets.ISO_8859_1);
    assertEquals("r\\xE9sum\\xE9.hl7", FileName.of(latin1).display());
    assertEquals("r\\xE9sum\\xE9.hl7", FileName.of(latin1).toString());
  }

  // --- order and equality ---

  @Test
  void sortsByBytesAsUnsignedNumbers() {
    List<FileName> names =
        new ArrayList<>(
            List.of(FileName.of(new byte[] {(byte) 0xE9}), FileName.of("z"), FileName.of("A")));
    names.sort(null);
    assertEquals(
        List.of(FileName.of("A"), FileName.of("z"), FileName.of(new byte[] {(byte) 0xE9})), names);
  }

  @Test
  void isEqualByItsBytes() {
    assertEquals(FileName.of("a"), FileName.of(new byte[] {'a'}));
    assertEquals(FileName.of("a").hashCode(), FileName.of(new byte[] {'a'}).hashCode());
    assertFalse(FileName.of("\u00e9").equals(FileName.of("e\u0301")));
  }

  // --- other names from this one ---

  @ParameterizedTest
  @CsvSource({
    "a.hl7, 2, a.2.hl7",
    "a, 2, a.2",
    "a.tar.gz, 3, a.tar.3.gz",
    ".hidden, 2, .hidden.2",
    "a., 2, a.2.",
    "a.averyveryverylongending, 2, a.averyveryverylongending.2",
    "a.hl7, 99999, a.99999.hl7"
  })
  void numbersANameBeforeItsEnding(String name, int n, String expected) {
    assertEquals(expected, FileName.of(name).numbered(n).toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {240, 249, 250, 251, 253, 254, 255})
  void aNumberedNameFitsTheLimitAndKeepsItsEnding(int length) {
    FileName plain = FileName.of("n".repeat(length));
    FileName ended = FileName.of("n".repeat(length - 4) + ".hl7");
    for (int n : new int[] {2, 10, 99_999}) {
      assertTrue(plain.numbered(n).length() <= 255);
      assertTrue(plain.numbered(n).toString().endsWith("n." + n));
      assertTrue(ended.numbered(n).length() <= 255);
      assertTrue(ended.numbered(n).toString().endsWith("n." + n + ".hl7"));
      assertEquals(
          Math.min(255, length + 1 + Integer.toString(n).length()), ended.numbered(n).length());
    }
  }

  @Test
  void numberedNamesAreAllDifferent() {
    FileName longest = FileName.of("n".repeat(255));
    assertEquals(
        100,
        java.util.stream.IntStream.range(2, 102).mapToObj(longest::numbered).distinct().count());
  }

  @Test
  void takesAnEndingUnlessThatIsTooLong() {
    assertEquals("a.ok", String.valueOf(FileName.of("a").plus(".ok")));
    assertEquals(255, FileName.of("n".repeat(252)).plus(".ok").length());
    assertNull(FileName.of("n".repeat(253)).plus(".ok"));
  }

  @Test
  void isHiddenWithADotBeforeIt() {
    assertTrue(FileName.of(".a").isHidden());
    assertFalse(FileName.of("a.").isHidden());
  }

  private List<FileName> listed() throws IOException {
    List<FileName> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(file -> names.add(FileName.of(file)));
    }
    return names;
  }
}
