package fr.epiconcept.navette.flux.landing;

import fr.epiconcept.navette.flux.config.FolderTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.HashSet;
import java.util.Set;

/** Gives a file the mtime, owner, group and permissions that it shall have. */
final class Ownership {
  private final FolderTarget target;

  Ownership(FolderTarget target) {
    this.target = target;
  }

  /**
   * Must be done under the temporary name: nobody may ever see the file with other rights.
   *
   * @param file the way to the open file itself: whoever may write to its folder could put another
   *     in its place, and would get that one's owner changed
   */
  void give(Path file, FileTime modified) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    // Before the rights: some take our own right to open it away.
    view.setTimes(modified, null, null);
    give(view, file, target.mode());
  }

  /** Gives a folder the owner and the group of files, and rights to enter for who may read them. */
  void giveFolder(Path folder) throws IOException {
    Set<PosixFilePermission> mode = new HashSet<>(target.mode());
    for (PosixFilePermission each : target.mode()) {
      mode.add(
          switch (each) {
            case OWNER_READ, OWNER_WRITE, OWNER_EXECUTE -> PosixFilePermission.OWNER_EXECUTE;
            case GROUP_READ, GROUP_WRITE, GROUP_EXECUTE -> PosixFilePermission.GROUP_EXECUTE;
            case OTHERS_READ, OTHERS_WRITE, OTHERS_EXECUTE -> PosixFilePermission.OTHERS_EXECUTE;
          });
    }
    give(Files.getFileAttributeView(folder, PosixFileAttributeView.class), folder, mode);
  }

  private void give(PosixFileAttributeView view, Path file, Set<PosixFilePermission> mode)
      throws IOException {
    UserPrincipalLookupService names = file.getFileSystem().getUserPrincipalLookupService();
    if (target.group().isPresent()) {
      view.setGroup(names.lookupPrincipalByGroupName(target.group().get()));
    }
    if (target.owner().isPresent()) {
      view.setOwner(names.lookupPrincipalByName(target.owner().get()));
    }
    view.setPermissions(mode);
  }
}
