package fr.epiconcept.navette.flux.fastcgi;

import fr.epiconcept.navette.flux.command.CommandNotStarted;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

/**
 * Where a php-fpm listens.
 *
 * @param name how the operator calls it
 */
record Pool(String name, SocketAddress address) {
  private static final int CONNECT_MILLIS = 10_000;

  /** A connection that never blocks. */
  SocketChannel connect() throws IOException {
    boolean local = address instanceof UnixDomainSocketAddress;
    SocketChannel channel =
        local ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    boolean connected = false;
    try {
      if (!local) {
        channel.socket().connect(address, CONNECT_MILLIS);
      }
      // Where too many wait already, the kernel would let us wait without an end.
      channel.configureBlocking(false);
      if (local && !channel.connect(address)) {
        throw new IOException("too many wait for it already");
      }
      connected = true;
      return channel;
    } finally {
      if (!connected) {
        channel.close();
      }
    }
  }

  /** Nobody listens there, or not to us: that passes. */
  CommandNotStarted away(String script, Exception e) {
    String said = e.getMessage() == null ? e.toString() : e.getMessage();
    String what =
        said.contains("Permission denied")
            ? " (the daemon's user needs the right to write to the socket: listen.group, or"
                + " listen.acl_users, of the pool)"
            : " (does php-fpm run, with this listen address?)";
    return notStarted(script, said + what, true);
  }

  CommandNotStarted notStarted(String script, String why, boolean passing) {
    return new CommandNotStarted(script + " at php-fpm " + name, why, passing);
  }
}
