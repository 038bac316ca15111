package fr.epiconcept.navette.flux.command;

import java.time.Duration;

/** How a run ended. */
public sealed interface End {
  /** From the start until it ended or was given up. */
  Duration duration();

  /**
   * The number that a shell would show: the program's own, 128 and the signal's number, 124 for a
   * time-out, 143 if we ended it ourselves, 137 if it was let down, 255 if it did not say how it
   * ended.
   */
  int code();

  /** In words for the log. */
  String describe();

  /**
   * The program ended by itself.
   *
   * @param code 0 to 255
   */
  record Exited(int code, Duration duration) implements End {
    @Override
    public String describe() {
      return "exit " + code;
    }
  }

  /**
   * A signal ended it that was not ours.
   *
   * @param signal its number: 9 KILL (maybe for want of memory), 11 SEGV
   */
  record Signalled(int signal, Duration duration) implements End {
    @Override
    public int code() {
      return 128 + signal;
    }

    @Override
    public String describe() {
      return "killed by signal " + signal;
    }
  }

  /** It ended by itself, and did not say how, as it should have. */
  record Unsaid(Duration duration) implements End {
    @Override
    public int code() {
      return 255;
    }

    @Override
    public String describe() {
      return "ended without saying how";
    }
  }

  /** Whoever ran it for us let it down before its end. */
  record BrokenOff(String why, Duration duration) implements End {
    @Override
    public int code() {
      return 137;
    }

    @Override
    public String describe() {
      return why;
    }
  }

  /**
   * It was still running at the end of its time, and we ended it with all its descendants.
   *
   * @param survivors processes that we could not kill: 0 but for those of another user or hung in
   *     the kernel
   */
  record TimedOut(int survivors, Duration duration) implements End {
    @Override
    public int code() {
      return 124;
    }

    @Override
    public String describe() {
      return "timed out" + End.butFor(survivors);
    }
  }

  /**
   * We were asked to end it before its time, and did so with all its descendants.
   *
   * @param survivors as for {@link TimedOut}
   */
  record Terminated(int survivors, Duration duration) implements End {
    @Override
    public int code() {
      return 143;
    }

    @Override
    public String describe() {
      return "terminated" + End.butFor(survivors);
    }
  }

  private static String butFor(int survivors) {
    return survivors == 0 ? "" : "; " + survivors + " of its processes could not be killed";
  }
}
