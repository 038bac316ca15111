package fr.epiconcept.navette.flux.log;

import fr.epiconcept.navette.flux.FileId;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One line of a flux's log; the grammar is in this package's description.
 *
 * @param time when it happened, to the millisecond
 * @param level how much it matters
 * @param id the file concerned; absent: no single file
 * @param event what happened
 * @param fields what is known about it, in the order in which it is written
 */
public record LogLine(
    OffsetDateTime time,
    Level level,
    Optional<FileId> id,
    String event,
    Map<String, String> fields) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);
  private static final Pattern EVENT = Pattern.compile("[a-z][a-z0-9-]*");
  private static final Pattern KEY = Pattern.compile("[a-z][a-zA-Z0-9._-]*");
  private static final String NO_ID = "-";

  /** How much an event matters. */
  public enum Level {
    /** It went as it should. */
    INFO,
    /** It did not, and Navette deals with it by itself. */
    WARN,
    /** It did not, and somebody has to look. */
    ERROR
  }

  /**
   * Checks the words of the line.
   *
   * @throws IllegalArgumentException if the event or a key is not spelled as the grammar asks
   */
  public LogLine {
    if (!EVENT.matcher(event).matches()) {
      throw new IllegalArgumentException("no word for an event: " + Quoting.always(event));
    }
    for (String key : fields.keySet()) {
      if (!KEY.matcher(key).matches()) {
        throw new IllegalArgumentException("no word for a key: " + Quoting.always(key));
      }
    }
    time = time.truncatedTo(ChronoUnit.MILLIS);
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /** The value of a key of this line. */
  public Optional<String> field(String key) {
    return Optional.ofNullable(fields.get(key));
  }

  /**
   * The event that {@code line}, without its line feed, tells; nothing if it is not whole or not of
   * the grammar.
   */
  public static Optional<LogLine> parse(String line) {
    String[] head = line.split(" ", 5);
    if (head.length < 4) {
      return Optional.empty();
    }
    try {
      Optional<FileId> id =
          head[2].equals(NO_ID) ? Optional.empty() : Optional.of(new FileId(head[2]));
      Map<String, String> fields = head.length == 5 ? fieldsOf(head[4]) : Map.of();
      return Optional.of(
          new LogLine(
              OffsetDateTime.parse(head[0], TIME), Level.valueOf(head[1]), id, head[3], fields));
    } catch (IllegalArgumentException | DateTimeParseException notOfTheGrammar) {
      return Optional.empty();
    }
  }

  /** A value as a line has it, in quotes only where it needs them. */
  public static String spelled(String value) {
    StringBuilder text = new StringBuilder(value.length() + 2);
    Quoting.write(value, text);
    return text.toString();
  }

  /** The value that {@link #spelled} spelled; nothing if nothing is spelled so. */
  public static Optional<String> value(String spelled) {
    try {
      return Quoting.end(spelled, 0) == spelled.length()
          ? Optional.of(Quoting.read(spelled))
          : Optional.empty();
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException notOfTheGrammar) {
      return Optional.empty();
    }
  }

  private static Map<String, String> fieldsOf(String text) {
    Map<String, String> fields = new LinkedHashMap<>();
    int at = 0;
    while (true) {
      int equals = text.indexOf('=', at);
      if (equals < 0) {
        throw new IllegalArgumentException("a field has no value");
      }
      int end = Quoting.end(text, equals + 1);
      String key = text.substring(at, equals);
      if (fields.put(key, Quoting.read(text.substring(equals + 1, end))) != null) {
        throw new IllegalArgumentException("a key stands twice");
      }
      if (end == text.length()) {
        return fields;
      }
      if (text.charAt(end) != ' ') {
        throw new IllegalArgumentException("a field does not end with its value");
      }
      at = end + 1;
    }
  }

  /** The line as it is written, without its line feed. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(160);
    TIME.formatTo(time, line);
    line.append(' ').append(level).append(' ');
    line.append(id.isPresent() ? id.get().value() : NO_ID).append(' ').append(event);
    fields.forEach(
        (key, value) -> {
          line.append(' ').append(key).append('=');
          Quoting.write(value, line);
        });
    return line.toString();
  }
}
