package fr.epiconcept.navette.flux.linux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/**
 * Waits until one of a few descriptors has something to read, or has ended: poll(2). Not for use by
 * two threads.
 */
public final class Poller implements AutoCloseable {
  private static final int ENTRY = 8;
  private static final int EVENTS = 4;
  private static final int ANSWERS = 6;
  private static final short POLLIN = 1;
  private static final long NANOS_PER_MILLI = Duration.ofMillis(1).toNanos();

  private final Memory entries;
  private final int count;

  /** Waits on these, known by their place from now on. */
  public Poller(int... descriptors) {
    count = descriptors.length;
    entries = new Memory((long) ENTRY * count);
    for (int i = 0; i < count; i++) {
      entries.setInt((long) ENTRY * i, descriptors[i]);
      entries.setShort((long) ENTRY * i + EVENTS, POLLIN);
      entries.setShort((long) ENTRY * i + ANSWERS, (short) 0);
    }
  }

  /** Waits no more on the descriptor at {@code place}. */
  public void ignore(int place) {
    entries.setInt((long) ENTRY * place, -1);
    entries.setShort((long) ENTRY * place + ANSWERS, (short) 0);
  }

  /**
   * Waits; a signal to the process may end it early with nothing ready.
   *
   * @param nanos at most that long, rounded up to a millisecond; not at all if not above 0; {@code
   *     Long.MAX_VALUE}: for ever
   */
  public void await(long nanos) {
    long millis = Math.max(0, (nanos - 1) / NANOS_PER_MILLI + 1);
    int timeout = nanos == Long.MAX_VALUE ? -1 : (int) Math.min(Integer.MAX_VALUE, millis);
    if (Libc.poll(entries, count, timeout) < 0) {
      int errno = Errno.last();
      for (int i = 0; i < count; i++) {
        entries.setShort((long) ENTRY * i + ANSWERS, (short) 0);
      }
      if (errno != Errno.EINTR) {
        throw new UncheckedIOException(new IOException("poll: " + Errno.describe(errno)));
      }
    }
  }

  /** Whether the last wait found bytes, an end or a fault on the descriptor at {@code place}. */
  public boolean isReady(int place) {
    return entries.getShort((long) ENTRY * place + ANSWERS) != 0;
  }

  @Override
  public void close() {
    entries.close();
  }
}
