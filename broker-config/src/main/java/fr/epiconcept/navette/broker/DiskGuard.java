package fr.epiconcept.navette.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the disk before the broker does: a broker without disk blocks its producers without a word,
 * so ingest holds files back in its spool while this guard is closed.
 */
public final class DiskGuard {
  private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);

  private final Path data;
  private final long minFree;
  private boolean closed;
  private long wanted;

  /**
   * Guards a partition.
   *
   * @param data a folder on it
   * @param minFree bytes that must stay free there
   */
  public DiskGuard(Path data, long minFree) {
    this.data = data;
    this.minFree = minFree;
  }

  /**
   * Whether so many bytes can be written and the reserve stays. One system call; says so in the log
   * when the answer turns to no, and when it turns back.
   */
  public synchronized boolean hasRoomFor(long bytes) {
    try {
      long free = usable();
      boolean room = free - minFree >= bytes;
      if (!room && !closed) {
        LOG.error(
            "disk of {} is short: {} MiB free, {} MiB kept free, {} bytes to write; nothing is"
                + " published until there is room",
            data,
            free >> 20,
            minFree >> 20,
            bytes);
      } else if (room && closed) {
        LOG.info("disk of {} has room again: {} MiB free; publishing goes on", data, free >> 20);
      }
      closed = !room;
      wanted = room ? 0 : bytes;
      return room;
    } catch (IOException e) {
      if (!closed) {
        LOG.error(
            "cannot ask the disk of {} ({}); nothing is published until it answers",
            data,
            e.toString());
      }
      closed = true;
      return false;
    }
  }

  /** Whether there is room now for what was last asked for; the log hears nothing of it. */
  public synchronized boolean hasRoom() {
    try {
      return usable() - minFree >= wanted;
    } catch (IOException e) {
      return false;
    }
  }

  /** Bytes that are kept free. */
  public long minFree() {
    return minFree;
  }

  /** Bytes that this user may still write there, the reserve included. */
  public long usable() throws IOException {
    return Files.getFileStore(data).getUsableSpace();
  }
}
