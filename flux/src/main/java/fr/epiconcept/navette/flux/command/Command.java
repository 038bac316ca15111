package fr.epiconcept.navette.flux.command;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program with everything that it gets.
 *
 * @param words the program and its arguments as bytes, at least one word. A program without a slash
 *     is searched on the {@code PATH} of the environment (the daemon's where that has none), in
 *     absolute folders only; one with a slash is a path, seen from the working folder
 * @param environment the whole environment: nothing of the daemon's is added
 * @param folder the working folder; absent: the daemon's
 */
public record Command(List<byte[]> words, Map<String, byte[]> environment, Optional<Path> folder) {
  /**
   * Checks what no program can be given, and copies the rest.
   *
   * @throws IllegalArgumentException if there is no program, or a NUL in anything, or a name of a
   *     variable is empty or holds {@code =}
   */
  public Command {
    if (words.isEmpty() || words.get(0).length == 0) {
      throw new IllegalArgumentException("a command names a program");
    }
    words = words.stream().map(word -> withoutNul("a word", word)).toList();
    Map<String, byte[]> copy = new LinkedHashMap<>();
    environment.forEach((name, value) -> copy.put(checked(name), withoutNul(name, value)));
    environment = Map.copyOf(copy);
  }

  /** This command, run by way of {@code prefix}: see {@link RunAs}. */
  public Command behind(List<byte[]> prefix) {
    return new Command(
        Stream.concat(prefix.stream(), words.stream()).toList(), environment, folder);
  }

  /** The program's name for people, on one line. */
  String program() {
    return spelled(words.get(0));
  }

  /** The program and the number of its arguments; not the environment, which may hold secrets. */
  @Override
  public String toString() {
    return program() + " with " + (words.size() - 1) + " arguments";
  }

  static String spelled(byte[] text) {
    return new String(text, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
  }

  private static String checked(String name) {
    if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("'" + name + "' names no environment variable");
    }
    return name;
  }

  private static byte[] withoutNul(String what, byte[] text) {
    for (byte b : text) {
      if (b == 0) {
        throw new IllegalArgumentException(what + " holds a NUL, which ends a text in Linux");
      }
    }
    return text.clone();
  }
}
