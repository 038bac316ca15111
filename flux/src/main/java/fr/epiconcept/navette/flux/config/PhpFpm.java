package fr.epiconcept.navette.flux.config;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a php-fpm listens.
 *
 * @param text as it is written: {@code unix:/run/php/php-fpm.sock} or {@code tcp:host:port}
 */
public record PhpFpm(String text) {
  private static final Pattern TCP =
      Pattern.compile("tcp:(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):(\\d{1,5})");
  private static final int LAST_PORT = 65535;

  /** What the kernel has room for in the name of a socket. */
  private static final int LONGEST = 107;

  static Parsed<PhpFpm> parse(String text) {
    if (text.startsWith("unix:/") && text.indexOf('\0') < 0) {
      return text.length() - "unix:".length() <= LONGEST
          ? Parsed.good(new PhpFpm(text))
          : Parsed.bad("the path of a socket has " + LONGEST + " bytes at most");
    }
    Matcher tcp = TCP.matcher(text);
    if (tcp.matches()) {
      int port = Integer.parseInt(tcp.group(2));
      return port >= 1 && port <= LAST_PORT
          ? Parsed.good(new PhpFpm(text))
          : Parsed.bad("port " + port + " is out of range: expected 1 to " + LAST_PORT);
    }
    return Parsed.bad(
        "'" + text + "' is no address: expected unix:/run/php/….sock, or tcp:host:port");
  }

  /** The socket's path, where it has one. */
  public Optional<Path> socket() {
    return text.startsWith("unix:")
        ? Optional.of(Path.of(text.substring("unix:".length())))
        : Optional.empty();
  }

  /** To connect to; a host's name is looked up each time. */
  public SocketAddress address() {
    if (socket().isPresent()) {
      return UnixDomainSocketAddress.of(socket().get());
    }
    Matcher tcp = TCP.matcher(text);
    if (!tcp.matches()) {
      throw new IllegalStateException(text);
    }
    String host = tcp.group(1).replaceAll("[\\[\\]]", "");
    return new InetSocketAddress(host, Integer.parseInt(tcp.group(2)));
  }
}
