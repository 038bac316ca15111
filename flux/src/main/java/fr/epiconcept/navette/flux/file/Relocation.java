package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.FileId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.security.MessageDigest;

/**
 * Moves a file that is ours alone to its final place, on the same file system or another, without
 * ever overwriting. May be done again after a crash at any point: it finds what the first try left.
 */
public final class Relocation {
  private static final int BUFFER = 128 * 1024;

  private Relocation() {}

  /**
   * Moves {@code from} to {@code to}. The folder of {@code to} exists; it is not synced here, so
   * that many moves can share one sync.
   *
   * @param id names the temporary copy when the file system is another one
   * @return true: it stands at {@code to}; false: another file has that name
   * @throws NoSuchFileException if {@code from} is not there
   */
  public static boolean move(Path from, Path to, FileId id) throws IOException {
    try {
      return NativeFiles.renameNoReplace(from, to);
    } catch (AtomicMoveNotSupportedException otherFileSystem) {
      return copyThenRemove(from, to, id);
    }
  }

  private static boolean copyThenRemove(Path from, Path to, FileId id) throws IOException {
    Path temporary = to.resolveSibling(TemporaryName.of(id));
    Files.deleteIfExists(temporary);
    byte[] written = copyOrNothing(from, temporary);
    if (!NativeFiles.renameNoReplace(temporary, to)) {
      boolean movedBefore = MessageDigest.isEqual(written, hashIfRegular(to));
      Files.deleteIfExists(temporary);
      if (!movedBefore) {
        return false;
      }
    }
    NativeFiles.syncFolder(to.getParent());
    Files.delete(from);
    return true;
  }

  /**
   * Copies a file that nobody should be writing to: the same bytes, mtime and rights. Its bytes are
   * on disk when this returns, its name after the next sync of the folder.
   *
   * @param to nothing stands there
   * @throws IOException if it is no regular file, was written to meanwhile, or reads differently
   *     once it is copied; nothing is left of it then
   */
  public static void copy(Path from, Path to) throws IOException {
    copyOrNothing(from, to);
  }

  /** A part of it on a full disk would only take the room that others wait for. */
  private static byte[] copyOrNothing(Path from, Path to) throws IOException {
    boolean done = false;
    try {
      byte[] written = copyVerified(from, to);
      done = true;
      return written;
    } finally {
      if (!done) {
        Files.deleteIfExists(to);
      }
    }
  }

  private static byte[] copyVerified(Path from, Path to) throws IOException {
    FileIdentity before = FileIdentity.of(from);
    if (!before.isRegular()) {
      throw new IOException("no regular file, so it cannot be copied to another place: " + from);
    }
    byte[] written = copy(from, to, Hashing.newDigest());
    keepAttributes(from, to);
    NativeFiles.syncFile(to);
    if (!MessageDigest.isEqual(written, Hashing.sha256(to))) {
      Files.deleteIfExists(to);
      throw new IOException(
          "what was copied to " + to + " reads differently: is the disk failing?");
    }
    if (!FileIdentity.of(from).sameContentAs(before)) {
      Files.deleteIfExists(to);
      throw new IOException("somebody wrote to " + from + " while it was copied");
    }
    return written;
  }

  private static byte[] hashIfRegular(Path file) throws IOException {
    return FileIdentity.of(file).isRegular() ? Hashing.sha256(file) : new byte[0];
  }

  private static byte[] copy(Path from, Path to, MessageDigest digest) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = RegularFile.open(from);
        FileChannel channel =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = Channels.newOutputStream(channel)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
        out.write(buffer, 0, n);
      }
    } catch (FileAlreadyExistsException unexpected) {
      throw new IOException("a temporary name of ours is taken: " + to, unexpected);
    }
    return digest.digest();
  }

  /**
   * A copy shall look like what a rename would have brought; the owner only where we may set it.
   */
  private static void keepAttributes(Path from, Path to) throws IOException {
    PosixFileAttributes source =
        Files.readAttributes(from, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributeView view =
        Files.getFileAttributeView(to, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributes copy = view.readAttributes();
    view.setTimes(source.lastModifiedTime(), null, null);
    if (!copy.group().equals(source.group()) && mayChown()) {
      view.setGroup(source.group());
    }
    if (!copy.owner().equals(source.owner()) && mayChown()) {
      view.setOwner(source.owner());
    }
    view.setPermissions(source.permissions());
  }

  private static boolean mayChown() {
    return "root".equals(System.getProperty("user.name"));
  }
}
