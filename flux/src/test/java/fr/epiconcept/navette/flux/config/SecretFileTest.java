package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFileTest {
  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"s3crét\n", "s3crét", "s3crét\r\nmore", "s3crét\nmore\n"})
  void readsTheFirstLine(String content) throws Exception {
    Path file = secret("rw-r-----", content);
    assertArrayEquals("s3crét".toCharArray(), SecretFile.read(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw----r--", "rw-----w-", "rw------x", "rw-r--r--"})
  void refusesAFileOpenToOthers(String mode) throws Exception {
    Path file = secret(mode, "s3cret");
    assertTrue(refusal(file).startsWith(file + " is open to everybody on this machine (mode 06"));
    assertThrows(SecretRefused.class, () -> SecretFile.checkMode(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"r--------", "rw-------", "rw-rw----"})
  void acceptsAFileOfTheUserOrTheGroup(String mode) throws Exception {
    Path file = secret(mode, "s3cret");
    assertDoesNotThrow(() -> SecretFile.checkMode(file));
  }

  @Test
  void refusesWhatIsNoSecret() throws Exception {
    Path missing = temp.resolve("missing");
    assertEquals(missing + " cannot be looked at: no such file or folder", refusal(missing));
    assertEquals(temp + " is no regular file", refusal(temp));
    Path empty = secret("rw-------", "");
    assertEquals(empty + " is empty", refusal(empty));
    Path blank = secret("rw-------", "\nx");
    assertEquals(blank + " has an empty first line: expected the password there", refusal(blank));
    Path large = secret("rw-------", "x".repeat(4097));
    assertTrue(refusal(large).startsWith(large + " has more than 4096 bytes"));
    Path latin1 = temp.resolve("latin1");
    Files.write(latin1, "\u00e9t\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    Files.setPosixFilePermissions(latin1, PosixFilePermissions.fromString("rw-------"));
    assertEquals(latin1 + " holds no text in UTF-8", refusal(latin1));
  }

  @Test
  void aPipeIsRefusedRatherThanWaitedFor() throws Exception {
    Path pipe = temp.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", "-m", "600", pipe.toString()).start().waitFor());
    assertEquals(pipe + " is no regular file", refusal(pipe));
  }

  @Test
  void followsALinkToTheFileThatCounts() throws Exception {
    Path file = secret("rw-r--r--", "s3cret");
    Path link = Files.createSymbolicLink(temp.resolve("link"), file);
    assertTrue(refusal(link).contains("open to everybody"));
  }

  @Test
  void refusesAFileOfAnotherUser() throws Exception {
    Path file = secret("rw-------", "s3cret");
    Path config = ConfigFolder.in(Files.createDirectory(temp.resolve("config"))).path();
    // Seen as nobody, root's file is one of an owner who is trusted, but cannot be read; as root,
    // nobody's file is a stranger's.
    List<String> lines =
        Unprivileged.run(temp, CheckProgram.class, config.toString(), file.toString());
    assertTrue(
        lines.get(lines.size() - 1).startsWith(file + " cannot be read by user "), lines::toString);

    Files.setAttribute(file, "unix:uid", Unprivileged.UID);
    assertTrue(refusal(file).startsWith(file + " belongs to uid 65534: expected root or"));
    lines = Unprivileged.run(again(), CheckProgram.class, config.toString(), file.toString());
    assertEquals("s3cret", lines.get(lines.size() - 1), lines::toString);
  }

  private Path again() throws IOException {
    return Files.createDirectory(temp.resolve("again"));
  }

  private String refusal(Path file) {
    String message = assertThrows(SecretRefused.class, () -> SecretFile.read(file)).getMessage();
    assertFalse(message.contains("s3cret"), message);
    return message;
  }

  private Path secret(String mode, String content) throws IOException {
    Path file = Files.createTempFile(temp, "secret", "");
    Files.writeString(file, content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }
}
