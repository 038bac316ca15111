package fr.epiconcept.navette.flux.alert;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.AlertClass;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What somebody is told.
 *
 * @param alert what it is about
 * @param kind whether it begins, is over, or is only a test
 * @param origin which daemon says so
 * @param flux the flux concerned; absent: no single one
 * @param id the file concerned
 * @param name its name, where that is known
 * @param at when the alert was made
 * @param since when it happened, or began
 * @param message one line for people, without a full stop
 * @param values what else is known
 * @param folded how many more events of the same class and flux this alert stands for
 * @param examples some of those: ids, with names where they are known
 */
public record Alert(
    AlertClass alert,
    Kind kind,
    Origin origin,
    Optional<FluxName> flux,
    Optional<FileId> id,
    Optional<String> name,
    Instant at,
    Instant since,
    String message,
    Map<String, String> values,
    long folded,
    List<String> examples) {
  private static final JsonFactory JSON = new JsonFactory();

  /** What kind of alert it is. */
  public enum Kind {
    /** It happened, or begins. */
    NEWS,
    /** What was told before is over. */
    OVER,
    /** Nothing happened: an operator tries the command. */
    TEST
  }

  /**
   * Who says so.
   *
   * @param side {@code ingest} or {@code worker}
   * @param host the machine's name
   */
  public record Origin(String side, String host) {
    private static final Path NAME = Path.of("/proc/sys/kernel/hostname");

    /** A daemon on this machine. */
    public static Origin here(String side) {
      try {
        return new Origin(side, Files.readString(NAME).strip());
      } catch (IOException e) {
        return new Origin(side, "localhost");
      }
    }
  }

  public Alert {
    values = Map.copyOf(values);
    examples = List.copyOf(examples);
  }

  /** An alert about something that happens now. */
  static Alert news(
      AlertClass alert,
      Origin origin,
      Optional<FluxName> flux,
      Instant at,
      Instant since,
      String message,
      Map<String, String> values) {
    return new Alert(
        alert,
        Kind.NEWS,
        origin,
        flux,
        Optional.empty(),
        Optional.empty(),
        at,
        since,
        message,
        values,
        0,
        List.of());
  }

  /** An alert by which an operator tries a command. */
  public static Alert test(AlertClass alert, Origin origin, Optional<FluxName> flux, Instant now) {
    return new Alert(
        alert,
        Kind.TEST,
        origin,
        flux,
        Optional.empty(),
        Optional.empty(),
        now,
        now,
        "this is a test of the alerts; nothing has happened",
        Map.of(),
        0,
        List.of());
  }

  /** The same about one file. */
  Alert about(Optional<FileId> itsId, Optional<String> itsName) {
    return new Alert(
        alert, kind, origin, flux, itsId, itsName, at, since, message, values, folded, examples);
  }

  /** The same, also for {@code more} others, the first of which happened at {@code first}. */
  Alert folding(long more, Instant first, List<String> some) {
    return new Alert(alert, kind, origin, flux, id, name, at, first, message, values, more, some);
  }

  /** That this is over. */
  Alert over(Instant now) {
    return new Alert(
        alert, Kind.OVER, origin, flux, id, name, now, since, message, values, 0, List.of());
  }

  /** What stands for it among the examples of another. */
  String example() {
    return id.map(it -> it + name.map(text -> " " + text).orElse(""))
        .orElseGet(() -> name.orElse(message));
  }

  /** The alert as JSON on one line; see {@code docs/alerts.md}. */
  public String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("alert", alert.word());
      json.writeBooleanField("over", kind == Kind.OVER);
      json.writeBooleanField("test", kind == Kind.TEST);
      json.writeStringField("side", origin.side());
      json.writeStringField("host", origin.host());
      optional(json, "flux", flux);
      optional(json, "id", id);
      optional(json, "name", name);
      json.writeStringField("at", at.toString());
      json.writeStringField("since", since.toString());
      json.writeStringField("message", message);
      json.writeObjectFieldStart("values");
      for (Map.Entry<String, String> value : sorted().entrySet()) {
        json.writeStringField(value.getKey(), value.getValue());
      }
      json.writeEndObject();
      json.writeNumberField("folded", folded);
      json.writeArrayFieldStart("examples");
      for (String example : examples) {
        json.writeString(example);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory refuses to be written", e);
    }
    return text.toString();
  }

  /** The values by their keys. */
  Map<String, String> sorted() {
    return new TreeMap<>(values);
  }

  private static void optional(JsonGenerator json, String key, Optional<?> value)
      throws IOException {
    if (value.isPresent()) {
      json.writeStringField(key, value.get().toString());
    }
  }
}
