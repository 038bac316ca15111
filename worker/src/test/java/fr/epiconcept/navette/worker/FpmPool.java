package fr.epiconcept.navette.worker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.config.PhpFpm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A real php-fpm with one pool, which runs scripts as the user of this test. */
final class FpmPool implements AutoCloseable {
  private final Path folder;
  private final String settings;
  private Process master;

  /** A pool that listens to nobody yet; {@code settings} are lines of its own. */
  FpmPool(Path folder, String... settings) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.settings = String.join("\n", settings);
  }

  PhpFpm address() {
    return new PhpFpm("unix:" + socket());
  }

  Path socket() {
    return folder.resolve("fpm.sock");
  }

  FpmPool start() throws IOException {
    Optional<Path> program = program();
    assumeTrue(program.isPresent(), "there is no php-fpm here (Debian package php-fpm)");
    boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    Path config =
        Files.writeString(
            folder.resolve("fpm.conf"),
            String.join(
                "\n",
                "[global]",
                "error_log = " + folder.resolve("fpm.log"),
                "daemonize = no",
                "[tested]",
                root ? "user = root\ngroup = root" : "",
                "listen = " + socket(),
                "pm = static",
                "pm.max_children = 4",
                settings,
                ""));
    ProcessBuilder builder =
        new ProcessBuilder(
            root
                ? List.of(program.get().toString(), "-n", "-F", "-R", "-y", config.toString())
                : List.of(program.get().toString(), "-n", "-F", "-y", config.toString()));
    master =
        builder.redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile()).start();
    await("php-fpm listens")
        .atMost(Duration.ofSeconds(20))
        .until(() -> Files.exists(socket()) && children().size() == 4);
    return this;
  }

  private static Optional<Path> program() throws IOException {
    for (String folder : List.of("/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/bin")) {
      try (Stream<Path> all = Files.list(Path.of(folder))) {
        Optional<Path> found =
            all.filter(each -> each.getFileName().toString().startsWith("php-fpm"))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** The processes that run scripts. */
  List<ProcessHandle> children() {
    return master.children().toList();
  }

  void killChildren() {
    children().forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    if (master != null) {
      List<ProcessHandle> children = children();
      master.destroy();
      await("php-fpm ends").atMost(Duration.ofSeconds(10)).until(() -> !master.isAlive());
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
