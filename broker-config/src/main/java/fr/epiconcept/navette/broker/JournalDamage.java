package fr.epiconcept.navette.broker;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * Watches one start for journal files that Artemis could not read.
 *
 * <p>It puts them aside (folder {@code attic}), says one warning among others and goes on without
 * what they held. A transaction that a crash left open (AMQ142015) is no damage: it was never
 * promised to anybody.
 */
final class JournalDamage implements AutoCloseable {
  private static final Set<String> CODES =
      Set.of(
          "AMQ144008", // moved to the attic
          "AMQ142014", // a committed transaction lacks a part
          "AMQ142032"); // a file could not be read to its end

  private final List<Path> journals;
  private final Set<Path> before;
  private final Watch watch = new Watch();

  JournalDamage(List<Path> journals) throws IOException {
    this.journals = journals;
    this.before = atticFiles();
    watch.start();
    journalLog().addAppender(watch);
  }

  /** Whether anything was put aside or skipped since this watch was made. */
  boolean seen() throws IOException {
    return watch.told || !before.containsAll(atticFiles());
  }

  @Override
  public void close() {
    journalLog().detachAppender(watch);
    watch.stop();
  }

  private Set<Path> atticFiles() throws IOException {
    Set<Path> files = new HashSet<>();
    for (Path journal : journals) {
      Path attic = journal.resolve("attic");
      if (Files.isDirectory(attic)) {
        try (Stream<Path> entries = Files.list(attic)) {
          entries.forEach(files::add);
        }
      }
    }
    return files;
  }

  private static Logger journalLog() {
    return (Logger) LoggerFactory.getLogger("org.apache.activemq.artemis.journal");
  }

  private static final class Watch extends AppenderBase<ILoggingEvent> {
    private volatile boolean told;

    @Override
    protected void append(ILoggingEvent event) {
      if (CODES.stream().anyMatch(event.getFormattedMessage()::contains)) {
        told = true;
      }
    }
  }
}
