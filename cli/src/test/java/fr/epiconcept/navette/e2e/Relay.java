package fr.epiconcept.navette.e2e;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * The network between both servers, as it is on bad days. The worker connects to it, and it passes
 * on to the broker what it is let.
 */
public final class Relay implements Closeable {
  private final ServerSocket listener;
  private final int broker;
  private final List<Wire> wires = new CopyOnWriteArrayList<>();
  private boolean silent;
  private volatile boolean refusing;
  private volatile Duration delay = Duration.ZERO;

  /** Listens on a port of its own. */
  public Relay(int broker) throws IOException {
    this.broker = broker;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread("relay", this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  private static void thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        join(listener.accept());
      }
    } catch (IOException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void join(Socket worker) throws IOException {
    if (refusing) {
      worker.close();
      return;
    }
    try {
      wires.add(new Wire(worker, new Socket(InetAddress.getLoopbackAddress(), broker)));
    } catch (IOException brokerIsAway) {
      worker.close();
    }
  }

  /** One connection, both ways. */
  private final class Wire {
    private final Socket worker;
    private final Socket server;

    Wire(Socket worker, Socket server) throws IOException {
      this.worker = worker;
      this.server = server;
      // As both ends do: a relay that waits for more costs 40 ms an answer.
      worker.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      thread("to broker", () -> pump(worker, server));
      thread("to worker", () -> pump(server, worker));
    }

    private void pump(Socket from, Socket to) {
      byte[] buffer = new byte[1 << 16];
      try (InputStream in = from.getInputStream()) {
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          awaitVoice();
          LockSupport.parkNanos(delay.toNanos());
          out.write(buffer, 0, n);
        }
        cut(to);
      } catch (IOException | InterruptedException broken) {
        if (wires.contains(this)) {
          cut(to);
        }
      }
    }
  }

  /** With a reset, as a firewall that forgot the connection answers. */
  private static void cut(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException cutBefore) {
      return;
    }
  }

  private synchronized void awaitVoice() throws InterruptedException {
    while (silent) {
      wait();
    }
  }

  /** Every connection that stands is reset towards the worker; the broker sees nothing of it. */
  public void cutForWorkerOnly() {
    List<Wire> standing = List.copyOf(wires);
    wires.clear();
    standing.forEach(wire -> cut(wire.worker));
  }

  /** Nothing passes any more, and nobody is told. */
  public synchronized void silence() {
    silent = true;
  }

  /** Cuts all connections and takes no other, until it may speak again. */
  public void refuse() {
    refusing = true;
    cutAll();
  }

  /** Whatever passes from now on comes so much later. */
  public void delay(Duration by) {
    delay = by;
  }

  /** Lets pass again what comes from now on; connections of before are reset for both. */
  public void speakAgain() {
    refusing = false;
    cutAll();
    synchronized (this) {
      silent = false;
      notifyAll();
    }
  }

  private void cutAll() {
    List<Wire> standing = List.copyOf(wires);
    wires.clear();
    for (Wire wire : standing) {
      cut(wire.worker);
      cut(wire.server);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    speakAgain();
  }
}
