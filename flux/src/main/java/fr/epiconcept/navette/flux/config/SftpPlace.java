package fr.epiconcept.navette.flux.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A folder on an SFTP server: {@code sftp://user@host:port/path}.
 *
 * @param user whose login
 * @param host a name or an address, IPv6 without its brackets
 * @param port 1 to 65535
 * @param path as the server spells it, from its root on, which for a login in a chroot is that
 */
public record SftpPlace(String user, String host, int port, String path) {
  private static final String SCHEME = "sftp://";
  private static final int USUAL_PORT = 22;
  private static final int LAST_PORT = 65535;
  private static final Pattern SHAPE =
      Pattern.compile(
          "sftp://([^/@:\\s]+)@(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)(?::(\\d{1,5}))?(/.*)",
          Pattern.DOTALL);
  private static final Pattern WITH_PASSWORD = Pattern.compile("sftp://[^/@]*:[^/@]*@.*");

  /** Whether somebody means an SFTP server, spelled right or not. */
  static boolean isMeant(String text) {
    return text.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  static Parsed<SftpPlace> parse(String text) {
    if (WITH_PASSWORD.matcher(text).matches()) {
      // Without the text: it would stand in a log.
      return Parsed.bad("a password does not belong into the URL: put it into sftp.password-file");
    }
    Matcher shape = SHAPE.matcher(text);
    if (!shape.matches()) {
      return Parsed.bad(
          "'" + text + "' is no folder on an SFTP server: expected sftp://user@host:port/path");
    }
    int port = shape.group(3) == null ? USUAL_PORT : Integer.parseInt(shape.group(3));
    if (port < 1 || port > LAST_PORT) {
      return Parsed.bad("port " + port + " is out of range: expected 1 to " + LAST_PORT);
    }
    String host = shape.group(2);
    return Parsed.good(
        new SftpPlace(
            shape.group(1),
            host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
            port,
            withoutEnd(shape.group(4))));
  }

  private static String withoutEnd(String path) {
    int end = path.length();
    while (end > 1 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end);
  }

  /** Whether one login serves both. */
  boolean isOnServerOf(SftpPlace other) {
    return user.equals(other.user) && host.equals(other.host) && port == other.port;
  }

  /** The server and whose login there, for people: {@code user@host:port}. */
  public String server() {
    return user + "@" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  @Override
  public String toString() {
    return SCHEME + server() + path;
  }
}
