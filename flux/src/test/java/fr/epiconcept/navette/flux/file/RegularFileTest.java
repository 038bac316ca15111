package fr.epiconcept.navette.flux.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegularFileTest {
  @TempDir Path root;

  @Test
  void isReadToItsEndThoughItsNameIsTakenAwayMeanwhile() throws IOException {
    byte[] content = new byte[300_000];
    content[299_999] = 7;
    Path file = Files.write(root.resolve("file"), content);
    try (InputStream in = RegularFile.open(file)) {
      Files.delete(file);
      Files.writeString(file, "another");

      assertArrayEquals(content, in.readAllBytes());
    }
  }

  @Test
  void aPipeIsRefusedAtOnce() throws Exception {
    Path pipe = root.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(), "mkfifo");

    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertRefused(pipe));
    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> assertThrows(IOException.class, () -> Hashing.sha256(pipe)));
  }

  @Test
  void aLinkAndAFolderAreRefused() throws IOException {
    Path file = Files.createFile(root.resolve("file"));
    assertRefused(Files.createSymbolicLink(root.resolve("link"), file));
    assertRefused(root);
  }

  @Test
  void nothingIsToldAsSuch() {
    Path nothing = root.resolve("nothing");
    assertThrows(NoSuchFileException.class, () -> RegularFile.open(nothing));
  }

  private static void assertRefused(Path file) {
    FileSystemException refused =
        assertThrows(FileSystemException.class, () -> RegularFile.open(file));
    assertEquals(file.toString(), refused.getFile());
  }
}
