package fr.epiconcept.navette.flux.file;

import com.sun.jna.Memory;
import fr.epiconcept.navette.flux.linux.Errno;
import fr.epiconcept.navette.flux.linux.Libc;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What a file or folder keeps for life, under whatever name: the number of its inode, and where the
 * file system knows it, the time of its birth, for a number is given again when its file is gone.
 *
 * <p>The device is left out: many file systems have another number after each mount.
 *
 * @param inode the number
 * @param birth seconds and nanoseconds as {@code 1764000000.123456789}; empty if not known
 */
public record FileKey(long inode, String birth) {
  private static final int STATX_SIZE = 256;
  private static final int INODE_AT = 32;
  private static final int BIRTH_AT = 80;

  /** The key of {@code file} itself, never of what a link leads to. */
  public static FileKey of(Path file) throws IOException {
    return read(file, Libc.AT_SYMLINK_NOFOLLOW);
  }

  /** The key of the folder that {@code path} leads to. */
  public static FileKey ofFolder(Path path) throws IOException {
    return read(path, 0);
  }

  private static FileKey read(Path path, int flags) throws IOException {
    try (Memory answer = new Memory(STATX_SIZE)) {
      int mask = Libc.STATX_INO | Libc.STATX_BTIME;
      byte[] bytes = Libc.zeroEnded(NativeFiles.pathBytes(path));
      if (Libc.statx(Libc.AT_FDCWD, bytes, flags, mask, answer) != 0) {
        int errno = Errno.last();
        String reason = Errno.describe(errno);
        throw errno == Errno.ENOENT
            ? new NoSuchFileException(path.toString(), null, reason)
            : new FileSystemException(path.toString(), null, reason);
      }
      boolean born = (answer.getInt(0) & Libc.STATX_BTIME) != 0;
      String birth =
          born ? answer.getLong(BIRTH_AT) + "." + answer.getInt(BIRTH_AT + Long.BYTES) : "";
      return new FileKey(answer.getLong(INODE_AT), birth);
    }
  }

  /**
   * The key that {@link #toString} spelled.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static FileKey parse(String text) {
    int at = text.indexOf('@');
    String inode = at < 0 ? text : text.substring(0, at);
    return new FileKey(Long.parseUnsignedLong(inode), at < 0 ? "" : text.substring(at + 1));
  }

  /** Whether both are of one file, as far as both know. */
  public boolean isSameAs(FileKey other) {
    boolean oneDoesNotKnow = birth.isEmpty() || other.birth.isEmpty();
    return inode == other.inode && (oneDoesNotKnow || birth.equals(other.birth));
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(inode) + (birth.isEmpty() ? "" : "@" + birth);
  }
}
