package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.Messages;

/**
 * How much an intake may have in hand: so many files, and so many bytes of those that are held in
 * memory whole until they are settled. One file always has room.
 *
 * <p>Nobody waits here: whoever brings files is told when there is no room, and when there is.
 */
final class Room {
  private static final long MOST_BYTES = 512 << 10;

  private final int mostFiles;
  private final Door door;
  private int files;
  private long bytes;
  private boolean full;

  /** Through which files come; called one after the other, so both must return at once. */
  interface Door {
    void close();

    void open();
  }

  Room(int mostFiles, Door door) {
    this.mostFiles = mostFiles;
    this.door = door;
  }

  synchronized void take(long size) {
    files++;
    bytes += held(size);
    look();
  }

  synchronized void giveBack(long size) {
    files--;
    bytes -= held(size);
    look();
  }

  private void look() {
    boolean fullNow = files > 0 && (files >= mostFiles || bytes >= MOST_BYTES);
    if (fullNow && !full) {
      door.close();
    } else if (full && !fullNow) {
      door.open();
    }
    full = fullNow;
  }

  /** A larger file was streamed to disk. */
  private static long held(long size) {
    return size <= Messages.SMALL ? size : 0;
  }
}
