package fr.epiconcept.navette.flux.file;

import com.sun.jna.Memory;
import fr.epiconcept.navette.flux.linux.Errno;
import fr.epiconcept.navette.flux.linux.Libc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HexFormat;
import java.util.Objects;

/**
 * What the way of a file needs of Linux and Java does not offer: a rename that never overwrites,
 * syncs that an interrupt cannot spoil, the kind of a file system.
 */
public final class NativeFiles {
  private static final int RENAME_NOREPLACE = 1;
  private static final int STATFS_SIZE = 256;
  private static final long UNSIGNED_INT = 0xFFFFFFFFL;

  private NativeFiles() {}

  /**
   * Renames within one file system, unless something of that name stands there already. Of two who
   * rename onto one name at once, one is answered true. A link is renamed, never followed.
   *
   * <p>Where the file system has no such rename (NFS, 9p, some FUSE), a regular file is given its
   * new name by link(2), which never overwrites either, and then loses the old one by unlink(2). At
   * no time is it without a name; a crash between the two leaves it with both, and asking again
   * takes the old one away. A file found under both names is thus answered true there.
   *
   * @return whether it is done; false: something has the name {@code to}, nothing was changed
   * @throws AtomicMoveNotSupportedException if the two are on different file systems
   * @throws NoSuchFileException if {@code from}, or the folder of {@code to}, is not there
   * @throws FileSystemException for any other reason, which it names; nothing was changed
   */
  public static boolean renameNoReplace(Path from, Path to) throws IOException {
    int answer =
        Libc.renameat2(Libc.AT_FDCWD, ended(from), Libc.AT_FDCWD, ended(to), RENAME_NOREPLACE);
    if (answer == 0) {
      return true;
    }
    int errno = Errno.last();
    boolean unknownThere =
        errno == Errno.EINVAL || errno == Errno.ENOSYS || errno == Errno.EOPNOTSUPP;
    if (unknownThere) {
      return linkThenUnlink(from, to);
    }
    return refused(errno, from, to);
  }

  /** The rename of file systems that know no flag for it; see {@link #renameNoReplace}. */
  static boolean linkThenUnlink(Path from, Path to) throws IOException {
    if (!attributes(from).isRegularFile()) {
      throw new FileSystemException(
          from.toString(),
          to.toString(),
          "this file system has no rename that never overwrites, and only a regular file can do without");
    }
    // On NFS an answer may be lost and the call sent twice: EEXIST may speak of our own success.
    boolean linked = Libc.link(ended(from), ended(to)) == 0;
    if (!linked) {
      int errno = Errno.last();
      if (errno != Errno.EEXIST || !isSame(from, to)) {
        return refused(errno, from, to);
      }
    }
    if (Libc.unlink(ended(from)) == 0) {
      return true;
    }
    int errno = Errno.last();
    if (errno == Errno.ENOENT) {
      return true;
    }
    // Two names would be two deposits at the next look: take the new one back.
    if (linked && isSame(from, to)) {
      Libc.unlink(ended(to));
    }
    return refused(errno, from, to);
  }

  /** Makes the names in a folder durable: what was renamed, created or deleted in it. */
  public static void syncFolder(Path folder) throws IOException {
    // Some file systems (CIFS, some FUSE) know no sync of a folder and say EINVAL: there is no more
    // to be had there, their server orders its names itself.
    sync(folder, true);
  }

  /** Makes the bytes of a file durable. */
  public static void syncFile(Path file) throws IOException {
    sync(file, false);
  }

  // Not by FileChannel: there an interrupted thread gets a closed channel instead of a sync.
  private static void sync(Path path, boolean mayBeUnknown) throws IOException {
    int descriptor = Libc.open(ended(path), Libc.O_RDONLY | Libc.O_CLOEXEC);
    if (descriptor < 0) {
      throw failure(Errno.last(), path, null);
    }
    try {
      while (Libc.fsync(descriptor) != 0) {
        int errno = Errno.last();
        if (errno == Errno.EINVAL && mayBeUnknown) {
          return;
        }
        if (errno != Errno.EINTR) {
          throw new FileSystemException(path.toString(), null, "fsync: " + Errno.describe(errno));
        }
      }
    } finally {
      Libc.close(descriptor);
    }
  }

  /** What kind of file system {@code folder} is on, once links are followed. */
  public static FileSystemKind kindOf(Path folder) throws IOException {
    try (Memory answer = new Memory(STATFS_SIZE)) {
      if (Libc.statfs(ended(folder), answer) != 0) {
        throw failure(Errno.last(), folder, null);
      }
      return FileSystemKind.of(answer.getLong(0) & UNSIGNED_INT);
    }
  }

  /** The absolute path as the bytes that the kernel has, without a slash at its end. */
  public static byte[] pathBytes(Path path) {
    String raw = path.toUri().getRawPath();
    int end = raw.length() > 1 && raw.endsWith("/") ? raw.length() - 1 : raw.length();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(end);
    for (int i = 0; i < end; i++) {
      if (raw.charAt(i) == '%') {
        bytes.write(HexFormat.fromHexDigits(raw, i + 1, i + 3));
        i += 2;
      } else {
        bytes.write(raw.charAt(i));
      }
    }
    return bytes.toByteArray();
  }

  static byte[] ended(Path path) {
    return Libc.zeroEnded(pathBytes(path));
  }

  private static boolean isSame(Path one, Path other) throws IOException {
    return Objects.equals(attributes(one).fileKey(), attributes(other).fileKey());
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean refused(int errno, Path from, Path to) throws IOException {
    if (errno == Errno.EEXIST) {
      return false;
    }
    throw failure(errno, from, to);
  }

  /** What a call that failed for that reason throws. */
  static FileSystemException failure(int errno, Path path, Path other) {
    String second = other == null ? null : other.toString();
    String reason = Errno.describe(errno);
    if (errno == Errno.EXDEV) {
      return new AtomicMoveNotSupportedException(path.toString(), second, reason);
    }
    if (errno == Errno.EACCES) {
      return new AccessDeniedException(path.toString(), second, reason);
    }
    return errno == Errno.ENOENT
        ? new NoSuchFileException(path.toString(), second, reason)
        : new FileSystemException(path.toString(), second, reason);
  }
}
