package fr.epiconcept.navette.broker;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.activemq.artemis.core.security.CheckType;
import org.slf4j.Logger;

/**
 * Says who was refused, once a minute for each account and address: a client in a loop, or a
 * scanner that tries names, fills no log.
 */
final class RefusalLog {
  private static final long QUIET = Duration.ofMinutes(1).toNanos();
  private static final int REMEMBERED = 1000;

  private final Logger log;
  private final LongSupplier nanoTime;
  private final Map<String, Long> said =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > REMEMBERED;
        }
      };

  RefusalLog(Logger log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
  }

  void login(String user, String from, String why) {
    String name = printable(user);
    // Without the port, which is another one at each attempt.
    String host = from.replaceFirst(":\\d+$", "");
    if (isNew("login " + name + " " + host)) {
      log.warn("login of account {} from {} refused: {}", name, host, why);
    }
  }

  void use(String user, CheckType check, String address) {
    String name = printable(user);
    if (isNew(check + " " + name + " " + address)) {
      log.warn(
          "account {} may not {} at {}; see its roles in {}",
          name,
          check.name().toLowerCase(java.util.Locale.ROOT),
          printable(address),
          Accounts.ROLES);
    }
  }

  private synchronized boolean isNew(String what) {
    long now = nanoTime.getAsLong();
    Long last = said.get(what);
    if (last != null && now - last < QUIET) {
      return false;
    }
    said.remove(what);
    said.put(what, now);
    return true;
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
