package fr.epiconcept.navette.flux.command;

import com.sun.jna.Memory;
import fr.epiconcept.navette.flux.linux.Errno;
import fr.epiconcept.navette.flux.linux.Libc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that runs. Whoever starts it calls {@link #await} once, whatever happens: that takes
 * its output, sees its end, and gives back its descriptors and its place in the process table.
 */
public final class Run implements Running {
  /** The variable in which every process of a run shows to which run it belongs. */
  public static final String COOKIE = "NAVETTE_RUN";

  private static final Logger LOG = LoggerFactory.getLogger(Run.class);
  private static final int NO_INPUT = -1;
  private static final Duration QUIET = Duration.ofMillis(200);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(2);
  private static final long LOOK_PAUSE = Duration.ofMillis(50).toNanos();
  private static final Duration KILL_LIMIT = Duration.ofSeconds(2);
  private static final long KILL_PAUSE = Duration.ofMillis(10).toNanos();

  private final int pid;
  private final Wires wires;
  private final Family family;
  private final long started = System.nanoTime();
  private final AtomicBoolean awaited = new AtomicBoolean();
  private volatile boolean terminating;
  private boolean settled;

  private Run(int pid, String cookie, Wires wires) {
    this.pid = pid;
    this.wires = wires;
    this.family = new Family(pid, (COOKIE + "=" + cookie).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Starts a program: in a session and process group of its own, with default signals, an empty
   * standard input, and none of our descriptors.
   *
   * @param cookie a word that no other run has, such as the file id and the attempt; without NUL.
   *     Every descendant shows it as {@value #COOKIE} in its environment: that is how those that
   *     left the group are found when the run must end
   * @throws CommandNotStarted if it is not found, may not be run, or the machine has no room for it
   */
  public static Run start(Command command, String cookie) throws CommandNotStarted {
    try {
      return start(command, cookie, NO_INPUT);
    } catch (IOException noneLeft) {
      throw new CommandNotStarted(command.program(), noneLeft.getMessage(), true);
    }
  }

  /**
   * Starts a program as {@link #start(Command, String)} does, with {@code input} on its standard
   * input. Whether and when it reads that matters to nobody.
   */
  public static Run start(Command command, String cookie, byte[] input) throws CommandNotStarted {
    try (Input in = Input.of(input)) {
      return start(command, cookie, in.number());
    } catch (IOException noneLeft) {
      throw new CommandNotStarted(command.program(), noneLeft.getMessage(), true);
    }
  }

  private static Run start(Command command, String cookie, int input)
      throws CommandNotStarted, IOException {
    if (cookie.isEmpty() || cookie.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a cookie is a word without NUL");
    }
    Unreaped.reapEnded();
    return start(command, cookie, input, Wires.open());
  }

  private static Run start(Command command, String cookie, int input, Wires wires)
      throws CommandNotStarted, IOException {
    boolean running = false;
    try {
      List<byte[]> environment = Spawn.environment(command.environment(), COOKIE, cookie);
      int pid =
          new Spawn(command).start(environment, input, wires.outOfProgram(), wires.errOfProgram());
      Run run = new Run(pid, cookie, wires);
      run.connect();
      running = true;
      return run;
    } finally {
      if (!running) {
        wires.close();
      }
    }
  }

  private void connect() throws IOException {
    try {
      wires.connect(pid);
    } catch (IOException unwatchable) {
      abandon();
      throw unwatchable;
    }
  }

  /** The program's process id: its group's and its session's too. */
  public long pid() {
    return pid;
  }

  /**
   * Takes the output until the program has ended, or ends it. To be called once.
   *
   * <p>When the time is over, or {@link #terminate()} asks for it, the program and all its
   * descendants get SIGTERM, and SIGKILL once {@code grace} has passed, those that left its process
   * group included. So do they if the calling thread is interrupted: a program never outlives
   * whoever watches it. The answer is then {@link End.Terminated} and the thread's mark is set
   * again.
   *
   * <p>If the program ends by itself, what it left running is left alone: its output is taken until
   * nothing came for 200 ms, for 2 s at most, and not any more afterwards.
   *
   * <p>Returns within {@code timeout}, {@code grace} and some five seconds, if {@code output}
   * answers at once.
   *
   * @param timeout how long it may run, counted from its start
   * @param output is told each line on this thread; what it throws is logged, and the run goes on
   */
  @Override
  public End await(Duration timeout, Duration grace, Output output) {
    if (!awaited.compareAndSet(false, true)) {
      throw new IllegalStateException("a run is awaited once");
    }
    try (wires;
        Pump pump = new Pump(wires, output)) {
      try {
        return follow(pump, Deadline.after(started, timeout), grace);
      } finally {
        if (pump.wasInterrupted()) {
          Thread.currentThread().interrupt();
        }
      }
    } finally {
      if (!settled) {
        abandon();
      }
    }
  }

  /** Asks {@link #await} to end the program; from any thread, at any time, more than once. */
  @Override
  public void terminate() {
    terminating = true;
    wires.wakeUp().signal();
  }

  private End follow(Pump pump, Deadline deadline, Duration grace) {
    while (!pump.hasExited() && !mustEnd(pump) && !deadline.isOver()) {
      pump.turn(deadline.left());
    }
    if (pump.hasExited()) {
      drain(pump);
      return endOf(reap());
    }
    boolean asked = mustEnd(pump);
    int survivors = stop(pump, grace);
    drain(pump);
    settle(pump);
    return asked ? new End.Terminated(survivors, age()) : new End.TimedOut(survivors, age());
  }

  private boolean mustEnd(Pump pump) {
    return terminating || pump.wasInterrupted();
  }

  /** Ends the whole family; answers how many of it are left in spite of that. */
  private int stop(Pump pump, Duration grace) {
    family.signal(Libc.SIGTERM);
    Deadline end = Deadline.in(grace);
    while (!end.isOver() && !isGone(pump)) {
      pump.turn(pump.hasExited() ? Math.min(end.left(), LOOK_PAUSE) : end.left());
    }
    // Who is born between the look and the signal is found at the next look.
    Deadline limit = Deadline.in(KILL_LIMIT);
    do {
      family.signal(Libc.SIGKILL);
      pump.turn(KILL_PAUSE);
    } while (!isGone(pump) && !limit.isOver());
    List<Integer> left = family.members();
    if (!left.isEmpty()) {
      LOG.error("could not kill the processes {} of run {}: end them by hand", left, pid);
    }
    return left.size();
  }

  private boolean isGone(Pump pump) {
    return pump.hasExited() && family.members().isEmpty();
  }

  private void drain(Pump pump) {
    Deadline limit = Deadline.in(DRAIN_LIMIT);
    Deadline quiet = Deadline.in(QUIET);
    while (pump.isOpen() && !limit.isOver() && !quiet.isOver()) {
      if (pump.turn(Math.min(limit.left(), quiet.left()))) {
        quiet = Deadline.in(QUIET);
      }
    }
    pump.end();
  }

  private void settle(Pump pump) {
    if (pump.hasExited()) {
      reap();
    } else {
      Unreaped.add(pid);
      settled = true;
    }
  }

  /** Takes the program out of the process table; from here on its number may be another's. */
  private int reap() {
    settled = true;
    try (Memory status = new Memory(Integer.BYTES)) {
      while (Libc.waitpid(pid, status, 0) < 0) {
        if (Errno.last() != Errno.EINTR) {
          throw new IllegalStateException(
              "nobody knows how process " + pid + " ended: " + Errno.describe(Errno.last()));
        }
      }
      return status.getInt(0);
    }
  }

  private End endOf(int status) {
    int signal = status & 0x7f;
    return signal == 0
        ? new End.Exited((status >> 8) & 0xff, age())
        : new End.Signalled(signal, age());
  }

  /** We cannot watch it: it must not run unwatched. */
  private void abandon() {
    family.signal(Libc.SIGKILL);
    Unreaped.add(pid);
    settled = true;
  }

  private Duration age() {
    return Duration.ofNanos(System.nanoTime() - started);
  }
}
