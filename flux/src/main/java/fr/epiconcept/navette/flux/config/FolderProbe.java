package fr.epiconcept.navette.flux.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Tries in a folder what a daemon will do there, as the user that it really is: modes and ACLs,
 * read-only mounts, full disks and quotas all show, which no look at permission bits does. Leaves
 * nothing behind; the probe is a hidden file, which never is a deposit.
 */
final class FolderProbe {
  private static final String PREFIX = ".navette-probe-";

  private final DaemonUser user = DaemonUser.current();
  private final Path folder;
  private final Syncs syncs;
  private String step = "";

  /**
   * Whether a file system syncs files and folders: asked once for each, since a sync takes time.
   */
  interface Syncs {
    /**
     * What is wrong with the sync of {@code folder} and of a file in it.
     *
     * @param trial tries it; nothing: all is well
     */
    Optional<String> complaint(Object fileSystem, Supplier<Optional<String>> trial);
  }

  FolderProbe(Path folder, Syncs syncs) {
    this.folder = folder;
    this.syncs = syncs;
  }

  /** The folder itself, or the nearest one above it that is there. */
  static Path nearestExisting(Path folder) {
    Path existing = folder;
    // A folder that cannot be looked at is taken for one that exists: the probe says why.
    while (Files.notExists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return existing;
  }

  /**
   * Whether a rename from one folder to the other is refused since they are on two file systems.
   */
  static boolean isFarApart(Path from, Path to) {
    // Tried for real: two mounts of one file system have one device number, and yet no rename.
    Path probe = from.resolve(PREFIX + UUID.randomUUID());
    Path moved = to.resolve(probe.getFileName());
    try {
      Files.createFile(probe);
      Files.move(probe, moved, StandardCopyOption.ATOMIC_MOVE);
      return false;
    } catch (AtomicMoveNotSupportedException e) {
      return true;
    } catch (IOException e) {
      // Whatever else is wrong with one of the two, its own probe has told.
      return false;
    } finally {
      remove(probe);
      remove(moved);
    }
  }

  /**
   * Creates, syncs, gives away if asked to, renames and deletes a file.
   *
   * @return what is wrong, if anything is
   */
  Optional<String> complaint(Optional<String> owner, Optional<String> group) {
    if (!Files.isDirectory(folder)) {
      return Optional.of(notAFolder());
    }
    Path probe = folder.resolve(PREFIX + UUID.randomUUID());
    Path renamed = folder.resolve(probe.getFileName() + "-2");
    try {
      step = "create a file in";
      write(probe);
      Optional<String> unsynced =
          syncs.complaint(Files.getAttribute(folder, "unix:dev"), () -> sync(probe));
      if (unsynced.isPresent()) {
        return unsynced;
      }
      Optional<String> complaint = giveAway(probe, owner, group);
      if (complaint.isPresent()) {
        return complaint;
      }
      step = "rename a file in";
      Files.move(probe, renamed, StandardCopyOption.ATOMIC_MOVE);
      step = "delete a file in";
      Files.delete(renamed);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(cannot(e));
    } finally {
      remove(probe);
      remove(renamed);
    }
  }

  private String cannot(IOException e) {
    return "user '" + user.name() + "' cannot " + step + " " + folder + ": " + Reason.of(e);
  }

  private String notAFolder() {
    try {
      Files.readAttributes(folder, "unix:mode");
      return folder + " is no folder";
    } catch (NoSuchFileException e) {
      return "there is no folder " + folder + ": create it for user '" + user.name() + "'";
    } catch (IOException e) {
      return "user '" + user.name() + "' cannot look at " + folder + ": " + Reason.of(e);
    }
  }

  private void write(Path probe) throws IOException {
    try (FileChannel channel =
        FileChannel.open(probe, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      step = "write a file in";
      channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
    }
  }

  private Optional<String> sync(Path probe) {
    try (FileChannel file =
            FileChannel.open(probe, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileChannel around = FileChannel.open(folder, StandardOpenOption.READ)) {
      step = "sync a file in";
      file.force(true);
      step = "sync";
      around.force(true);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(cannot(e));
    }
  }

  /**
   * Never through a link, which whoever may write here could put in the probe's place: it would
   * give him any file that this user may give away.
   */
  Optional<String> giveAway(Path probe, Optional<String> owner, Optional<String> group)
      throws IOException {
    UserPrincipalLookupService names = probe.getFileSystem().getUserPrincipalLookupService();
    PosixFileAttributeView view =
        Files.getFileAttributeView(probe, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    String kind = "user";
    try {
      if (owner.isPresent()) {
        view.setOwner(names.lookupPrincipalByName(owner.get()));
      }
      kind = "group";
      if (group.isPresent()) {
        view.setGroup(names.lookupPrincipalByGroupName(group.get()));
      }
      return Optional.empty();
    } catch (UserPrincipalNotFoundException e) {
      return Optional.of("there is no " + kind + " '" + e.getName() + "' on this machine");
    } catch (FileSystemException e) {
      String whom = String.join(":", owner.orElse(""), group.orElse(""));
      return Optional.of(
          "user '"
              + user.name()
              + "' cannot give files in "
              + folder
              + " to '"
              + whom
              + "' ("
              + Reason.of(e)
              + ")"
              + (user.isRoot()
                  ? ""
                  : ": a daemon that is not root needs CAP_CHOWN for an owner, and to be in the"
                      + " group for a group"));
    }
  }

  private static void remove(Path probe) {
    try {
      Files.deleteIfExists(probe);
    } catch (IOException ignored) {
      // The refusal to delete was reported by the step that needed it, or the folder is away.
    }
  }
}
