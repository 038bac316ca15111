package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.linux.Libc;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A file that is being made where others may write. They can give its name to something else at any
 * moment; bytes, owner and rights go to what was made, and to nothing else.
 */
public final class NewFile implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** Bytes that the disk is given at once. */
  private static final long PORTION = 4 << 20;

  private static final int PERMISSIONS = 07777;
  private static final int OWNER_ALONE = 0600;

  private final Path name;
  private final Held held;
  private final FileChannel channel;

  private NewFile(Path name, Held held, FileChannel channel) {
    this.name = name;
    this.held = held;
    this.channel = channel;
  }

  /**
   * Makes it, for its owner alone.
   *
   * @throws FileAlreadyExistsException if something has that name
   */
  public static NewFile make(Path name) throws IOException {
    FileChannel.open(
            name, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE)
        .close();
    Held held = Held.open(name);
    boolean done = false;
    try {
      FileIdentity looks = FileIdentity.of(held);
      if (!looks.isRegular() || looks.size() > 0 || looks.links() > 1) {
        throw replaced(name);
      }
      FileChannel channel = open(held);
      done = true;
      return new NewFile(name, held, channel);
    } finally {
      if (!done) {
        held.close();
      }
    }
  }

  /**
   * Goes on with one that was made before and never finished; its next byte comes behind its last.
   *
   * @return nothing if no such file has that name: what is not ours alone is nobody's beginning
   */
  public static Optional<NewFile> goOn(Path name) throws IOException {
    Held held;
    try {
      held = Held.open(name);
    } catch (NoSuchFileException nothing) {
      return Optional.empty();
    } catch (FileSystemException e) {
      if (e instanceof AccessDeniedException || Files.isSymbolicLink(name)) {
        return Optional.empty();
      }
      throw e;
    }
    boolean done = false;
    try {
      FileIdentity looks = FileIdentity.of(held);
      boolean ours =
          looks.isRegular()
              && looks.links() == 1
              && (looks.mode() & PERMISSIONS) == OWNER_ALONE
              && Files.getAttribute(held.path(), "unix:uid").equals(Libc.geteuid());
      if (!ours) {
        return Optional.empty();
      }
      FileChannel channel = open(held);
      channel.position(channel.size());
      done = true;
      return Optional.of(new NewFile(name, held, channel));
    } finally {
      if (!done) {
        held.close();
      }
    }
  }

  private static FileChannel open(Held held) throws IOException {
    return FileChannel.open(held.path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static IOException replaced(Path name) {
    return new IOException("somebody put something else in the place of " + name);
  }

  /** Takes its bytes. */
  public OutputStream out() {
    return new Smooth(Channels.newOutputStream(channel));
  }

  /**
   * Hands what was written to the disk bit by bit. All at once, in the sync at the end, a large
   * file would keep every other sync of the disk waiting for a second.
   */
  private final class Smooth extends FilterOutputStream {
    private long begun;
    private long written;

    Smooth(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      written++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
      written += length;
      if (written - begun >= PORTION) {
        begun = written;
        long end = channel.position();
        held.beginWriting(Math.max(0, end - PORTION), PORTION);
      }
    }
  }

  /** How many bytes it has. */
  public long length() throws IOException {
    return channel.size();
  }

  /**
   * Reads what it has into {@code buffer}, from {@code position} on; where the next byte comes does
   * not change.
   *
   * @return how many bytes were read; -1 at the end
   */
  public int read(ByteBuffer buffer, long position) throws IOException {
    return channel.read(buffer, position);
  }

  /** Takes all its bytes away. */
  public void clear() throws IOException {
    channel.truncate(0);
  }

  /** The way to it, for as long as it is held; a link of the system, to be followed. */
  public Path path() {
    return held.path();
  }

  /**
   * Makes bytes and rights durable; the name is so after a sync of the folder.
   *
   * @throws IOException also if its name is not its own any more
   */
  public void finish() throws IOException {
    channel.force(true);
    FileIdentity made = FileIdentity.of(held);
    try {
      FileIdentity named = FileIdentity.of(name);
      if (named.inode() != made.inode() || named.device() != made.device()) {
        throw replaced(name);
      }
    } catch (NoSuchFileException gone) {
      throw replaced(name);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      held.close();
    }
  }
}
