package fr.epiconcept.navette.flux.spool;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.NativeFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the spool remembers in which sub-folder a file stood: by a folder between the file's own and
 * the file, {@code <id>/.sub=a%2Fb/<name>}. So the rename that claims a file says where it was,
 * too, and nothing else has to be written. A spelling that is too long for one name is cut into
 * several, one in the other.
 *
 * <p>Nothing that is claimed has a hidden name, so it is never taken for such a folder, not even
 * where a folder was claimed that somebody had put in the place of a file.
 */
record Origin(SubFolder folder, Path place) {
  private static final String MARK = ".sub=";
  private static final String SLASH = "%2F";
  private static final int LONGEST = FileName.MAX_BYTES - MARK.length();

  /** Whether a folder of that name says where a file stood. */
  static boolean isOne(FileName name) {
    return name.isHidden() && name.display().startsWith(MARK);
  }

  /** Where a file from {@code folder} stands in {@code own}. */
  static Origin of(Path own, SubFolder folder) {
    Path place = own;
    String left = folder.encoded().replace("/", SLASH);
    while (!left.isEmpty()) {
      int end = Math.min(LONGEST, left.length());
      place = place.resolve(MARK + left.substring(0, end));
      left = left.substring(end);
    }
    return new Origin(folder, place);
  }

  /** The one that stands in {@code own}; that of the top where there is none. */
  static Origin in(Path own) throws IOException {
    StringBuilder spelled = new StringBuilder();
    Path place = own;
    for (Optional<Path> next = next(place); next.isPresent(); next = next(place)) {
      place = next.get();
      spelled.append(place.getFileName().toString().substring(MARK.length()));
    }
    try {
      return new Origin(SubFolder.decode(spelled.toString().replace(SLASH, "/")), place);
    } catch (IllegalArgumentException damaged) {
      throw new IOException("the name of " + place + " is damaged: " + damaged.getMessage());
    }
  }

  private static Optional<Path> next(Path place) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(place, MARK + "*")) {
      for (Path each : all) {
        if (FileIdentity.of(each).isFolder()) {
          return Optional.of(each);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException gone) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  /** Makes the folders in {@code own}, which is there. */
  void make() throws IOException {
    if (!folder.isTop()) {
      Files.createDirectories(place);
    }
  }

  /** Makes durable what stands in {@code own}, down to the file's name. */
  void sync(Path own) throws IOException {
    for (Path each : fromWithin(own)) {
      NativeFiles.syncFolder(each);
    }
  }

  /** Removes the folders in {@code own}, and that one too; they are empty. May be called twice. */
  void remove(Path own) throws IOException {
    for (Path each : fromWithin(own)) {
      Files.deleteIfExists(each);
    }
  }

  private List<Path> fromWithin(Path own) {
    List<Path> folders = new ArrayList<>();
    for (Path each = place; !each.equals(own); each = each.getParent()) {
      folders.add(each);
    }
    folders.add(own);
    return folders;
  }
}
