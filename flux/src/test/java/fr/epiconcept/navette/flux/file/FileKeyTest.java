package fr.epiconcept.navette.flux.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import fr.epiconcept.navette.flux.FileName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileKeyTest {
  @TempDir Path folder;

  @Test
  void staysWithTheFileThroughNamesBytesAndTimes() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "content");
    FileKey key = FileKey.of(file);
    Path moved = Files.move(file, FileName.of(new byte[] {(byte) 0xE9}).in(folder));
    Files.writeString(moved, "other content");
    Files.setLastModifiedTime(moved, FileTime.fromMillis(0));

    assertTrue(FileKey.of(moved).isSameAs(key));
    assertEquals(FileKey.parse(key.toString()), key);
    assertEquals(Files.getAttribute(moved, "unix:ino"), key.inode());
  }

  @Test
  void isNotThatOfALaterFileThoughItHasTheSameNumber() throws IOException {
    Path file = folder.resolve("a");
    for (int i = 0; i < 50; i++) {
      FileKey key = FileKey.of(Files.writeString(file, "one"));
      assumeFalse(key.birth().isEmpty(), "this file system knows no births");
      Files.delete(file);
      Files.writeString(file, "two");
      assertFalse(FileKey.of(file).isSameAs(key));
      Files.delete(file);
    }
  }

  @Test
  void isThatOfALinkItselfButOfTheFolderThatALinkLeadsTo() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);

    assertFalse(FileKey.of(link).isSameAs(FileKey.of(real)));
    assertTrue(FileKey.ofFolder(link).isSameAs(FileKey.of(real)));
  }

  @Test
  void comparesOnlyWhatBothKnow() {
    assertTrue(FileKey.parse("7").isSameAs(FileKey.parse("7@1.2")));
    assertTrue(FileKey.parse("7@1.2").isSameAs(FileKey.parse("7@1.2")));
    assertFalse(FileKey.parse("7@1.2").isSameAs(FileKey.parse("7@1.3")));
    assertFalse(FileKey.parse("7").isSameAs(FileKey.parse("8")));
    assertEquals("18446744073709551615", FileKey.parse("18446744073709551615").toString());
    assertThrows(IllegalArgumentException.class, () -> FileKey.parse("x"));
  }

  @Test
  void saysWhatIsNotThere() {
    assertThrows(NoSuchFileException.class, () -> FileKey.of(folder.resolve("nothing")));
    assertThrows(NoSuchFileException.class, () -> FileKey.ofFolder(folder.resolve("nothing")));
  }
}
