package fr.epiconcept.navette.flux.command;

import fr.epiconcept.navette.flux.linux.Libc;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Runs a command as another user: the words to be put before it.
 *
 * <p><b>As root</b>, or with CAP_SETUID and CAP_SETGID, by {@code setpriv}, which becomes the
 * command: same process, same environment, killed like any other. This is the way to be preferred.
 * A process that was never root keeps its capabilities when it becomes somebody else, so they are
 * taken away: a script shall not become whoever it likes.
 *
 * <p><b>Otherwise</b> by {@code sudo -n}. It drops the environment save what {@code
 * --preserve-env=…} names, which the rule in sudoers must allow ({@code SETENV:}):
 *
 * <pre>{@code
 * navette ALL=(www-data) NOPASSWD:SETENV: /usr/bin/php /space/www/labo/import.php *
 * }</pre>
 *
 * <p>Variables named on sudo's own command line ({@code env A=b}) were the other way; it would show
 * their values to every user of the machine and ask for a rule that allows anything. But a daemon
 * that is not root cannot signal another user's processes: at a time-out such a script goes on
 * ({@code survivors} of the answer), unless the daemon has CAP_KILL.
 */
public final class RunAs {
  /** What sudo sets itself for the other user. */
  private static final Set<String> OF_SUDO =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "MAIL", "TERM");

  private static final List<String> OF_NAVETTE =
      List.of(
          "NAVETTE_FLUX",
          "NAVETTE_ID",
          "NAVETTE_FILE",
          "NAVETTE_NAME",
          "NAVETTE_SUBFOLDER",
          "NAVETTE_ATTEMPT",
          "NAVETTE_OUT",
          "NAVETTE_REPLAY_OF");

  /** By a unit of systemd: AmbientCapabilities. They are ours for as long as we run. */
  private static final boolean MAY_BECOME_OTHERS =
      Capabilities.ofThisProcess().has(Capabilities.SETGID, Capabilities.SETUID);

  private RunAs() {}

  /**
   * The words for {@code user}, where a command has no variables but Navette's own.
   *
   * @throws IllegalArgumentException if the system has no such user
   */
  public static List<byte[]> prefix(String user) {
    return prefix(user, OF_NAVETTE);
  }

  /**
   * The words for {@code user}; none if the daemon is that user.
   *
   * @param variables names in the command's environment: the script shall see them
   * @throws IllegalArgumentException if the system has no such user
   */
  public static List<byte[]> prefix(String user, Collection<String> variables) {
    return prefix(account(user), Libc.geteuid(), MAY_BECOME_OTHERS, variables);
  }

  /**
   * The variables that tell a program who it is (HOME, USER, LOGNAME): the daemon's own would send
   * it to a home folder where it may not go.
   *
   * @throws IllegalArgumentException if the system has no such user
   */
  public static Map<String, byte[]> identity(String user) {
    Account account = account(user);
    Map<String, byte[]> variables = new LinkedHashMap<>();
    variables.put("HOME", account.home().getBytes(StandardCharsets.UTF_8));
    variables.put("USER", user.getBytes(StandardCharsets.UTF_8));
    variables.put("LOGNAME", user.getBytes(StandardCharsets.UTF_8));
    return variables;
  }

  static List<byte[]> prefix(
      Account account, int ourUid, boolean mayBecomeOthers, Collection<String> variables) {
    if (account.uid() == ourUid) {
      return List.of();
    }
    if (ourUid == 0 || mayBecomeOthers) {
      return words(
          "setpriv",
          "--reuid=" + account.uid(),
          "--regid=" + account.gid(),
          "--init-groups",
          "--inh-caps=-all",
          "--ambient-caps=-all",
          "--");
    }
    Stream<String> kept = variables.stream().filter(name -> !OF_SUDO.contains(name));
    String list = String.join(",", Stream.concat(kept, Stream.of(Run.COOKIE)).distinct().toList());
    return words("sudo", "-n", "--preserve-env=" + list, "-u", account.name(), "--");
  }

  private static Account account(String user) {
    Optional<Account> found = Account.named(user);
    return found.orElseThrow(
        () -> new IllegalArgumentException("the system knows no user '" + user + "'"));
  }

  private static List<byte[]> words(String... words) {
    return Stream.of(words).map(word -> word.getBytes(StandardCharsets.UTF_8)).toList();
  }
}
