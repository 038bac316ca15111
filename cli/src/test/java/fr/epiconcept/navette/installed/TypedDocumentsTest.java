package fr.epiconcept.navette.installed;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The operators' documents, typed word by word on fresh hosts, one after the other as they are
 * read: each goes on where the one before it ended. The English ones have the same commands, which
 * another test compares.
 */
@ResourceLock(Hosts.LOCK)
class TypedDocumentsTest {
  private static final Path DOCS = Path.of("../docs");
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final List<String> IN_ORDER =
      List.of(
          "installation.md",
          "exploitation.md",
          "reprise.md",
          "volume.md",
          "migration.md",
          "technique.md");

  private static Hosts hosts;

  @BeforeAll
  static void boot() throws Exception {
    hosts = Hosts.boot("files1", "front1", "ci");
  }

  @AfterAll
  static void shutDown() {
    if (hosts != null) {
      hosts.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> whatADocumentSaysIsSo() {
    return IN_ORDER.stream()
        .map(DOCS::resolve)
        .map(page -> DynamicTest.dynamicTest(page.getFileName().toString(), () -> type(page)));
  }

  private static void type(Path page) throws Exception {
    Document document = Document.read(page);
    try {
      new DocumentRunner(hosts, PATIENCE).run(document);
    } catch (AssertionError e) {
      System.out.println(hosts.told());
      throw e;
    }
    assertTrue(
        !document.steps().isEmpty() || page.endsWith("technique.md"), page + " has no command");
  }
}
