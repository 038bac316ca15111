package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How an address is written: {@code tls://host:port} or {@code tcp://host:port}. */
final class EndpointText {
  private static final Pattern SHAPE =
      Pattern.compile("(tls|tcp)://(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):(\\d{1,5})");

  private static final Pattern LOOPBACK =
      Pattern.compile(
          "localhost|127(\\.\\d{1,3}){3}|(0{0,4}:){2,7}0{0,3}1", Pattern.CASE_INSENSITIVE);

  private static final int LAST_PORT = 65535;

  private EndpointText() {}

  /**
   * Reads an address.
   *
   * @param firstPort 0 for a listener, where the system may choose the port; else 1
   */
  static Parsed<Endpoint> parse(String text, int firstPort) {
    Matcher shape = SHAPE.matcher(text);
    if (!shape.matches()) {
      return Parsed.bad(
          "'" + text + "' is no address: expected tls://host:port, or tcp://host:port on loopback");
    }
    int port = Integer.parseInt(shape.group(3));
    if (port < firstPort || port > LAST_PORT) {
      return Parsed.bad(
          "port " + port + " is out of range: expected " + firstPort + " to " + LAST_PORT);
    }
    String host = shape.group(2);
    boolean brackets = host.startsWith("[");
    return Parsed.good(
        new Endpoint(
            shape.group(1).equals("tls"),
            brackets ? host.substring(1, host.length() - 1) : host,
            port));
  }

  /** Whether what is sent there never leaves the machine; by its spelling, nothing is looked up. */
  static boolean isLoopback(Endpoint endpoint) {
    return LOOPBACK.matcher(endpoint.host()).matches();
  }
}
