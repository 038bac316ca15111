package fr.epiconcept.navette.flux.command;

import com.sun.jna.Memory;
import fr.epiconcept.navette.flux.linux.Libc;
import fr.epiconcept.navette.flux.linux.Poller;
import fr.epiconcept.navette.flux.linux.WakeUp;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/** Moves a program's output to its taker, and sees its end, in one wait for all of it. */
final class Pump implements AutoCloseable {
  private static final int OUT = 0;
  private static final int ERR = 1;
  private static final int EXIT = 2;
  private static final int WAKE_UP = 3;

  /** As much as a pipe holds by default, so that one turn empties it. */
  private static final int BUFFER = 64 * 1024;

  private final Poller poller;
  private final int[] pipes;
  private final LineCutter[] cutters;
  private final boolean[] open = {true, true};
  private final Memory buffer = new Memory(BUFFER);
  private final InterruptBell bell;
  private boolean exited;
  private boolean interrupted;

  Pump(Wires wires, Output output) {
    this.poller = new Poller(wires.out(), wires.err(), wires.exit(), wires.wakeUp().number());
    this.pipes = new int[] {wires.out(), wires.err()};
    Output patient = new PatientOutput(output);
    this.cutters =
        new LineCutter[] {
          new LineCutter(text -> patient.line(Output.Stream.OUT, text)),
          new LineCutter(text -> patient.line(Output.Stream.ERR, text))
        };
    this.bell = new InterruptBell(wires.wakeUp());
  }

  /** Whether the program has ended (its descendants may go on). */
  boolean hasExited() {
    return exited;
  }

  /** Whether anybody can still print. */
  boolean isOpen() {
    return open[OUT] || open[ERR];
  }

  /** Whether this thread was interrupted during a turn; its mark was taken off then. */
  boolean wasInterrupted() {
    return interrupted;
  }

  /**
   * Waits until there is something, and takes it.
   *
   * @param nanos at most that long
   * @return whether anything was printed
   */
  boolean turn(long nanos) {
    bell.enter();
    try {
      poller.await(nanos);
    } finally {
      interrupted |= bell.leave();
    }
    boolean out = take(OUT);
    boolean err = take(ERR);
    if (poller.isReady(EXIT)) {
      exited = true;
      poller.ignore(EXIT);
    }
    if (poller.isReady(WAKE_UP)) {
      poller.ignore(WAKE_UP);
    }
    return out || err;
  }

  /** Nothing more is taken: what stands there without a line end is a line. */
  void end() {
    cutters[OUT].end();
    cutters[ERR].end();
  }

  @Override
  public void close() {
    poller.close();
    buffer.close();
  }

  private boolean take(int place) {
    if (!poller.isReady(place)) {
      return false;
    }
    // It never waits: poll has said that there is something, and nobody else reads.
    int size = (int) Libc.read(pipes[place], buffer, BUFFER);
    if (size <= 0) {
      open[place] = false;
      poller.ignore(place);
      return false;
    }
    cutters[place].accept(buffer.getByteArray(0, size), size);
    return true;
  }

  /**
   * Lets Thread.interrupt end a wait in the kernel: to the JDK we are a channel, which it closes
   * from the interrupting thread. That happens once; after it, waits are not disturbed any more.
   */
  private static final class InterruptBell extends AbstractInterruptibleChannel {
    private final WakeUp wakeUp;

    InterruptBell(WakeUp wakeUp) {
      this.wakeUp = wakeUp;
    }

    void enter() {
      begin();
    }

    /** Whether it rang; takes the thread's mark off, for whoever writes the output would trip. */
    boolean leave() {
      try {
        end(true);
        return false;
      } catch (ClosedByInterruptException rang) {
        return Thread.interrupted();
      } catch (AsynchronousCloseException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    @Override
    protected void implCloseChannel() {
      wakeUp.signal();
    }
  }
}
