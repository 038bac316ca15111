package fr.epiconcept.navette.chaos;

import fr.epiconcept.navette.chaos.Site.Room;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An application that takes what it sees: it lists the folders in which files appear for others (a
 * flux's storage and {@code out}) all the time, and reads each file once, as soon as it has a name
 * that is not hidden. What it read then must be whole.
 */
final class Onlooker implements Runnable {
  private final Site site;
  private final List<Sight> sights = new ArrayList<>();
  private final Set<Object> known = new HashSet<>();
  private volatile boolean over;

  /** A file as it was when it was seen first. */
  record Sight(Flux flux, Room room, Path path, String sha256) {}

  Onlooker(Site site) {
    this.site = site;
  }

  @Override
  public void run() {
    while (!over) {
      for (Flux flux : Flux.values()) {
        for (String subFolder : flux.subFolders()) {
          look(flux, Room.OUT, site.room(flux, Room.OUT).resolve(subFolder));
          for (Front front : Front.of(flux)) {
            look(flux, Room.STORAGE, site.room(flux, Room.STORAGE, front).resolve(subFolder));
          }
        }
      }
      Rest.ofMillis(10);
    }
  }

  private void look(Flux flux, Room room, Path folder) {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, file -> !UnderWay.isHidden(file))) {
      for (Path file : files) {
        read(flux, room, file);
      }
    } catch (IOException | UncheckedIOException folderIsAway) {
      return;
    } catch (java.nio.file.DirectoryIteratorException folderWentAway) {
      return;
    }
  }

  private void read(Flux flux, Room room, Path file) throws IOException {
    try {
      Object key =
          List.of(
              file,
              // Inodes come again: with its name and its change it is this file.
              Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS),
              Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS));
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !known.contains(key)) {
        Sight sight = new Sight(flux, room, file, Content.sha256(file));
        known.add(key);
        synchronized (this) {
          sights.add(sight);
        }
      }
    } catch (IOException goneOrNotForUs) {
      Rest.ofMillis(1);
    }
  }

  /** What it has seen of one flux in one of its folders. */
  synchronized List<Sight> sights(Flux flux, Room room) {
    return sights.stream().filter(sight -> sight.flux() == flux && sight.room() == room).toList();
  }

  synchronized int seen() {
    return sights.size();
  }

  void end() {
    over = true;
  }
}
