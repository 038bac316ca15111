package fr.epiconcept.navette.e2e;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** When a test fails, prints what both servers said and what is on their disks. */
final class TellsOnFailure implements TestExecutionExceptionHandler, AfterEachCallback {
  private static final int MOST_FILES = 200;
  private static final int MOST_LINES = 150;
  private static final ThreadLocal<List<TwoServers>> OPENED =
      ThreadLocal.withInitial(ArrayList::new);

  static void opened(TwoServers servers) {
    OPENED.get().add(servers);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext test, Throwable failure)
      throws Throwable {
    for (TwoServers servers : OPENED.get()) {
      if (Files.exists(servers.root())) {
        tell(servers, test.getDisplayName());
      }
    }
    throw failure;
  }

  private static void tell(TwoServers servers, String test) throws IOException {
    PrintStream to = System.err;
    to.println("=== both servers when '" + test + "' failed: " + servers.root());
    last(to, servers.root().resolve("ingest.err"));
    last(to, servers.root().resolve("worker.err"));
    for (Flux flux : servers.fluxes()) {
      last(to, flux.ingestLog());
      last(to, flux.workerLog());
      last(to, flux.journal());
    }
    to.println("--- tree");
    List<Path> files =
        Content.files(servers.root()).stream()
            .filter(file -> !file.startsWith(servers.brokerData()))
            .toList();
    for (Path file : files.subList(0, Math.min(MOST_FILES, files.size()))) {
      to.println(servers.root().relativize(file) + " " + size(file));
    }
    to.println(files.size() > MOST_FILES ? "... of " + files.size() + " files" : "=== end");
  }

  /** Of a link itself: it may lead nowhere. */
  private static Object size(Path file) throws IOException {
    try {
      return Files.getAttribute(file, "size", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException wentOn) {
      return "gone since";
    }
  }

  private static void last(PrintStream to, Path file) throws IOException {
    if (Files.exists(file)) {
      List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
      to.println("--- " + file.getParent().getFileName() + "/" + file.getFileName());
      lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size()).forEach(to::println);
    }
  }

  /** Servers that a class shares over its tests are told of as long as their folder stands. */
  @Override
  public void afterEach(ExtensionContext test) {
    OPENED.get().removeIf(servers -> !servers.ingest().isAlive() && !servers.worker().isAlive());
  }
}
