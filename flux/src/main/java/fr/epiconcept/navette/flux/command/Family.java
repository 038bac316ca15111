package fr.epiconcept.navette.flux.command;

import fr.epiconcept.navette.flux.linux.Libc;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A program and all its descendants, found in {@code /proc}.
 *
 * <p>Group and session find those that stayed. One that made a session of its own (setsid, a
 * daemon) is orphaned and shows no parent any more; but every process inherits its environment, so
 * each run has a variable of a value of its own, the cookie, and whoever shows it belongs to the
 * run. Only a program that leaves the session and also clears its environment escapes.
 *
 * <p>The program must not be reaped as long as this is used: until then nobody else can be given
 * its number, nor a group or session of that number.
 */
final class Family {
  private static final long OURSELVES = ProcessHandle.current().pid();

  // Of /proc/PID/stat, counted behind the name in parentheses: state, parent, group, session.
  private static final int STATE = 0;
  private static final int GROUP = 2;
  private static final int SESSION = 3;

  private final int leader;
  private final byte[] cookie;

  /**
   * The family of a program.
   *
   * @param leader the program's process id, which is its group's and its session's too
   * @param cookie {@code NAME=value}
   */
  Family(int leader, byte[] cookie) {
    this.leader = leader;
    this.cookie = cookie;
  }

  /** Those that live: running or stopped, not ended. */
  List<Integer> members() {
    List<Integer> found = new ArrayList<>();
    String[] entries = new File("/proc").list((folder, name) -> Character.isDigit(name.charAt(0)));
    for (String entry : entries == null ? new String[0] : entries) {
      int pid = Integer.parseInt(entry);
      if (pid != OURSELVES && isMember(pid)) {
        found.add(pid);
      }
    }
    return found;
  }

  /** Sends a signal to all of them, and to the group at once. */
  void signal(int signal) {
    Libc.kill(-leader, signal);
    for (int pid : members()) {
      boolean inGroup = group(pid) == leader;
      if (!inGroup) {
        signalOutsider(pid, signal);
      }
    }
  }

  // Its number may be another's by now: take hold of the process, look again, and only then signal.
  private void signalOutsider(int pid, int signal) {
    int held = Libc.pidfdOpen(pid);
    if (held < 0) {
      return;
    }
    try {
      if (isMember(pid)) {
        Libc.pidfdSendSignal(held, signal);
      }
    } finally {
      Libc.close(held);
    }
  }

  private boolean isMember(int pid) {
    String[] stat = stat(pid);
    if (stat.length <= SESSION || stat[STATE].equals("Z") || stat[STATE].equals("X")) {
      return false;
    }
    String leading = Integer.toString(leader);
    return stat[GROUP].equals(leading) || stat[SESSION].equals(leading) || hasCookie(pid);
  }

  private static int group(int pid) {
    String[] stat = stat(pid);
    return stat.length <= GROUP ? -1 : Integer.parseInt(stat[GROUP]);
  }

  private static String[] stat(int pid) {
    // The name may hold anything, parentheses and line ends included; what follows it cannot.
    String text = new String(read(pid, "stat"), StandardCharsets.ISO_8859_1);
    return text.substring(text.lastIndexOf(')') + 1).strip().split(" ", -1);
  }

  private boolean hasCookie(int pid) {
    byte[] environment = read(pid, "environ");
    int start = 0;
    for (int i = 0; i < environment.length; i++) {
      if (environment[i] == 0) {
        if (Arrays.equals(environment, start, i, cookie, 0, cookie.length)) {
          return true;
        }
        start = i + 1;
      }
    }
    return false;
  }

  /** The file's bytes; none if the process has ended or is not ours to look into. */
  private static byte[] read(int pid, String file) {
    try (FileInputStream content = new FileInputStream("/proc/" + pid + "/" + file)) {
      return content.readAllBytes();
    } catch (IOException endedOrForbidden) {
      return new byte[0];
    }
  }
}
