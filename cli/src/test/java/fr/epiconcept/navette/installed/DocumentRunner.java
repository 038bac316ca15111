package fr.epiconcept.navette.installed;

import static org.awaitility.Awaitility.await;

import fr.epiconcept.navette.installed.Document.Step;
import fr.epiconcept.navette.installed.Document.Typed;
import fr.epiconcept.navette.installed.Document.Written;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Does what a page says, step by step, on the hosts that it names. A step that does not go as the
 * page says is a failure with its line.
 *
 * <p>A command that only looks (at a folder, a log, a status) is typed again until it shows what
 * the page shows, as a reader would; all others are typed once. A host's working folder stays from
 * one command to the next, variables do not.
 */
final class DocumentRunner {
  private static final Set<String> LOOKS =
      Set.of(
          "ls",
          "cat",
          "head",
          "tail",
          "find",
          "grep",
          "zgrep",
          "stat",
          "wc",
          "test",
          "df",
          "du",
          "ss",
          "journalctl",
          "systemctl status",
          "systemctl is-active",
          "systemctl show",
          "navette status",
          "navette pending",
          "navette show",
          "navette balance",
          "navette check",
          // The probe of docs/exploitation.md: a link that has just been made anew is no fault.
          "sh /usr/local/lib/navette/check_navette");

  private final Typist typist;
  private final Duration patience;
  private final Map<String, String> folders = new HashMap<>();

  /**
   * @param patience for how long a command that only looks is repeated
   */
  DocumentRunner(Typist typist, Duration patience) {
    this.typist = typist;
    this.patience = patience;
  }

  void run(Path page) throws Exception {
    run(Document.read(page));
  }

  void run(Document document) throws Exception {
    for (Step step : document.steps()) {
      String where = document.page() + ":" + step.line();
      if (step instanceof Typed typed) {
        type(where, typed);
      } else if (step instanceof Written written) {
        write(where, written);
      }
    }
  }

  private void type(String where, Typed typed) throws Exception {
    AtomicReference<Answer> last = new AtomicReference<>(typeOnce(typed));
    if (!fits(typed, last.get()) && looksOnly(typed.command())) {
      lookAgain(typed, last);
    }
    if (!fits(typed, last.get())) {
      throw new AssertionError(told(where, typed, last.get()));
    }
  }

  private void lookAgain(Typed typed, AtomicReference<Answer> last) {
    try {
      await()
          .atMost(patience)
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                last.set(typeOnce(typed));
                return fits(typed, last.get());
              });
    } catch (ConditionTimeoutException never) {
      // What it said last is told
    }
  }

  private static boolean fits(Typed typed, Answer answer) {
    return answer.exit() == typed.exit()
        && (typed.expected().isEmpty() || Expected.fits(typed.expected(), answer.output()));
  }

  private static boolean looksOnly(String command) {
    if (command.contains(">") && !command.contains("2>&1") && !command.contains("/dev/null")) {
      return false;
    }
    String[] words = command.replaceFirst("^sudo -u \\w+ ", "").split("\\s+", 3);
    return LOOKS.contains(words[0])
        || (words.length > 1 && LOOKS.contains(words[0] + " " + words[1]));
  }

  /** The working folder comes back as the last line, whatever ends the command. */
  private Answer typeOnce(Typed typed) throws Exception {
    String folder = folders.getOrDefault(typed.host(), "~");
    String mark = "navette-document-folder:";
    String around =
        "cd "
            + folder
            + " && trap 'code=$?; printf \"\\n%s%s\" "
            + mark
            + " \"$PWD\"; exit $code' EXIT\n";
    Answer answer = typist.run(typed.host(), around + typed.command());
    String output = answer.output();
    int at = output.lastIndexOf("\n" + mark);
    if (at >= 0) {
      String now = output.substring(at + 1 + mark.length());
      folders.put(typed.host(), "'" + now.replace("'", "'\\''") + "'");
      output = output.substring(0, at);
    }
    return new Answer(typed.command(), answer.exit(), output);
  }

  private void write(String where, Written written) throws Exception {
    try {
      typist.write(written.host(), written.path(), written.content());
      String path = "'" + written.path() + "'";
      String rights =
          written.path().startsWith("/etc/navette/")
              ? "chown root:navette " + path + " && chmod 0640 " + path
              : "chmod 0644 " + path;
      typist.run(written.host(), rights).succeeded();
    } catch (AssertionError e) {
      throw new AssertionError(
          where
              + ": "
              + written.host()
              + ":"
              + written.path()
              + " cannot be written:\n"
              + e.getMessage(),
          e);
    }
  }

  private static String told(String where, Typed typed, Answer got) {
    return where
        + ": on "
        + typed.host()
        + "\n# "
        + typed.command()
        + "\n--- expected (exit "
        + typed.exit()
        + ")\n"
        + (typed.expected().isEmpty() ? "(any output)" : String.join("\n", typed.expected()))
        + "\n--- got (exit "
        + got.exit()
        + ")\n"
        + String.join("\n", List.of(got.output().stripTrailing()))
        + "\n---";
  }
}
