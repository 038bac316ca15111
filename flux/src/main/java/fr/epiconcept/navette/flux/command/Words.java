package fr.epiconcept.navette.flux.command;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.file.NativeFiles;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a command is told of the file that it is run for: the words in braces of its command line
 * and the {@code NAVETTE_…} variables. Names stay the bytes that they are.
 */
public final class Words {
  /** What a program finds of the daemon's own environment; nothing else of it leaks. */
  private static final List<String> INHERITED = List.of("PATH", "HOME", "USER", "LOGNAME", "TZ");

  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final Map<String, byte[]> values;

  private Words(Map<String, byte[]> values) {
    this.values = values;
  }

  /** The words that every command has. */
  public static Words about(FluxName flux, FileId id, FileName name, Path file) {
    Map<String, byte[]> values = new LinkedHashMap<>();
    values.put("flux", text(flux.value()));
    values.put("id", text(id.value()));
    values.put("name", name.bytes());
    values.put("file", NativeFiles.pathBytes(file));
    return new Words(values);
  }

  /** No words: of a command that concerns no single file. */
  public static Words none() {
    return new Words(Map.of());
  }

  /** These words, of a file that stood in that sub-folder; the top has the empty word. */
  public Words from(SubFolder folder) {
    return and("subfolder", folder.bytes());
  }

  /** These words and one more. */
  public Words and(String word, String value) {
    return and(word, text(value));
  }

  /** These words and a path. */
  public Words and(String word, Path value) {
    return and(word, NativeFiles.pathBytes(value));
  }

  private Words and(String word, byte[] value) {
    Map<String, byte[]> more = new LinkedHashMap<>(values);
    more.put(word, value);
    return new Words(more);
  }

  /** The words of a command line with the file's own in the place of those in braces. */
  public List<byte[]> fill(List<String> template) {
    List<byte[]> filled = new ArrayList<>();
    for (String word : template) {
      filled.add(fill(word));
    }
    return filled;
  }

  /**
   * One text with its words in braces filled in, once: what is filled in is not looked at again.
   */
  public byte[] fill(String template) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    while (at < template.length()) {
      int open = template.indexOf('{', at);
      int close = open < 0 ? -1 : template.indexOf('}', open);
      byte[] value = close < 0 ? null : values.get(template.substring(open + 1, close));
      int until = value != null ? open : open < 0 ? template.length() : open + 1;
      out.writeBytes(text(template.substring(at, until)));
      at = until;
      if (value != null) {
        out.writeBytes(value);
        at = close + 1;
      }
    }
    return out.toByteArray();
  }

  /** The whole environment of the command: a path, a few of the daemon's own, {@code NAVETTE_…}. */
  public Map<String, byte[]> environment() {
    Map<String, byte[]> environment = new LinkedHashMap<>();
    environment.put("PATH", text(PATH));
    environment.put("LANG", text("C.UTF-8"));
    for (String name : INHERITED) {
      String value = System.getenv(name);
      if (value != null) {
        environment.put(name, text(value));
      }
    }
    values.forEach(
        (word, value) ->
            environment.put("NAVETTE_" + word.toUpperCase(Locale.ROOT).replace('-', '_'), value));
    return environment;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
