package fr.epiconcept.navette.flux.adopt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A command of the old daemon, told apart into what our configuration has words for.
 *
 * @param at where it stands
 * @param text as it is written
 * @param shell its words, or why only a shell knows them
 * @param runAs whom {@code sudo} made it run as
 * @param timeout after which {@code timeout} ended it, as we write durations
 * @param program what is left: the program and its arguments; empty where a shell is needed
 */
record OldCommand(
    Old.Where at,
    String text,
    ShellWords shell,
    Optional<String> runAs,
    Optional<String> timeout,
    List<String> program) {
  private static final Pattern TIME = Pattern.compile("\\d{1,6}[smhd]?");
  private static final Set<String> COPIES = Set.of("rsync", "scp", "sftp");
  private static final Pattern WRAPPER = Pattern.compile("indird_(rsync|transfert)(\\.sh)?");

  static OldCommand of(Old.Text command, Map<String, String> values) {
    ShellWords shell = ShellWords.of(command.text(), values);
    List<String> left = new ArrayList<>(shell.words());
    Optional<String> runAs = Optional.empty();
    Optional<String> timeout = Optional.empty();
    while (!left.isEmpty()) {
      if (name(left.get(0)).equals("sudo") && runAs.isEmpty() && indexOfUser(left) > 0) {
        int user = indexOfUser(left);
        runAs = Optional.of(left.get(user));
        left = left.subList(user + 1, left.size());
      } else if (name(left.get(0)).equals("timeout")
          && left.size() > 2
          && TIME.matcher(left.get(1)).matches()) {
        String time = left.get(1);
        timeout =
            Optional.of(Character.isDigit(time.charAt(time.length() - 1)) ? time + "s" : time);
        left = left.subList(2, left.size());
      } else {
        break;
      }
    }
    return new OldCommand(command.at(), command.text(), shell, runAs, timeout, List.copyOf(left));
  }

  /** Where the user stands in {@code sudo -n -u USER command}; 0: another form. */
  private static int indexOfUser(List<String> words) {
    int at = 1;
    while (at < words.size() && Set.of("-n", "-E", "-H").contains(words.get(at))) {
      at++;
    }
    return at + 2 < words.size() && words.get(at).equals("-u") ? at + 1 : 0;
  }

  boolean needsShell() {
    return shell.needsShell();
  }

  /** Whether it brings the file to another host, which is our own work now. */
  boolean isTransfer() {
    return needsShell()
        ? Pattern.compile("\\b(rsync|scp|indird_rsync|indird_transfert)\\b").matcher(text).find()
        : COPIES.contains(name(program.get(0))) || WRAPPER.matcher(name(program.get(0))).matches();
  }

  /** Where {@code rsync} or its wrapper brings the file: {@code host:folder}. */
  Optional<String> target() {
    if (needsShell()) {
      return Optional.empty();
    }
    int size = program.size();
    if (WRAPPER.matcher(name(program.get(0))).matches()) {
      return size == 6 ? Optional.of(program.get(4) + ":" + program.get(5)) : Optional.empty();
    }
    return program.stream()
        .skip(1)
        .filter(word -> word.matches("[A-Za-z0-9@._-]+:.*"))
        .reduce((first, second) -> second);
  }

  /** The folder to which it moves the file. */
  Optional<String> movesTo() {
    List<String> words = program.stream().filter(word -> !word.startsWith("-")).toList();
    boolean moves =
        words.size() == 3
            && name(words.get(0)).equals("mv")
            && words.get(1).equals(ShellWords.FILE);
    return moves
        ? Optional.of(words.get(2).replaceAll("(?<=.)/+$", ""))
            .filter(to -> to.startsWith("/") && !to.contains(ShellWords.FILE))
        : Optional.empty();
  }

  /** Whether it does nothing. */
  boolean isNothing() {
    return text.strip().matches("(:|true|/bin/true)");
  }

  private static String name(String program) {
    return program.substring(program.lastIndexOf('/') + 1);
  }
}
