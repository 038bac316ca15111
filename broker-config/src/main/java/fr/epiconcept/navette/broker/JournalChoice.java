package fr.epiconcept.navette.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which journal runs, and why.
 *
 * @param type what Artemis is told
 * @param words for the log and {@code navette status}
 */
record JournalChoice(JournalType type, String words) {
  private static final Logger LOG = LoggerFactory.getLogger(JournalChoice.class);
  private static final String LIBRARY = "artemis-native-64";
  private static final int BLOCK = 4096;

  /** The wanted type if this machine and the file system of the folder can have it, else NIO. */
  static JournalChoice of(JournalType wanted, Path data, Path journal) {
    if (wanted != JournalType.ASYNCIO) {
      return new JournalChoice(wanted, wanted + " (broker.xml says so)");
    }
    if (!LibaioContext.isLoaded()) {
      return nio("libaio's native library is not there: " + whyNotLoaded());
    }
    return oddFile(journal)
        .map(file -> nio(file + " was cut off; libaio could not even read it"))
        .orElseGet(() -> probe(data));
  }

  /**
   * Journal files are made whole. One that was cut within a block (a full disk, a bad copy) makes
   * libaio's broker stop at its first read; NIO's puts the file aside and goes on.
   */
  private static Optional<Path> oddFile(Path journal) {
    if (!Files.isDirectory(journal)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(journal)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.toString().endsWith(".amq") && Files.size(file) % BLOCK != 0) {
          return Optional.of(file);
        }
      }
    } catch (IOException e) {
      LOG.warn("cannot look at the journal files: {}", e.toString());
    }
    return Optional.empty();
  }

  /** Asks for the same library again: only the second failure says what is missing. */
  private static String whyNotLoaded() {
    try {
      System.loadLibrary(LIBRARY);
      return "it is there, but of another version than the broker wants";
    } catch (UnsatisfiedLinkError e) {
      return BrokerXml.oneLine(e);
    }
  }

  /** libaio needs O_DIRECT, which tmpfs and some network file systems do not know. */
  private static JournalChoice probe(Path folder) {
    Path file = folder.resolve(".libaio-probe");
    try {
      Files.write(file, new byte[BLOCK]);
      LibaioFile<?> opened = LibaioContext.openControlFile(file.toString(), true);
      opened.close();
      return new JournalChoice(JournalType.ASYNCIO, "ASYNCIO (libaio)");
    } catch (IOException e) {
      return nio("no direct I/O in " + folder + ": " + BrokerXml.oneLine(e));
    } finally {
      delete(file);
    }
  }

  private static JournalChoice nio(String why) {
    return new JournalChoice(JournalType.NIO, "NIO (" + why + ")");
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // Nothing was learnt that the journal will not meet itself, with a better message.
      LOG.debug("cannot delete {}: {}", file, e.toString());
    }
  }
}
