package fr.epiconcept.navette.flux.landing;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.config.FolderTarget;
import fr.epiconcept.navette.flux.file.Branch;
import fr.epiconcept.navette.flux.file.FileKey;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.linux.Libc;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The sub-folders of a target. Those that are missing are made, with the owner and the group of its
 * files, and with their mode; who may read a file there may enter and list its folder.
 *
 * <p>A name that stands for something else, such as a file or a link, is left alone, and so is a
 * folder that Navette uses otherwise: the one beside it is taken, {@code a.2} for {@code a}, as for
 * files. So no link is ever followed, and nothing that somebody puts there holds the files up.
 */
final class TargetFolders {
  private static final int MOST_NUMBERS = 1000;
  private static final int MOST_KNOWN = 1000;
  private static final int PERMISSIONS = 07777;
  private static final int OWNER_ALONE = 0700;
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final FolderTarget target;
  private final List<Path> reserved;

  /** Folders whose names are surely on disk. */
  private final Map<Path, FileKey> synced =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, FileKey> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  /**
   * The folders of {@code target}.
   *
   * @param reserved folders that may lie there and are no place for its files
   */
  TargetFolders(FolderTarget target, List<Path> reserved) {
    this.target = target;
    this.reserved = List.copyOf(reserved);
  }

  /**
   * The folder for files of {@code wanted}, on disk when this returns; to be closed.
   *
   * @param top the target as it is, or as it was when a file began to land there
   * @throws IOException if it can be neither found nor made
   */
  Branch make(Path top, SubFolder wanted) throws IOException {
    Branch at = Branch.top(top);
    for (FileName part : wanted.parts()) {
      try (Branch above = at) {
        at = below(above, part);
      }
    }
    return at;
  }

  private Branch below(Branch above, FileName part) throws IOException {
    FileName name = part;
    for (int n = 2; n < MOST_NUMBERS; n++) {
      Optional<Branch> found = entered(above, name);
      if (found.isPresent()) {
        return found.get();
      }
      name = part.numbered(n);
    }
    throw new FileAlreadyExistsException(
        part.in(above.named()).toString(), null, "and " + MOST_NUMBERS + " others, and no folder");
  }

  /** Nothing if the name stands for something else. */
  private Optional<Branch> entered(Branch above, FileName name) throws IOException {
    try {
      Files.createDirectory(name.in(above.path()), PRIVATE);
    } catch (FileAlreadyExistsException known) {
      // What it is, is seen below.
    } catch (IOException e) {
      throw above.named(e);
    }
    Optional<Branch> found = above.into(name);
    boolean done = false;
    try {
      if (found.isPresent() && !isReserved(found.get())) {
        settle(above, found.get());
        done = true;
        return found;
      }
      if (Files.notExists(name.in(above.path()), LinkOption.NOFOLLOW_LINKS)) {
        throw new NoSuchFileException(
            name.in(above.named()).toString(), null, "somebody removes it as it is made");
      }
      return Optional.empty();
    } finally {
      if (!done) {
        found.ifPresent(Branch::close);
      }
    }
  }

  private boolean isReserved(Branch folder) throws IOException {
    for (Path each : reserved) {
      try {
        if (Files.isSameFile(each, folder.path())) {
          return true;
        }
      } catch (NoSuchFileException notThere) {
        // Then it is not this one.
      }
    }
    return false;
  }

  private void settle(Branch above, Branch folder) throws IOException {
    FileKey key = FileKey.ofFolder(folder.path());
    if (isUnfinished(folder.path())) {
      give(folder.path());
      NativeFiles.syncFolder(folder.path());
    } else if (isSynced(folder.named(), key)) {
      return;
    }
    // Also of one that was there: a crash may have come between its making and this.
    NativeFiles.syncFolder(above.path());
    synchronized (synced) {
      synced.put(folder.named(), key);
    }
  }

  private boolean isSynced(Path folder, FileKey key) {
    synchronized (synced) {
      return key.equals(synced.get(folder));
    }
  }

  /**
   * Whether it is as we have made it, and was not given to its owner before a crash. One that an
   * administrator made as the daemon's user, closed to all others, looks the same, and is given
   * too.
   */
  private static boolean isUnfinished(Path folder) throws IOException {
    Map<String, Object> looks = Files.readAttributes(folder, "unix:uid,mode");
    return (Integer) looks.get("uid") == Libc.geteuid()
        && ((Integer) looks.get("mode") & PERMISSIONS) == OWNER_ALONE;
  }

  private void give(Path folder) throws IOException {
    new Ownership(target).giveFolder(folder);
  }
}
