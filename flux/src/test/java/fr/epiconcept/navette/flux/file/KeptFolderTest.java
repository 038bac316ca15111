package fr.epiconcept.navette.flux.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.OtherFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptFolderTest {
  /** 2016-07-30T23:54:10.259Z: in Paris it is the next day already. */
  private static final FileId ID = new FileId("01ARZ3NDEKTSV4RRFFQ69G5FAV");

  private static final FileName NAME = FileName.of("a.hl7");

  @TempDir Path root;
  private Path archive;
  private KeptFolder kept;
  private Path from;

  @BeforeEach
  void folders() throws IOException {
    archive = Files.createDirectory(root.resolve("archive"));
    kept = new KeptFolder(archive, ZoneId.of("Europe/Paris"));
    from = Files.writeString(root.resolve("from"), "content");
  }

  @Test
  void keepsAFileUnderTheDayOfItsClaimInLocalTime() throws IOException {
    Path place = archive.resolve("2016-07-31/01ARZ3NDEKTSV4RRFFQ69G5FAV-a.hl7");

    assertEquals(Optional.of(place), kept.keep(from, ID, NAME));

    assertEquals("content", Files.readString(place));
    assertFalse(Files.exists(from));
    kept.sync(kept.day(ID));
    assertEquals(archive.resolve("2016-07-31"), kept.day(ID));
  }

  @Test
  void keepsTwoFilesOfOneName() throws IOException {
    kept.keep(from, ID, NAME);
    FileId other = new FileId("01ARZ3NDEKTSV4RRFFQ69G5FAW");
    kept.keep(Files.writeString(root.resolve("from"), "other"), other, NAME);

    assertEquals("content", Files.readString(kept.place(ID, NAME)));
    assertEquals("other", Files.readString(kept.place(other, NAME)));
  }

  @Test
  void countsTheReasonsOfADayAndNoFileThatIsCalledLikeOne() throws IOException {
    kept.keep(from, ID, FileName.of("x.reason.txt"));
    Files.writeString(kept.day(ID).resolve(ID + ".reason.txt"), "why");
    Files.writeString(kept.day(ID).resolve("reason.txt"), "a person's");

    assertEquals(1, kept.countOfDay(ID.time(), ".reason.txt"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 228, 229, 255})
  void keepsNamesOfEveryLength(int length) throws IOException {
    FileName name = FileName.of("n".repeat(length));

    Path place = kept.keep(from, ID, name).orElseThrow();

    assertEquals(kept.place(ID, name), place);
    assertEquals("content", Files.readString(place));
    assertTrue(place.startsWith(kept.day(ID)));
    assertTrue(kept.day(ID).relativize(place).toString().startsWith(ID.value()));
    assertTrue(FileName.of(place).toString().endsWith(name.toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%E9%0A", ".hidden", "-", "%25"})
  void keepsNamesOfAnyBytes(String encoded) throws IOException {
    FileName name = FileName.decode(encoded);
    Path place = kept.keep(from, ID, name).orElseThrow();
    assertEquals(ID + "-" + name.encoded(), FileName.of(place).encoded());
    assertEquals("content", Files.readString(place));
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 255})
  void askedAgainAfterACrashItKnowsThatItHasTheFile(int length) throws IOException {
    FileName name = FileName.of("n".repeat(length));
    kept.keep(from, ID, name);

    assertEquals(Optional.of(kept.place(ID, name)), kept.keep(from, ID, name));
    assertEquals("content", Files.readString(kept.place(ID, name)));
  }

  @Test
  void saysThatNobodyHasTheFile() throws IOException {
    Files.delete(from);
    assertEquals(Optional.empty(), kept.keep(from, ID, NAME));
  }

  @Test
  void leavesTheFileWhereItIsIfItCannotBeKept() throws IOException {
    Files.createFile(archive.resolve("2016-07-31"));
    assertThrows(IOException.class, () -> kept.keep(from, ID, NAME));
    assertEquals("content", Files.readString(from));
  }

  @Test
  void keepsOnAnotherFileSystem() throws IOException {
    try (OtherFileSystem other = new OtherFileSystem(root)) {
      KeptFolder far = new KeptFolder(other.folder(), ZoneId.of("UTC"));
      Path place = far.keep(from, ID, FileName.of("n".repeat(255))).orElseThrow();
      assertEquals("content", Files.readString(place));
      assertFalse(Files.exists(from));
    }
  }
}
