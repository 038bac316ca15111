package fr.epiconcept.navette.broker;

import java.util.function.LongSupplier;
import org.apache.activemq.artemis.core.security.CheckType;
import org.slf4j.Logger;

/**
 * Says who was refused, once a minute for each account and address: a client in a loop, or a
 * scanner that tries names, fills no log.
 */
final class RefusalLog {
  private final Logger log;
  private final Seldom seldom;

  RefusalLog(Logger log, LongSupplier nanoTime) {
    this.log = log;
    this.seldom = new Seldom(nanoTime);
  }

  void login(String user, String from, String why) {
    String name = printable(user);
    String host = Seldom.host(from);
    if (seldom.isNew("login " + name + " " + host)) {
      log.warn("login of account {} from {} refused: {}", name, host, why);
    }
  }

  void use(String user, CheckType check, String address) {
    String name = printable(user);
    if (seldom.isNew(check + " " + name + " " + address)) {
      log.warn(
          "account {} may not {} at {}; see its roles in {}",
          name,
          check.name().toLowerCase(java.util.Locale.ROOT),
          printable(queue(address)),
          Accounts.ROLES);
    }
  }

  /** Consumers ask for {@code address::queue}, which with us are one and the same. */
  private static String queue(String address) {
    int colons = address == null ? -1 : address.indexOf("::");
    return colons < 0 ? address : address.substring(colons + 2);
  }

  /** A name from outside forges no line. */
  private static String printable(String name) {
    if (name == null) {
      return "(none)";
    }
    String shown = name.replaceAll("[^\\x21-\\x7e]", "?");
    return "'" + (shown.length() > 80 ? shown.substring(0, 80) + "..." : shown) + "'";
  }
}
