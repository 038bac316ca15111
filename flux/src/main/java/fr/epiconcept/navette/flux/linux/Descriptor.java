package fr.epiconcept.navette.flux.linux;

import java.io.IOException;

/** A file descriptor that is ours and is closed once: a second close could hit another's file. */
public final class Descriptor implements AutoCloseable {
  private int number;

  private Descriptor(int number) {
    this.number = number;
  }

  /**
   * Takes what a call answered.
   *
   * @param what the call, for the message
   * @throws IOException if the answer is -1; its message is the reason
   */
  public static Descriptor of(String what, int answer) throws IOException {
    if (answer < 0) {
      throw new IOException(what + ": " + Errno.describe(Errno.last()));
    }
    return new Descriptor(answer);
  }

  /** The number, for a call; -1 once closed. */
  public synchronized int number() {
    return number;
  }

  /** May be called again. */
  @Override
  public synchronized void close() {
    if (number >= 0) {
      Libc.close(number);
      number = -1;
    }
  }
}
