package fr.epiconcept.navette.broker;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
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
 *
 * <p>Of a file that was cut between two of its records it says nothing at all: what is there can be
 * read. But it makes its files at their full size before it gives them their name, so one that is
 * shorter was cut by somebody (a copy that broke off, a repair of the file system).
 */
final class JournalDamage implements AutoCloseable {
  private static final Set<String> CODES =
      Set.of(
          "AMQ144008", // moved to the attic
          "AMQ144007", // shorter than the head of a file, removed
          "AMQ142014", // a committed transaction lacks a part
          "AMQ142032"); // a file could not be read to its end

  /** Without its head a file is none: Artemis removes it. */
  private static final int HEAD = 16;

  /** Artemis has no setting for it. */
  static final int BINDINGS_FILE_SIZE = 1 << 20;

  private final List<Journal> journals;
  private final Set<Path> before;
  private final boolean cut;
  private final Watch watch = new Watch();

  /**
   * A journal.
   *
   * @param fileSize of each of its files
   */
  record Journal(Path folder, int fileSize) {}

  /** To be made before the start. */
  JournalDamage(Journal... journals) throws IOException {
    this.journals = List.of(journals);
    this.before = atticFiles();
    this.cut = mendCutFiles();
    watch.start();
    journalLog().addAppender(watch);
  }

  /** Whether anything was put aside or skipped since this watch was made. */
  boolean seen() throws IOException {
    return cut || watch.told || !before.containsAll(atticFiles());
  }

  @Override
  public void close() {
    journalLog().detachAppender(watch);
    watch.stop();
  }

  private Set<Path> atticFiles() throws IOException {
    Set<Path> files = new HashSet<>();
    for (Journal journal : journals) {
      Path attic = journal.folder().resolve("attic");
      if (Files.isDirectory(attic)) {
        try (Stream<Path> entries = Files.list(attic)) {
          entries.forEach(files::add);
        }
      }
    }
    return files;
  }

  /** Whether there was one. It is made as long as it was, or each start would find it again. */
  private boolean mendCutFiles() throws IOException {
    boolean found = false;
    for (Journal journal : journals) {
      if (!Files.isDirectory(journal.folder())) {
        continue;
      }
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(journal.folder(), "*.{amq,bindings}")) {
        for (Path file : files) {
          long size = Files.size(file);
          if (size < journal.fileSize()) {
            found = true;
            if (size >= HEAD) {
              lengthen(file, journal.fileSize());
            }
          }
        }
      }
    }
    return found;
  }

  /** With zeros, as behind the last record of any file. */
  private static void lengthen(Path file, long size) throws IOException {
    try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
      cut.setLength(size);
      cut.getFD().sync();
    }
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
