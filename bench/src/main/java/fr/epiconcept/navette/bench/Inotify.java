package fr.epiconcept.navette.bench;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What happens to some files and folders, with the time at which we were told. One thread. */
final class Inotify implements AutoCloseable {
  static final int OPEN = 0x20;
  static final int CLOSE_NOWRITE = 0x10;
  static final int MOVED_TO = 0x80;
  static final int DELETE = 0x200;
  private static final int OVERFLOW = 0x4000;

  private static final int CLOEXEC = 0x80000;
  private static final short READABLE = 1;
  private static final int HEADER = 16;
  private static final int BUFFER = 1 << 16;

  /** One event; {@code name} is empty where the watched file itself is meant. */
  record Event(int watch, int what, String name, long nanos) {
    boolean is(int mask) {
      return (what & mask) != 0;
    }
  }

  /** The functions of the C library that are needed. */
  private static final class C {
    static {
      Native.register(C.class, NativeLibrary.getProcess());
    }

    private C() {}

    static native int inotify_init1(int flags);

    static native int inotify_add_watch(int descriptor, byte[] path, int mask);

    static native int poll(Memory entries, long count, int millis);

    static native long read(int descriptor, Memory into, long size);

    static native int close(int descriptor);
  }

  private final int descriptor;
  private final Memory entry = new Memory(8);
  private final Memory buffer = new Memory(BUFFER);

  Inotify() throws IOException {
    descriptor = C.inotify_init1(CLOEXEC);
    if (descriptor < 0) {
      throw new IOException("inotify_init1: errno " + Native.getLastError());
    }
  }

  /** The number of the watch, which each of its events has. */
  int watch(Path path, int mask) throws IOException {
    byte[] name = (path + "\0").getBytes(StandardCharsets.UTF_8);
    int watch = C.inotify_add_watch(descriptor, name, mask);
    if (watch < 0) {
      throw new IOException(path + ": inotify_add_watch: errno " + Native.getLastError());
    }
    return watch;
  }

  /** The next events; none after {@code patience}. */
  List<Event> await(Duration patience) throws IOException {
    entry.setInt(0, descriptor);
    entry.setShort(4, READABLE);
    entry.setShort(6, (short) 0);
    if (C.poll(entry, 1, (int) patience.toMillis()) <= 0) {
      return List.of();
    }
    long length = C.read(descriptor, buffer, BUFFER);
    long nanos = System.nanoTime();
    if (length < 0) {
      throw new IOException("inotify: errno " + Native.getLastError());
    }
    List<Event> events = new ArrayList<>();
    for (long at = 0; at < length; ) {
      int what = buffer.getInt(at + 4);
      int size = buffer.getInt(at + 12);
      if ((what & OVERFLOW) != 0) {
        throw new IOException("inotify: events were lost");
      }
      String name = size == 0 ? "" : buffer.getString(at + HEADER, "UTF-8");
      events.add(new Event(buffer.getInt(at), what, name, nanos));
      at += HEADER + size;
    }
    return events;
  }

  @Override
  public void close() {
    C.close(descriptor);
  }
}
