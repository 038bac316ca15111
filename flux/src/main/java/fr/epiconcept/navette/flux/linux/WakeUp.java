package fr.epiconcept.navette.flux.linux;

import com.sun.jna.Memory;
import java.io.IOException;

/** Wakes a thread out of {@link Poller#await} (an eventfd); a signal given early is not lost. */
public final class WakeUp implements AutoCloseable {
  private final Descriptor event;
  private final Memory counter = new Memory(Long.BYTES);

  public WakeUp() throws IOException {
    event = Descriptor.of("eventfd", Libc.eventfd(0, Libc.O_CLOEXEC | Libc.O_NONBLOCK));
  }

  /** The descriptor to wait on. */
  public int number() {
    return event.number();
  }

  /** Wakes the waiting thread, now or when it waits next; from any thread, even after close. */
  public synchronized void signal() {
    if (event.number() >= 0) {
      counter.setLong(0, 1);
      Libc.write(event.number(), counter, Long.BYTES);
    }
  }

  /** Forgets the signals given so far. */
  public synchronized void clear() {
    if (event.number() >= 0) {
      Libc.read(event.number(), counter, Long.BYTES);
    }
  }

  @Override
  public synchronized void close() {
    event.close();
  }
}
