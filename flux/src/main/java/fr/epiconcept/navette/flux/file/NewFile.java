package fr.epiconcept.navette.flux.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * A file that is being made where others may write. They can give its name to something else at any
 * moment; bytes, owner and rights go to what was made, and to nothing else.
 */
public final class NewFile implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

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
      FileChannel channel = FileChannel.open(held.path(), StandardOpenOption.WRITE);
      done = true;
      return new NewFile(name, held, channel);
    } finally {
      if (!done) {
        held.close();
      }
    }
  }

  private static IOException replaced(Path name) {
    return new IOException("somebody put something else in the place of " + name);
  }

  /** Takes its bytes. */
  public OutputStream out() {
    return Channels.newOutputStream(channel);
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
