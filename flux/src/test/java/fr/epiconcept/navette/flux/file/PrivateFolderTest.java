package fr.epiconcept.navette.flux.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFolderTest {
  @TempDir Path root;
  private Path folder;

  @BeforeEach
  void name() {
    folder = root.resolve(".navette");
  }

  @Test
  void isOursOnceItIsMadeAndMayBeMadeAgain() throws IOException {
    assertEquals(Optional.empty(), PrivateFolder.open(folder));
    PrivateFolder.make(folder).close();
    PrivateFolder.make(folder).close();
    try (PrivateFolder again = PrivateFolder.open(folder).orElseThrow()) {
      assertTrue(Files.isSameFile(folder, again.path()));
    }
  }

  @Test
  void leadsIntoTheFolderThatWasLookedAtWhateverHasItsNameNow() throws IOException {
    Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
    try (PrivateFolder ours = PrivateFolder.make(folder)) {
      Path moved = Files.move(folder, root.resolve("moved"));
      Files.createSymbolicLink(folder, elsewhere);

      Files.createFile(ours.path().resolve("new"));

      assertTrue(Files.exists(moved.resolve("new")));
      assertFalse(Files.exists(elsewhere.resolve("new")));
    }
  }

  @Test
  void tellsWhatHappenedInItByItsName() throws IOException {
    try (PrivateFolder ours = PrivateFolder.make(folder)) {
      Path missing = ours.path().resolve("missing");
      IOException fault = assertThrows(IOException.class, () -> Files.delete(missing));

      assertEquals(folder.resolve("missing").toString(), ours.named(fault).getMessage());
      IOException other = new IOException("no room");
      assertSame(other, ours.named(other));
    }
  }

  @Test
  void isNotOursIfItIsALinkOrAFileOrOthersMayWrite() throws IOException {
    Path real = Files.createDirectory(root.resolve("real"));
    Files.createSymbolicLink(folder, real);
    assertNotOurs();
    Files.delete(folder);
    Files.createFile(folder);
    assertNotOurs();
    Files.delete(folder);
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
    assertNotOurs();
  }

  @Test
  void isNotOursIfItBelongsToAnother() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root gives folders away");
    PrivateFolder.make(folder).close();
    Files.setOwner(
        folder,
        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    assertNotOurs();
  }

  private void assertNotOurs() throws IOException {
    assertEquals(Optional.empty(), PrivateFolder.open(folder));
    assertThrows(IOException.class, () -> PrivateFolder.make(folder));
  }
}
