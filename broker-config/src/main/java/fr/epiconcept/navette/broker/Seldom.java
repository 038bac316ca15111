package fr.epiconcept.navette.broker;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Whether something is worth a line: it is not if the same was said less than a minute ago. */
public final class Seldom {
  private static final long QUIET = Duration.ofMinutes(1).toNanos();

  /** Of what is said; whoever makes up more names than that may be told of again. */
  private static final int REMEMBERED = 1000;

  private final LongSupplier nanoTime;
  private final Map<String, Long> said =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Has said nothing yet. */
  public Seldom(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether it is worth a line, which is taken for said. */
  public synchronized boolean isNew(String what) {
    long now = nanoTime.getAsLong();
    Long last = said.get(what);
    if (last != null && now - last < QUIET) {
      return false;
    }
    said.remove(what);
    said.put(what, now);
    return true;
  }

  /** The address without the port, which is another one at each attempt. */
  static String host(String address) {
    return address.replaceFirst(":\\d+$", "");
  }
}
