package fr.epiconcept.navette.flux.life;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.log.OneLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a user called a file: its id, its name in any spelling, or its SHA-256 or the front of it.
 */
public final class Sought {
  private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{8,64}");
  private static final char LOST = '\uFFFD';

  private final String text;
  private final Optional<FileId> id;
  private final Optional<String> hash;
  private final Set<String> names;
  private final Optional<Pattern> damaged;

  private Sought(String text) {
    this.text = text;
    id = FileId.parse(text);
    hash =
        HASH.matcher(text).matches()
            ? Optional.of(text.toLowerCase(Locale.ROOT))
            : Optional.empty();
    names = id.isPresent() ? Set.of() : spellings(text.substring(text.lastIndexOf('/') + 1));
    damaged = text.indexOf(LOST) < 0 ? Optional.empty() : Optional.of(damaged(text));
  }

  /** What {@code text} may mean; nothing if it can be no file's. */
  public static Optional<Sought> parse(String text) {
    return text.isBlank() || text.endsWith("/") ? Optional.empty() : Optional.of(new Sought(text));
  }

  /** As people type it, as a log spells it, with or without its quotes, or percent-encoded. */
  private static Set<String> spellings(String text) {
    Set<String> spellings = new LinkedHashSet<>();
    spellings.add(text);
    unquoted(text).ifPresent(spellings::add);
    try {
      spellings.add(FileName.decode(text).display());
    } catch (IllegalArgumentException notEncoded) {
      return spellings;
    }
    return spellings;
  }

  private static Optional<String> unquoted(String text) {
    boolean quoted = text.length() > 2 && text.startsWith("\"") && text.endsWith("\"");
    String value = quoted ? text : "\"" + text.replace("\"", "\\\"") + "\"";
    return LogLine.value(value);
  }

  /** Java could not read some bytes of the argument: any may have stood there. */
  private static Pattern damaged(String text) {
    StringBuilder pattern = new StringBuilder();
    StringBuilder plain = new StringBuilder();
    boolean gap = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        plain.append(c);
        gap = false;
      } else if (!gap) {
        pattern.append(Pattern.quote(plain.toString())).append("(\\\\x[0-9A-F]{2})+");
        plain.setLength(0);
        gap = true;
      }
    }
    return Pattern.compile(pattern.append(Pattern.quote(plain.toString())).toString());
  }

  /** The id, if that is what it is. */
  public Optional<FileId> id() {
    return id;
  }

  /** Whether it may be a name. */
  public boolean isName() {
    return id.isEmpty();
  }

  /** Whether a file of that name is meant. */
  public boolean matches(FileName name) {
    return isNamed(name.display()) || isNamed(OneLine.of(name));
  }

  /** Whether a file whose name is spelled so is meant. */
  public boolean isNamed(String display) {
    return names.contains(display)
        || damaged.filter(pattern -> pattern.matcher(display).matches()).isPresent();
  }

  /** Whether a line tells of the file that is meant. */
  boolean matches(LogLine line) {
    return line.field("name").filter(this::isNamed).isPresent()
        || hash.filter(
                front -> line.field("sha256").filter(all -> all.startsWith(front)).isPresent())
            .isPresent();
  }

  /** What each line has that {@link #matches}. */
  List<byte[]> needles() {
    List<byte[]> needles = new ArrayList<>();
    id.ifPresent(each -> needles.add(bytes(each.value())));
    hash.ifPresent(front -> needles.add(bytes("sha256=" + front)));
    if (damaged.isPresent()) {
      needles.add(bytes("name="));
    } else {
      names.forEach(name -> needles.add(bytes("name=" + LogLine.spelled(name))));
    }
    return needles;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** As the user typed it. */
  @Override
  public String toString() {
    return text;
  }
}
