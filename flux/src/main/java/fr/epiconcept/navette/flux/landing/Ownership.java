package fr.epiconcept.navette.flux.landing;

import fr.epiconcept.navette.flux.config.FolderTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;

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
    UserPrincipalLookupService names = file.getFileSystem().getUserPrincipalLookupService();
    // Before the rights: some take our own right to open it away.
    view.setTimes(modified, null, null);
    if (target.group().isPresent()) {
      view.setGroup(names.lookupPrincipalByGroupName(target.group().get()));
    }
    if (target.owner().isPresent()) {
      view.setOwner(names.lookupPrincipalByName(target.owner().get()));
    }
    view.setPermissions(target.mode());
  }
}
