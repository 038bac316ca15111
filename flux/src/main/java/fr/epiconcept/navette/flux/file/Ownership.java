package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.config.FolderTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;

/** Gives a file the owner, group and permissions that its target asks for. */
final class Ownership {
  private final FolderTarget target;

  Ownership(FolderTarget target) {
    this.target = target;
  }

  /** Must be done under the temporary name: nobody may ever see the file with other rights. */
  void give(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    UserPrincipalLookupService names = file.getFileSystem().getUserPrincipalLookupService();
    if (target.group().isPresent()) {
      view.setGroup(names.lookupPrincipalByGroupName(target.group().get()));
    }
    if (target.owner().isPresent()) {
      view.setOwner(names.lookupPrincipalByName(target.owner().get()));
    }
    view.setPermissions(target.mode());
  }
}
