package fr.epiconcept.navette.flux.file;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
    assertFalse(PrivateFolder.isOurs(folder));
    PrivateFolder.make(folder);
    PrivateFolder.make(folder);
    assertTrue(PrivateFolder.isOurs(folder));
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
    PrivateFolder.make(folder);
    Files.setOwner(
        folder,
        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    assertNotOurs();
  }

  private void assertNotOurs() throws IOException {
    assertFalse(PrivateFolder.isOurs(folder));
    assertThrows(IOException.class, () -> PrivateFolder.make(folder));
  }
}
