package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.Messages;
import java.util.function.BooleanSupplier;

/**
 * How much an intake may have in hand: so many files, and so many bytes of those that are held in
 * memory whole until they are settled. One file always has room.
 */
final class Room {
  private static final long MOST_BYTES = 512 << 10;

  private final int mostFiles;
  private int files;
  private long bytes;

  Room(int mostFiles) {
    this.mostFiles = mostFiles;
  }

  /**
   * Waits for room for one more.
   *
   * @param over whether to wait no longer; looked at after each {@link #wake}
   * @return whether there is room
   */
  synchronized boolean await(BooleanSupplier over) throws InterruptedException {
    while (!over.getAsBoolean() && files > 0 && (files >= mostFiles || bytes >= MOST_BYTES)) {
      wait();
    }
    return !over.getAsBoolean();
  }

  synchronized void take(long size) {
    files++;
    bytes += held(size);
  }

  synchronized void giveBack(long size) {
    files--;
    bytes -= held(size);
    notifyAll();
  }

  synchronized void wake() {
    notifyAll();
  }

  /** A larger file was streamed to disk. */
  private static long held(long size) {
    return size <= Messages.SMALL ? size : 0;
  }
}
