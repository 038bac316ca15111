package fr.epiconcept.navette.flux.life;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.TreeName;
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
  private final Set<String> folders;
  private final Optional<Pattern> damaged;

  private Sought(String text) {
    this.text = text;
    id = FileId.parse(text);
    hash =
        HASH.matcher(text).matches()
            ? Optional.of(text.toLowerCase(Locale.ROOT))
            : Optional.empty();
    names = id.isPresent() ? Set.of() : spellings(ownName(text));
    folders = folders(text);
    damaged = text.indexOf(LOST) < 0 ? Optional.empty() : Optional.of(damaged(text));
  }

  /** What {@code text} may mean; nothing if it can be no file's. */
  public static Optional<Sought> parse(String text) {
    return text.isBlank() || text.endsWith("/") ? Optional.empty() : Optional.of(new Sought(text));
  }

  /** In quotes, if the whole was. */
  private static String ownName(String text) {
    String own = text.substring(text.lastIndexOf('/') + 1);
    boolean open = text.startsWith("\"") && own.endsWith("\"") && !own.startsWith("\"");
    return open ? "\"" + own : own;
  }

  private static Set<String> folders(String text) {
    Set<String> spellings = new LinkedHashSet<>();
    spellings.add(folder(text.startsWith("\"") ? text.substring(1) : text));
    try {
      spellings.add(folder(TreeName.decode(text).display()));
    } catch (IllegalArgumentException notEncoded) {
      return spellings;
    }
    return spellings;
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

  /** Whether a file of that name is meant. */
  public boolean matches(TreeName name) {
    return isNamed(name.display()) || isNamed(OneLine.of(name));
  }

  /**
   * Whether a file whose name is spelled so is meant; of folders before it, as many must agree as
   * both have.
   */
  public boolean isNamed(String display) {
    String name = display.substring(display.lastIndexOf('/') + 1);
    boolean named =
        names.contains(name)
            || damaged.filter(pattern -> pattern.matcher(name).matches()).isPresent();
    return named && folders.stream().anyMatch(each -> agree(each, folder(display)));
  }

  /** With a slash at either end; a single one where there is none. */
  private static String folder(String spelled) {
    String folder = spelled.substring(0, spelled.lastIndexOf('/') + 1);
    return folder.startsWith("/") ? folder : "/" + folder;
  }

  private static boolean agree(String one, String other) {
    return one.endsWith(other) || other.endsWith(one) || one.indexOf(LOST) >= 0;
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
      for (String name : names) {
        needles.add(bytes("name=" + LogLine.spelled(name)));
        // Behind its folder; in quotes, those open before that.
        String behind = LogLine.spelled("/" + name);
        needles.add(bytes(behind.startsWith("\"") ? behind.substring(1) : behind));
      }
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
