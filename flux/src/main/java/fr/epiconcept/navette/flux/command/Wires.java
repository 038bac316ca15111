package fr.epiconcept.navette.flux.command;

import fr.epiconcept.navette.flux.linux.Descriptor;
import fr.epiconcept.navette.flux.linux.Libc;
import fr.epiconcept.navette.flux.linux.WakeUp;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The descriptors between us and one program, opened and closed together. None of them is inherited
 * by what another thread starts meanwhile.
 */
final class Wires implements AutoCloseable {
  private final Deque<Descriptor> descriptors = new ArrayDeque<>();
  private Descriptor out;
  private Descriptor err;
  private Descriptor outOfProgram;
  private Descriptor errOfProgram;
  private Descriptor exit;
  private WakeUp wakeUp;

  private Wires() {}

  /** All that is needed before the program runs. */
  static Wires open() throws IOException {
    Wires wires = new Wires();
    try {
      wires.wakeUp = new WakeUp();
      int[] ends = wires.pipe();
      wires.out = wires.keep("pipe", ends[0]);
      wires.outOfProgram = wires.keep("pipe", ends[1]);
      ends = wires.pipe();
      wires.err = wires.keep("pipe", ends[0]);
      wires.errOfProgram = wires.keep("pipe", ends[1]);
      return wires;
    } catch (IOException noneLeft) {
      wires.close();
      throw noneLeft;
    }
  }

  /** The program runs: it has its ends now, and we learn of its end. */
  void connect(int pid) throws IOException {
    outOfProgram.close();
    errOfProgram.close();
    exit = keep("pidfd_open", Libc.pidfdOpen(pid));
  }

  /** Where we read what it prints. */
  int out() {
    return out.number();
  }

  /** Where we read what it prints as errors. */
  int err() {
    return err.number();
  }

  /** The program's end of {@link #out()}. */
  int outOfProgram() {
    return outOfProgram.number();
  }

  /** The program's end of {@link #err()}. */
  int errOfProgram() {
    return errOfProgram.number();
  }

  /** Readable once the program has ended. */
  int exit() {
    return exit.number();
  }

  /** Wakes whoever waits on the others; harmless once closed. */
  WakeUp wakeUp() {
    return wakeUp;
  }

  @Override
  public void close() {
    descriptors.forEach(Descriptor::close);
    if (wakeUp != null) {
      wakeUp.close();
    }
  }

  private int[] pipe() {
    int[] ends = {-1, -1};
    Libc.pipe2(ends, Libc.O_CLOEXEC);
    return ends;
  }

  private Descriptor keep(String what, int answer) throws IOException {
    Descriptor kept = Descriptor.of(what, answer);
    descriptors.add(kept);
    return kept;
  }
}
