package fr.epiconcept.navette.flux.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldFolderTest {
  @TempDir Path root;

  @Test
  void leadsIntoTheFolderThatWasOpenedWhateverHasItsNameNow() throws IOException {
    Path folder = Files.createDirectory(root.resolve(".ok"));
    Path marker = Files.createFile(folder.resolve("a"));
    Path strangers = Files.createDirectory(root.resolve("strangers"));
    Path theirs = Files.createFile(strangers.resolve("a"));
    try (HeldFolder held = HeldFolder.open(folder).orElseThrow()) {
      Files.move(folder, root.resolve("moved"));
      Files.createSymbolicLink(folder, strangers);

      Files.delete(held.path().resolve(marker.getFileName()));
    }
    assertTrue(Files.exists(theirs));
    assertFalse(Files.exists(root.resolve("moved/a")));
  }

  @Test
  void isNothingIfThereIsNoneOrALinkOrAFile() throws IOException {
    assertEquals(Optional.empty(), HeldFolder.open(root.resolve("nothing")));
    Path link = Files.createSymbolicLink(root.resolve("link"), root);
    assertEquals(Optional.empty(), HeldFolder.open(link));
    assertEquals(Optional.empty(), HeldFolder.open(Files.createFile(root.resolve("file"))));
  }
}
