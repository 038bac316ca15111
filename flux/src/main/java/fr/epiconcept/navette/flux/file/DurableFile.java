package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.FileName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Small files that are whole or absent after any crash. */
public final class DurableFile {
  private static final Logger LOG = LoggerFactory.getLogger(DurableFile.class);
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FOLDER =
      PosixFilePermissions.asFileAttribute(OWNER_ONLY);
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final int BLOCK = 4096;

  private DurableFile() {}

  /**
   * Puts {@code text} in the place of whatever {@code file} held: afterwards it is the old or the
   * new.
   */
  public static void replace(Path file, String text) throws IOException {
    replace(file, text, "rw-------");
  }

  /**
   * As {@link #replace(Path, String)}, for a file that others may see; its folder is made if it is
   * not there, with the rights that the umask gives.
   *
   * @param mode as {@code rw-r-----}
   */
  public static void replace(Path file, String text, String mode) throws IOException {
    replace(file, text, mode, false);
  }

  /**
   * As {@link #replace(Path, String, String)}; as far as this user may, the new file belongs to
   * whom the old one belonged to, or the first one to whom its folder belongs. For what root writes
   * and a daemon reads.
   */
  public static void replaceForSameOwner(Path file, String text, String mode) throws IOException {
    replace(file, text, mode, true);
  }

  private static void replace(Path file, String text, String mode, boolean sameOwner)
      throws IOException {
    Files.createDirectories(file.getParent());
    Path temporary = FileName.of(file).plus(".new").in(file.getParent());
    Files.deleteIfExists(temporary);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PRIVATE_FILE)) {
      if (sameOwner) {
        giveTo(temporary, Files.exists(file) ? file : file.getParent());
      }
      // A mode given at creation is cut by the umask; nothing is in the file yet.
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString(mode));
      writeFully(channel, text);
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    NativeFiles.syncFolder(file.getParent());
  }

  private static void giveTo(Path file, Path whose) throws IOException {
    PosixFileAttributes wanted = Files.readAttributes(whose, PosixFileAttributes.class);
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    PosixFileAttributes own = view.readAttributes();
    try {
      if (!own.group().equals(wanted.group())) {
        view.setGroup(wanted.group());
      }
      if (!own.owner().equals(wanted.owner())) {
        view.setOwner(wanted.owner());
      }
    } catch (FileSystemException notAllowed) {
      // Only root gives files away: anybody else keeps what he made.
      LOG.debug("{} stays with its writer: {}", file, notAllowed.toString());
    }
  }

  /**
   * Adds a line to {@code file}, on disk when this returns. A crash may leave a part of it without
   * its line end: readers leave such a part out.
   *
   * @param create whether the file shall be made; its folder is synced then
   */
  public static void append(Path file, String line, boolean create) throws IOException {
    try (FileChannel channel = appendUnsynced(file, line, create)) {
      channel.force(false);
    }
    if (create) {
      NativeFiles.syncFolder(file.getParent());
    }
  }

  /**
   * The same, of which nothing is on disk yet: whoever appends to many files syncs them afterwards,
   * and their folder if one was made.
   *
   * @return the file, to be synced and closed
   */
  public static FileChannel appendUnsynced(Path file, String line, boolean create)
      throws IOException {
    Set<StandardOpenOption> options =
        create
            ? EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND)
            : EnumSet.of(StandardOpenOption.APPEND);
    FileChannel channel = FileChannel.open(file, options, PRIVATE_FILE);
    boolean written = false;
    try {
      writeFully(channel, line + "\n");
      written = true;
      return channel;
    } finally {
      if (!written) {
        channel.close();
      }
    }
  }

  /** Cuts off what a crash left without a line end: what is appended next must not complete it. */
  public static void dropTornLine(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long size = channel.size();
      long end = size;
      while (end > 0) {
        // From behind, a block at a time: only the last line matters, however long the file.
        ByteBuffer block = ByteBuffer.allocate((int) Math.min(end, BLOCK));
        long start = end - block.capacity();
        readFully(channel, block, start);
        int after = block.capacity();
        while (after > 0 && block.get(after - 1) != '\n') {
          after--;
        }
        end = start + after;
        if (after > 0) {
          break;
        }
      }
      if (end < size) {
        channel.truncate(end);
      }
    }
  }

  private static void readFully(FileChannel channel, ByteBuffer into, long from)
      throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into, from + into.position()) < 0) {
        throw new IOException("a file became shorter while it was read");
      }
    }
  }

  /** The text of a small file, or nothing if there is none. */
  public static Optional<String> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Makes {@code folder} and its missing parents, for our eyes only, on disk when this returns. */
  public static void makeFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.getParent();
    makeFolder(parent);
    try {
      Files.createDirectory(folder, PRIVATE_FOLDER);
    } catch (FileAlreadyExistsException somebodyElseDid) {
      if (!Files.isDirectory(folder)) {
        throw somebodyElseDid;
      }
    }
    NativeFiles.syncFolder(parent);
  }

  /**
   * As {@link #makeFolder}, for what root makes and a daemon uses: as far as this user may, the
   * folder belongs to whom its parent belongs to, which must be there.
   */
  public static void makeFolderForSameOwner(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      makeFolder(folder);
      giveTo(folder, folder.getParent());
    }
  }

  private static void writeFully(FileChannel channel, String text) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
