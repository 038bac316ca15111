package fr.epiconcept.navette.flux.fastcgi;

import fr.epiconcept.navette.flux.command.LineCutter;
import fr.epiconcept.navette.flux.command.Output;
import fr.epiconcept.navette.flux.command.Output.Stream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What comes back for one run: output, line by line, and how it ended. */
final class Answer implements Records.Taker {
  /** In these words, and behind nothing, php-fpm says that it has not begun the script at all. */
  private static final List<String> REFUSALS =
      List.of("Primary script unknown", "Unable to open primary script", "Access to the script");

  private final CgiHead head = new CgiHead();
  private final ExitLine exit;
  private final LineCutter out;
  private final LineCutter err;
  private boolean begun;
  private boolean complete;
  private Optional<String> refusal = Optional.empty();

  Answer(String word, Output output) {
    exit = new ExitLine(word, output);
    out = new LineCutter(line -> exit.line(Stream.OUT, line));
    err = new LineCutter(this::error);
  }

  @Override
  public void record(int type, ByteBuffer content) throws BrokenAnswer {
    begun = true;
    if (type == Records.STDOUT) {
      head.skip(content);
      give(content, out);
    } else if (type == Records.STDERR) {
      give(content, err);
    } else if (type == Records.END_REQUEST) {
      complete = true;
    }
  }

  private static void give(ByteBuffer content, LineCutter lines) {
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    lines.accept(bytes, bytes.length);
  }

  private void error(String line) {
    if (REFUSALS.stream().anyMatch(line::startsWith)) {
      refusal = Optional.of(line.strip());
    }
    exit.line(Stream.ERR, line);
  }

  /** Whether a php-fpm has spoken. */
  boolean hasBegun() {
    return begun;
  }

  boolean isComplete() {
    return complete;
  }

  /** Nothing more comes: passes on what is left. What the script said of its end, if it did. */
  OptionalInt end() {
    out.end();
    err.end();
    return exit.end();
  }

  /** Why php-fpm has not begun the script, once the answer has its {@link #end}. */
  Optional<String> refusal() {
    return refusal;
  }
}
