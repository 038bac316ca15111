package fr.epiconcept.navette.cli;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Stands where systemd's socket stands: Java has no datagrams over UNIX sockets, libc has. */
final class NotifySocket implements AutoCloseable {
  private static final short AF_UNIX = 1;
  private static final int SOCK_DGRAM_NONBLOCK = 2 | 2048;
  private static final LibC LIBC = Native.load("c", LibC.class);

  private final Path path;
  private final int socket;
  private final List<String> heard = new ArrayList<>();

  interface LibC extends Library {
    int socket(int domain, int type, int protocol);

    int bind(int socket, byte[] address, int length);

    NativeLong recv(int socket, byte[] buffer, NativeLong length, int flags);

    int close(int socket);
  }

  NotifySocket(Path path) {
    this.path = path;
    byte[] address = new byte[110];
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).putShort(AF_UNIX).put(name);
    socket = LIBC.socket(AF_UNIX, SOCK_DGRAM_NONBLOCK, 0);
    if (LIBC.bind(socket, address, address.length) != 0) {
      throw new IllegalStateException("cannot listen at " + path);
    }
  }

  Path path() {
    return path;
  }

  /** All that was said so far. */
  synchronized List<String> heard() {
    byte[] buffer = new byte[512];
    int length;
    while ((length = LIBC.recv(socket, buffer, new NativeLong(buffer.length), 0).intValue()) > 0) {
      heard.add(new String(buffer, 0, length, StandardCharsets.UTF_8));
    }
    return List.copyOf(heard);
  }

  @Override
  public void close() throws IOException {
    LIBC.close(socket);
    Files.deleteIfExists(path);
  }
}
