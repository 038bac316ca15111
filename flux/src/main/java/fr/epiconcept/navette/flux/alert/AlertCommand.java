package fr.epiconcept.navette.flux.alert;

import fr.epiconcept.navette.flux.command.Command;
import fr.epiconcept.navette.flux.command.CommandNotStarted;
import fr.epiconcept.navette.flux.command.End;
import fr.epiconcept.navette.flux.command.Output;
import fr.epiconcept.navette.flux.command.Run;
import fr.epiconcept.navette.flux.command.Words;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Runs the command that tells an alert, one at a time: no shell, the folder {@code /}, the alert as
 * JSON on its standard input and in words in {@code NAVETTE_ALERT_…}.
 */
public final class AlertCommand {
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final int MOST_OF_OUTPUT = 200;

  private final Duration limit;

  // Guarded by this.
  private Run running;
  private boolean closed;

  /**
   * @param limit how long a command may run; then it is ended with all that it started
   */
  public AlertCommand(Duration limit) {
    this.limit = limit;
  }

  /**
   * Runs it to its end.
   *
   * @param words the program and its arguments, one word at least
   * @return why it did not do its work, on one line; nothing if it ended with 0
   */
  public Optional<String> run(List<String> words, Alert alert) {
    byte[] json = (alert.json() + "\n").getBytes(StandardCharsets.UTF_8);
    FirstLine said = new FirstLine();
    Run run;
    synchronized (this) {
      if (closed) {
        return Optional.of("the daemon stops");
      }
      try {
        run = Run.start(command(words, alert), "alert-" + System.nanoTime(), json);
      } catch (CommandNotStarted e) {
        return Optional.of(e.getMessage());
      }
      running = run;
    }
    End end = run.await(limit, GRACE, said);
    synchronized (this) {
      running = null;
    }
    return end instanceof End.Exited exited && exited.code() == 0
        ? Optional.empty()
        : Optional.of(end.describe() + said.suffix());
  }

  /** Ends what runs, and starts no other. */
  public synchronized void close() {
    closed = true;
    if (running != null) {
      running.terminate();
    }
  }

  private static Command command(List<String> words, Alert alert) {
    AlertText text = new AlertText(alert);
    Words all =
        Words.none()
            .and("alert", alert.alert().word())
            .and("alert_kind", alert.kind().name().toLowerCase(Locale.ROOT))
            .and("alert_subject", text.subject())
            .and("alert_text", text.body())
            .and("side", alert.origin().side())
            .and("host", alert.origin().host());
    if (alert.flux().isPresent()) {
      all = all.and("flux", alert.flux().get().value());
    }
    if (alert.id().isPresent()) {
      all = all.and("id", alert.id().get().value());
    }
    return new Command(
        words.stream().map(word -> word.getBytes(StandardCharsets.UTF_8)).toList(),
        all.environment(),
        Optional.of(Path.of("/")));
  }

  /** What it said first, most likely why. The rest is taken and forgotten. */
  private static final class FirstLine implements Output {
    private String out = "";
    private String err = "";

    @Override
    public void line(Stream stream, String text) {
      if (stream == Stream.ERR && err.isBlank()) {
        err = text;
      } else if (stream == Stream.OUT && out.isBlank()) {
        out = text;
      }
    }

    String suffix() {
      String line = (err.isBlank() ? out : err).replaceAll("\\p{Cntrl}", "?").strip();
      return line.isEmpty()
          ? ""
          : ": " + line.substring(0, Math.min(line.length(), MOST_OF_OUTPUT));
    }
  }
}
