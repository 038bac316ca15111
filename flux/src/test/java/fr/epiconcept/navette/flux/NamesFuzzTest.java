package fr.epiconcept.navette.flux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.file.NativeFiles;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class NamesFuzzTest {
  @Provide
  Arbitrary<byte[]> bytes() {
    Arbitrary<byte[]> nasty =
        Arbitraries.of((byte) 0, (byte) '/', (byte) '.', (byte) '%', (byte) '\\', (byte) 0xE9)
            .array(byte[].class)
            .ofMaxSize(4);
    return Arbitraries.oneOf(Garbage.bytes(260), nasty);
  }

  @Provide
  Arbitrary<FileName> names() {
    return Garbage.names();
  }

  @Provide
  Arbitrary<String> spellings() {
    return Arbitraries.oneOf(
        Garbage.soup(12, "%", "%2F", "%00", "%2e", "..", "/", "%C3%A9", "a", "%4"),
        Garbage.text(300));
  }

  @Provide
  Arbitrary<FileId> ids() {
    return Garbage.ids();
  }

  @Provide
  Arbitrary<String> words() {
    return Arbitraries.oneOf(
        Garbage.text(70), Arbitraries.strings().withChars("aZ0_-./\n").ofMaxLength(70));
  }

  // --- names of files ---

  @Property
  void anyBytesAreANameOrAreRefused(@ForAll("bytes") byte[] bytes) {
    if (canBeAName(bytes)) {
      assertArrayEquals(bytes, FileName.of(bytes).bytes());
    } else {
      assertThrows(IllegalArgumentException.class, () -> FileName.of(bytes));
    }
  }

  private static boolean canBeAName(byte[] bytes) {
    for (byte b : bytes) {
      if (b == 0 || b == '/') {
        return false;
      }
    }
    boolean dots = bytes.length <= 2;
    for (byte b : bytes) {
      dots &= b == '.';
    }
    return !dots && bytes.length <= 255;
  }

  @Property
  void anyNameComesBackFromItsSpelling(@ForAll("names") FileName name) {
    assertTrue(name.encoded().matches("[A-Za-z0-9_.~%-]+"), name.encoded());
    assertEquals(name, FileName.decode(name.encoded()));
    assertFalse(name.display().isEmpty());
  }

  @Property
  void anyTextSpellsANameOrIsRefused(@ForAll("spellings") String spelling) {
    FileName name;
    try {
      name = FileName.decode(spelling);
    } catch (IllegalArgumentException refused) {
      return;
    }
    assertTrue(canBeAName(name.bytes()));
    assertEquals(name, FileName.decode(name.encoded()));
  }

  @Property
  void noNameLeavesItsFolder(@ForAll("names") FileName folder, @ForAll("names") FileName name) {
    Path in = folder.in(Path.of("/srv"));
    Path file = name.in(in);
    assertEquals(in, file.getParent());
    assertEquals(file, file.normalize());
    assertEquals(name, FileName.of(file));
    assertEquals(folder, FileName.of(in));
    assertArrayEquals(
        Garbage.joined(
            "/srv/".getBytes(US_ASCII), folder.bytes(), "/".getBytes(US_ASCII), name.bytes()),
        NativeFiles.pathBytes(file));
  }

  @Property
  void aNumberedNameIsANameToo(
      @ForAll("names") FileName name, @ForAll @IntRange(min = 2, max = 10_000) int n) {
    FileName numbered = name.numbered(n);
    assertTrue(canBeAName(numbered.bytes()));
    assertTrue(numbered.display().contains("." + n), numbered.display());
    FileName longer = name.plus(".sha256");
    assertTrue(longer == null ? name.length() > 248 : longer.length() == name.length() + 7);
  }

  // --- names of fluxes ---

  @Property
  void aFluxHasANameThatIsSafeEverywhere(@ForAll("words") String text) {
    Optional<FluxName> name = FluxName.parse(text);
    boolean safe =
        !text.isEmpty()
            && text.length() <= 64
            && text.chars()
                .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "_-".indexOf(c) >= 0))
            && Character.isLetterOrDigit(text.charAt(0));
    assertEquals(safe, name.isPresent());
    name.ifPresent(flux -> assertEquals(text, flux.value()));
  }

  // --- ids ---

  @Property
  void anyTextIsAnIdOrNothing(@ForAll("words") String text) {
    FileId.parse(text).ifPresent(id -> assertEquals(text, id.value()));
  }

  @Property
  void whateverIdADiskHoldsFurtherOnesCanBeGiven(@ForAll("ids") FileId known) {
    FileIds ids = new FileIds(() -> Instant.parse("2026-11-23T17:04:09.123Z"));
    ids.notBefore(known);
    FileId next = ids.next();
    assertTrue(next.compareTo(known) > 0 || known.time().toEpochMilli() == (1L << 48) - 1);
    assertTrue(ids.next().compareTo(next) > 0);
  }
}
