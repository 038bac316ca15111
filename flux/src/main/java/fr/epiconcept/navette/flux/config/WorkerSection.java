package fr.epiconcept.navette.flux.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A flux on the processing server. All paths are absolute and independent of each other.
 *
 * @param broker which of the worker's brokers carries the flux; may be left out in the file when
 *     there is only one
 * @param storage where a received file is put for the script
 * @param script the command, word by word; no shell sees it; words may hold {@code {file}}, {@code
 *     {name}}, {@code {subfolder}}, {@code {id}}, {@code {flux}}, {@code {out}}, {@code {attempt}}
 * @param phpFpm the php-fpm that runs the script, which is the absolute path of a PHP file then,
 *     and nothing else; absent: the daemon starts it
 * @param runAs the user that the script runs as; absent: the daemon's own
 * @param folder the script's working folder (default: the storage folder)
 * @param env more variables for the script; values may hold the same words in braces
 * @param timeout how long the script may run (default 5 minutes)
 * @param archive where a file goes once it is processed; absent: the script takes care of it
 * @param out where the application puts acknowledgements; absent: the flux has none
 * @param outReady when an acknowledgement found in {@code out} is taken
 * @param concurrency how many files are processed at once (default 1: in order of arrival)
 * @param ahead how many files are received before their turn comes (default 32), for speed; 0
 *     leaves them with the broker, so that another worker of the flux can have them
 * @param retry which exit codes mean "again later", and how
 * @param onFailure what happens to the flux when a file has failed
 * @param onInterrupt what happens to a file whose script was running when the machine died
 * @param outputLimit how many bytes of a script's output are logged for one run (default 64 KiB);
 *     what is beyond is counted
 * @param log the flux's log; {@code <logs>/<flux>.log} when the file says none
 * @param priority who of those whose scripts wait for a place gets the next one (default {@code
 *     normal})
 */
public record WorkerSection(
    String broker,
    FolderTarget storage,
    List<String> script,
    Optional<PhpFpm> phpFpm,
    Optional<String> runAs,
    Path folder,
    Map<String, String> env,
    Duration timeout,
    Optional<Path> archive,
    Optional<Path> out,
    ReadyRules outReady,
    int concurrency,
    int ahead,
    RetryRules retry,
    OnFailure onFailure,
    OnInterrupt onInterrupt,
    long outputLimit,
    Path log,
    Priority priority) {
  public WorkerSection {
    script = List.copyOf(script);
    env = Map.copyOf(env);
  }

  /** One of normal priority. */
  public WorkerSection(
      String broker,
      FolderTarget storage,
      List<String> script,
      Optional<PhpFpm> phpFpm,
      Optional<String> runAs,
      Path folder,
      Map<String, String> env,
      Duration timeout,
      Optional<Path> archive,
      Optional<Path> out,
      ReadyRules outReady,
      int concurrency,
      int ahead,
      RetryRules retry,
      OnFailure onFailure,
      OnInterrupt onInterrupt,
      long outputLimit,
      Path log) {
    this(
        broker,
        storage,
        script,
        phpFpm,
        runAs,
        folder,
        env,
        timeout,
        archive,
        out,
        outReady,
        concurrency,
        ahead,
        retry,
        onFailure,
        onInterrupt,
        outputLimit,
        log,
        Priority.NORMAL);
  }

  /** Which flux's script goes first when more are to run than the worker lets run at once. */
  public enum Priority {
    /** Before all others, but for one place in eight. */
    HIGH,
    /** The default. */
    NORMAL,
    /** When no other waits, and in one place of eight. */
    LOW
  }

  /** What happens to the flux when a file has failed for good. */
  public enum OnFailure {
    /** The next file is processed (the default). */
    CONTINUE,
    /** Nothing overtakes the failed file until an operator decides. */
    STOP
  }

  /** What happens to a file whose script was running when the daemon or the machine died. */
  public enum OnInterrupt {
    /** The script runs again (the default). */
    RERUN,
    /** The file is set aside as {@code interrupted} among the dead letters. */
    HOLD
  }
}
