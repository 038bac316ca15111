package fr.epiconcept.navette.flux.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritersTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void file() throws IOException {
    file = Files.writeString(folder.resolve("a\u00e9"), "content");
  }

  @Test
  void seesAWriterUntilItCloses() throws IOException {
    assertEquals(Writers.NONE, Writers.of(file));
    try (OutputStream writer = Files.newOutputStream(file)) {
      writer.write('x');
      assertEquals(Writers.SOME, Writers.of(file));
    }
    assertEquals(Writers.NONE, Writers.of(file));
  }

  @Test
  void seesAWriterWhoOpenedTheFileUnderAnotherName() throws IOException {
    Path link = Files.createLink(folder.resolve("link"), file);
    try (OutputStream writer = Files.newOutputStream(file)) {
      writer.write('x');
      assertEquals(Writers.SOME, Writers.of(link));
    }
  }

  @Test
  void leavesTheFileFreeForTheNextWriter() throws IOException {
    for (int i = 0; i < 1_000; i++) {
      Writers.of(file);
      Files.writeString(file, "again");
    }
    assertEquals("again", Files.readString(file));
  }

  @Test
  void writersWhoComeAtThatMomentAreNotDisturbed() throws Exception {
    Thread asking =
        new Thread(
            () -> {
              for (int i = 0; i < 20_000; i++) {
                Writers.of(file);
              }
            });
    asking.start();
    while (asking.isAlive()) {
      Files.writeString(file, "content");
    }
    asking.join();
    assertEquals("content", Files.readString(file));
  }

  @Test
  void knowsNothingOfWhatIsNoFileAndNeverWaits() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    assertTimeout(Duration.ofSeconds(5), () -> assertEquals(Writers.UNKNOWN, Writers.of(pipe)));
    assertEquals(Writers.UNKNOWN, Writers.of(folder.resolve("nothing")));
    assertEquals(Writers.UNKNOWN, Writers.of(folder));
  }
}
