package fr.epiconcept.navette.chaos;

import fr.epiconcept.navette.chaos.Site.Room;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What waits on the disks of both servers, by the folders that docs/formats.md names. */
final class UnderWay {
  private UnderWay() {}

  /** A path for each file that has not come to its end, or left a trace where none should be. */
  static List<Path> in(Site site) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Flux flux : Flux.values()) {
      found.addAll(of(site, flux));
    }
    return found;
  }

  /** The same, of one flux. */
  static List<Path> of(Site site, Flux flux) throws IOException {
    List<Path> found = new ArrayList<>();
    Path spool = site.spool(flux);
    Path inbox = site.room(flux, Room.INBOX);
    // What a partner left hidden is his own; what stands in our staging is not.
    found.addAll(files(inbox, file -> !isHidden(file) || file.toString().contains("/.navette/")));
    for (String state : List.of("claimed", "again", "published", "arrived", "sftp")) {
      found.addAll(files(spool.resolve(state), any -> true));
    }
    found.addAll(files(site.marks(flux), any -> true));
    for (Front front : Front.of(flux)) {
      found.addAll(files(site.room(flux, Room.STORAGE, front), any -> true));
      found.addAll(
          files(
              site.room(flux, Room.WORKER_OUT, front), file -> !file.toString().endsWith(".part")));
      found.addAll(files(site.workerSpool(flux, front), file -> !file.endsWith("era")));
      found.addAll(files(site.marks(flux, front), any -> true));
      if (Files.exists(site.hold(flux, front))) {
        found.add(site.hold(flux, front));
      }
    }
    return found;
  }

  static boolean isHidden(Path file) {
    return file.getFileName().toString().startsWith(".");
  }

  /** Everything below a folder that is no folder. */
  static List<Path> files(Path folder, Predicate<Path> wanted) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .filter(wanted)
          .sorted()
          .toList();
    } catch (UncheckedIOException movedMeanwhile) {
      return files(folder, wanted);
    } catch (NoSuchFileException | NotDirectoryException none) {
      return List.of();
    }
  }
}
