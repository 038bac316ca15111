package fr.epiconcept.navette.flux.inbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.file.Hashing;
import fr.epiconcept.navette.flux.inbox.Verdict.NotYet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link InboxTest} cannot bring about: a change between two steps of one look. */
class ReadinessTest {
  @TempDir Path folder;
  private Path file;
  private Path companion;

  @BeforeEach
  void depositWithItsHash() throws IOException {
    file = Files.writeString(folder.resolve("a.hl7"), "content");
    String hash = HexFormat.of().formatHex(Hashing.sha256(file));
    companion = Files.writeString(folder.resolve("a.hl7.sha256"), hash + "  a.hl7\n");
    assertEquals(Optional.empty(), Readiness.hash(companion, file), "as it should be");
  }

  @Test
  void aPipePutInThePlaceOfAHashThatWasLookedAtKeepsNobodyWaiting() throws Exception {
    makePipe(companion);
    assertNotChecked();
  }

  @Test
  void aPipePutInThePlaceOfADepositThatWasLookedAtKeepsNobodyWaiting() throws Exception {
    makePipe(file);
    assertNotChecked();
  }

  @Test
  void aLinkPutInThePlaceOfAHashThatWasLookedAtIsNotFollowed() throws IOException {
    Path real = Files.move(companion, folder.resolve("elsewhere"));
    Files.createSymbolicLink(companion, real);
    assertNotChecked();
  }

  private void assertNotChecked() {
    Optional<Verdict> verdict =
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> Readiness.hash(companion, file));
    NotYet notYet = assertInstanceOf(NotYet.class, verdict.orElseThrow());
    assertTrue(notYet.reason().startsWith("its hash cannot be checked: "), notYet.reason());
  }

  private static void makePipe(Path place) throws Exception {
    Files.delete(place);
    assertEquals(0, new ProcessBuilder("mkfifo", place.toString()).start().waitFor(), "mkfifo");
  }
}
