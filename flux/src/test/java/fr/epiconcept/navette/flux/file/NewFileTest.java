package fr.epiconcept.navette.flux.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFileTest {
  @TempDir Path root;
  private Path name;

  @BeforeEach
  void name() {
    name = root.resolve("new");
  }

  @Test
  void isForItsOwnerAloneUntilItIsGivenAway() throws IOException {
    try (NewFile file = NewFile.make(name)) {
      file.out().write('x');
      file.finish();
    }
    assertEquals("x", Files.readString(name));
    assertEquals("rw-------", rights(name));
  }

  @Test
  void bytesAndRightsGoToWhatWasMadeWhateverHasItsNameNow() throws IOException {
    Path theirs = Files.writeString(root.resolve("theirs"), "theirs");
    Files.setPosixFilePermissions(theirs, PosixFilePermissions.fromString("rw-------"));
    Path moved = root.resolve("moved");
    try (NewFile file = NewFile.make(name)) {
      Files.move(name, moved);
      Files.createSymbolicLink(name, theirs);

      file.out().write('x');
      Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-r--r--"));

      assertEquals("rw-------", rights(theirs));
      assertEquals("rw-r--r--", rights(moved));
      IOException fault = assertThrows(IOException.class, file::finish);
      assertEquals("somebody put something else in the place of " + name, fault.getMessage());
    }
    assertEquals("theirs", Files.readString(theirs));
    assertEquals("x", Files.readString(moved));
  }

  @Test
  void isAFaultIfItsNameWasTakenAway() throws IOException {
    try (NewFile file = NewFile.make(name)) {
      Files.delete(name);
      assertThrows(IOException.class, file::finish);
    }
  }

  @Test
  void takesNothingThatStandsThere() throws IOException {
    Files.createSymbolicLink(name, root.resolve("elsewhere"));
    assertThrows(FileAlreadyExistsException.class, () -> NewFile.make(name));
  }

  private static String rights(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
