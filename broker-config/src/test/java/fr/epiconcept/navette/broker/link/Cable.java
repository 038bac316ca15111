package fr.epiconcept.navette.broker.link;

import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A network between a worker and its broker that can be cut. */
final class Cable implements AutoCloseable {
  private final ServerSocket entrance;
  private final int exit;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile boolean muted;

  Cable(int exit) throws IOException {
    this.exit = exit;
    this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread(this::accept);
  }

  Endpoint endpoint() {
    return new Endpoint(false, "127.0.0.1", entrance.getLocalPort());
  }

  /** Swallows what either side says from now on, without breaking anything. */
  void mute() {
    muted = true;
  }

  /** Breaks every connection; new ones are let through. */
  void cut() {
    sockets.forEach(Cable::quietly);
    sockets.clear();
  }

  @Override
  public void close() {
    quietly(entrance);
    cut();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = entrance.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), exit);
        sockets.add(near);
        sockets.add(far);
        thread(() -> pump(near, far));
        thread(() -> pump(far, near));
      }
    } catch (IOException e) {
      // Closed: the end.
    }
  }

  private void pump(Socket from, Socket to) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!muted) {
          out.write(buffer, 0, n);
        }
      }
    } catch (IOException e) {
      // Cut.
    }
  }

  private static void thread(Runnable task) {
    Thread thread = new Thread(task, "cable");
    thread.setDaemon(true);
    thread.start();
  }

  private static void quietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // Already gone.
    }
  }
}
