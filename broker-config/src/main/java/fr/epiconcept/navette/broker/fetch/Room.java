package fr.epiconcept.navette.broker.fetch;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/** So many bytes for all, and whoever needs them and has none is served first come, first. */
final class Room {
  private static final int LOOK_AGAIN_MILLIS = 200;

  private int left;
  private int waiting;

  Room(int bytes) {
    left = bytes;
  }

  /**
   * Takes so many bytes.
   *
   * @param needed whether to wait for them; else those who wait go first
   * @param over whether to give up waiting
   * @return false if there are none, and they were not needed
   */
  synchronized boolean take(int bytes, boolean needed, BooleanSupplier over)
      throws IOException, InterruptedException {
    if (!needed && (waiting > 0 || left < bytes)) {
      return false;
    }
    waiting++;
    try {
      while (left < bytes) {
        if (over.getAsBoolean()) {
          throw new IOException("it is not waited for any longer");
        }
        wait(LOOK_AGAIN_MILLIS);
      }
      left -= bytes;
      return true;
    } finally {
      waiting--;
    }
  }

  synchronized void giveBack(int bytes) {
    left += bytes;
    notifyAll();
  }
}
