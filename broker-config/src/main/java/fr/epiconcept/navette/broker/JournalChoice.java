package fr.epiconcept.navette.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioFile;

/**
 * Which journal runs, and why.
 *
 * @param type what Artemis is told
 * @param words for the log and {@code navette status}
 */
record JournalChoice(JournalType type, String words) {
  private static final String LIBRARY = "artemis-native-64";

  /** The wanted type if this machine and the file system of the folder can have it, else NIO. */
  static JournalChoice of(JournalType wanted, Path folder) {
    if (wanted != JournalType.ASYNCIO) {
      return new JournalChoice(wanted, wanted + " (broker.xml says so)");
    }
    if (!LibaioContext.isLoaded()) {
      return nio("libaio's native library is not there: " + whyNotLoaded());
    }
    return probe(folder);
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
      Files.write(file, new byte[4096]);
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
      org.slf4j.LoggerFactory.getLogger(JournalChoice.class)
          .debug("cannot delete {}: {}", file, e.toString());
    }
  }
}
