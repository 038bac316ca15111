package fr.epiconcept.navette.flux.watch;

import com.sun.jna.Memory;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.linux.Descriptor;
import fr.epiconcept.navette.flux.linux.Errno;
import fr.epiconcept.navette.flux.linux.Libc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The kernel's own words for folder events: one inotify descriptor. */
class Inotify implements AutoCloseable {
  static final int CLOSE_WRITE = 0x8;
  static final int MOVED_FROM = 0x40;
  static final int MOVED_TO = 0x80;
  static final int CREATE = 0x100;
  static final int DELETE = 0x200;
  static final int DELETE_SELF = 0x400;
  static final int MOVE_SELF = 0x800;
  static final int UNMOUNT = 0x2000;
  static final int OVERFLOW = 0x4000;
  static final int IGNORED = 0x8000;
  static final int OF_FOLDER = 0x40000000;

  private static final int ONLY_FOLDERS = 0x1000000;
  private static final int NO_EVENTS_OF_DELETED_FILES = 0x4000000;
  private static final int MASK =
      CLOSE_WRITE
          | MOVED_FROM
          | MOVED_TO
          | CREATE
          | DELETE
          | DELETE_SELF
          | MOVE_SELF
          | ONLY_FOLDERS
          | NO_EVENTS_OF_DELETED_FILES;

  private static final int BUFFER = 64 * 1024;
  private static final int HEADER = 16;

  private final Descriptor events;
  private final Memory buffer = new Memory(BUFFER);

  Inotify() throws IOException {
    int answer = Libc.inotify_init1(Libc.O_CLOEXEC | Libc.O_NONBLOCK);
    if (answer < 0 && Errno.last() == Errno.EMFILE) {
      throw new IOException(
          "folders cannot be watched: too many open files, or too many watchers of this user"
              + " (raise the sysctl fs.inotify.max_user_instances)");
    }
    events = Descriptor.of("inotify_init1", answer);
  }

  /**
   * Something happened.
   *
   * @param watch the number that {@link #add} gave; -1 for the queue itself
   * @param mask what: one of the constants, and others of no interest here
   * @param name whom in the folder; empty for the folder itself
   */
  record Event(int watch, int mask, Optional<FileName> name) {
    boolean is(int any) {
      return (mask & any) != 0;
    }
  }

  /** The kernel watches no more folders for this user. */
  static final class LimitReached extends IOException {
    LimitReached(String message) {
      super(message);
    }
  }

  /** The descriptor to wait on. */
  int number() {
    return events.number();
  }

  /**
   * Watches the folder that the path leads to, links followed. The number is the kernel's for that
   * very folder, not for the path: the same one as long as the path leads to the same folder, so
   * asking again is how one learns of a change.
   *
   * @throws LimitReached if there is no room for one more
   * @throws IOException if there is no such folder, or it may not be read
   */
  int add(Path folder) throws IOException {
    byte[] path = Libc.zeroEnded(NativeFiles.pathBytes(folder));
    int watch = Libc.inotify_add_watch(events.number(), path, MASK);
    if (watch >= 0) {
      return watch;
    }
    int errno = Errno.last();
    if (errno == Errno.ENOSPC || errno == Errno.EMFILE || errno == Errno.ENOMEM) {
      throw new LimitReached(
          "the kernel watches no more folders for this user ("
              + Errno.describe(errno)
              + "); raise the sysctl fs.inotify.max_user_watches");
    }
    throw new IOException(Errno.describe(errno));
  }

  /** Watches that folder no more; harmless if the kernel has forgotten it already. */
  void remove(int watch) {
    Libc.inotify_rm_watch(events.number(), watch);
  }

  /** What happened since the last call, in order, at most a buffer full; never waits. */
  List<Event> read() throws IOException {
    long size = Libc.read(events.number(), buffer, BUFFER);
    if (size < 0) {
      int errno = Errno.last();
      if (errno == Errno.EAGAIN || errno == Errno.EINTR) {
        return List.of();
      }
      throw new IOException("reading folder events: " + Errno.describe(errno));
    }
    List<Event> found = new ArrayList<>();
    long at = 0;
    while (at + HEADER <= size) {
      int length = buffer.getInt(at + 12);
      found.add(new Event(buffer.getInt(at), buffer.getInt(at + 4), name(at + HEADER, length)));
      at += HEADER + length;
    }
    return found;
  }

  /** The kernel pads a name with zeros. */
  private Optional<FileName> name(long at, int length) {
    int used = 0;
    while (used < length && buffer.getByte(at + used) != 0) {
      used++;
    }
    return used == 0 ? Optional.empty() : Optional.of(FileName.of(buffer.getByteArray(at, used)));
  }

  @Override
  public void close() {
    events.close();
    buffer.close();
  }
}
