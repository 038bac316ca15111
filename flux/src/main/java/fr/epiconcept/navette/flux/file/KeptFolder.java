package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.TreeName;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A folder in which files are kept for people: {@code <day>/<id>-<name>}, the day being that of the
 * claim in local time. So no two files ever want one name, {@code ls} shows the order of arrival,
 * and an id leads to its file without an index.
 *
 * <p>A name too long to carry an id before it stands in a folder of the id: {@code
 * <day>/<id>/<name>}; and so does what stood in a sub-folder, with that: {@code
 * <day>/<id>/a/b/<name>}.
 */
public final class KeptFolder {
  private static final int MOST_TIMES = 1000;

  private final Path folder;

  /** The day whose name is surely on disk: the one that was synced last. */
  private volatile Optional<Day> synced = Optional.empty();

  private record Day(Path folder, FileKey key) {}

  private final ZoneId zone;

  /**
   * The keeping place in {@code folder}, which exists.
   *
   * @param zone whose calendar the day folders follow
   */
  public KeptFolder(Path folder, ZoneId zone) {
    this.folder = folder;
    this.zone = zone;
  }

  /** The folder of all days. */
  public Path folder() {
    return folder;
  }

  /** The folder for the day on which {@code id} was claimed. */
  public Path day(FileId id) {
    return folder.resolve(LocalDate.ofInstant(id.time(), zone).toString());
  }

  /**
   * How many names that are an id and this ending stand in the folder of the day at {@code time}; a
   * folder that is not there has none.
   *
   * @throws IOException if it cannot be read
   */
  public long countOfDay(Instant time, String ending) throws IOException {
    long count = 0;
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(folder.resolve(LocalDate.ofInstant(time, zone).toString()))) {
      for (Path each : all) {
        String name = each.getFileName().toString();
        // Not what only ends so: a kept file may be called anything.
        count += name.length() == FileId.LENGTH + ending.length() && name.endsWith(ending) ? 1 : 0;
      }
    } catch (NoSuchFileException none) {
      return 0;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return count;
  }

  /** The folders of days that there are, in the order of time. */
  public List<Path> days() throws IOException {
    List<Path> days = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "[0-9][0-9][0-9][0-9]-*")) {
      all.forEach(days::add);
    }
    Collections.sort(days);
    return days;
  }

  /** Where the file of that id and name is kept, whether it stands there or not. */
  public Path place(FileId id, TreeName name) {
    return place(id, 1, name);
  }

  /** As {@link #place(FileId, TreeName)}, of one that stood in no sub-folder. */
  public Path place(FileId id, FileName name) {
    return place(id, TreeName.of(name));
  }

  /** The {@code n}-th time that a file of that id is kept: a dead letter that was sent back. */
  private Path place(FileId id, int n, TreeName name) {
    String label = n == 1 ? id.value() : id.value() + "." + n;
    boolean tooLong = label.length() + 1 + name.name().length() > FileName.MAX_BYTES;
    if (tooLong || !name.folder().isTop()) {
      return name.in(day(id).resolve(label));
    }
    return FileName.decode(label + "-" + name.name().encoded()).in(day(id));
  }

  /** As {@link #keep(Path, FileId, TreeName)}, of one that stood in no sub-folder. */
  public Optional<Path> keep(Path from, FileId id, FileName name) throws IOException {
    return keep(from, id, TreeName.of(name));
  }

  /**
   * Moves a file to its place. On disk only after {@link #sync}; may be done again.
   *
   * @return the place, or nothing if neither {@code from} nor the place has the file
   * @throws IOException if it cannot be moved; {@code from} is untouched then
   */
  public Optional<Path> keep(Path from, FileId id, TreeName name) throws IOException {
    for (int n = 1; n < MOST_TIMES; n++) {
      Path place = place(id, n, name);
      makeFolders(place.getParent());
      try {
        if (Relocation.move(from, place, id)) {
          for (Path own = place.getParent(); !own.equals(day(id)); own = own.getParent()) {
            NativeFiles.syncFolder(own);
          }
          return Optional.of(place);
        }
      } catch (NoSuchFileException gone) {
        return Files.exists(place, LinkOption.NOFOLLOW_LINKS)
            ? Optional.of(place)
            : Optional.empty();
      }
    }
    throw new FileAlreadyExistsException(
        place(id, name).toString(), null, "and " + MOST_TIMES + " others of that id");
  }

  /** Makes what was kept for {@code id} durable: one sync for all files of a day. */
  public void sync(Path day) throws IOException {
    NativeFiles.syncFolder(day);
    // That there is such a day is on disk since an earlier sync, unless this one was made since.
    Optional<Day> now = Optional.of(new Day(day, FileKey.ofFolder(day)));
    if (!now.equals(synced)) {
      NativeFiles.syncFolder(folder);
      synced = now;
    }
  }

  private void makeFolders(Path day) throws IOException {
    // With the rights that the administrator's umask gives: archives are for people to read.
    Files.createDirectories(day);
  }
}
