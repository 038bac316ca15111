package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a flux does on one server.
 *
 * @param flux which
 * @param side of which daemon this is the word
 * @param running whether that daemon works on it
 * @param down why it does not; absent while it runs
 * @param stalled why it makes no progress though it runs; absent: nothing is known against it
 * @param scan how its folder is watched: the inbox, or the worker's {@code out}; absent: it has
 *     none, or nobody watches
 * @param waiting what waits to get away from here: deposits on the file server, acknowledgements on
 *     a processing server
 * @param inFlight on the file server: deposits that have arrived and whose outcome is not known; on
 *     a processing server: those being worked on
 * @param inFlightSince since when the oldest of them has been so
 * @param inLine of those being worked on, how many scripts wait for a place because as many run as
 *     may; 0 on the file server
 * @param dead dead letters; counted by the file server
 * @param quarantinedToday files that went to quarantine since midnight, local time; counted by the
 *     file server
 * @param takers how many sessions of workers take its files at this moment; told by the file server
 * @param workers whose they are, where they are several; told by the file server
 * @param held who holds it on that server, why and until when
 * @param lastFile the last one that came to an end
 * @param lastError the last fault that somebody has to look at
 */
public record FluxStatus(
    FluxName flux,
    Side side,
    boolean running,
    Optional<String> down,
    Optional<String> stalled,
    Optional<Scan> scan,
    Waits waiting,
    long inFlight,
    Optional<Instant> inFlightSince,
    long inLine,
    long dead,
    long quarantinedToday,
    Optional<Integer> takers,
    List<Taking> workers,
    Optional<Held> held,
    Optional<LastFile> lastFile,
    Optional<LastError> lastError) {
  public FluxStatus {
    // A daemon of an earlier version says nothing of them.
    workers = workers == null ? List.of() : List.copyOf(workers);
  }

  /** One that several workers do not take. */
  public FluxStatus(
      FluxName flux,
      Side side,
      boolean running,
      Optional<String> down,
      Optional<String> stalled,
      Optional<Scan> scan,
      Waits waiting,
      long inFlight,
      Optional<Instant> inFlightSince,
      long inLine,
      long dead,
      long quarantinedToday,
      Optional<Integer> takers,
      Optional<Held> held,
      Optional<LastFile> lastFile,
      Optional<LastError> lastError) {
    this(
        flux,
        side,
        running,
        down,
        stalled,
        scan,
        waiting,
        inFlight,
        inFlightSince,
        inLine,
        dead,
        quarantinedToday,
        takers,
        List.of(),
        held,
        lastFile,
        lastError);
  }

  /** The same, with those that take its files. */
  public FluxStatus takenBy(List<Taking> several) {
    return new FluxStatus(
        flux,
        side,
        running,
        down,
        stalled,
        scan,
        waiting,
        inFlight,
        inFlightSince,
        inLine,
        dead,
        quarantinedToday,
        takers,
        several,
        held,
        lastFile,
        lastError);
  }

  /**
   * One of which no more is known than why: it does not run, or it does and cannot be looked at.
   */
  public static FluxStatus unknown(
      FluxName flux,
      Side side,
      boolean running,
      String why,
      Optional<LastFile> lastFile,
      Optional<LastError> lastError) {
    return new FluxStatus(
        flux,
        side,
        running,
        running ? Optional.empty() : Optional.of(why),
        running ? Optional.of(why) : Optional.empty(),
        Optional.empty(),
        Waits.NOTHING,
        0,
        Optional.empty(),
        0,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        lastFile,
        lastError);
  }

  /**
   * The same of a flux that was removed from the configuration and is not over: it watches no
   * folder any more.
   *
   * @param waitsFor what it waits for
   */
  public FluxStatus leaving(String waitsFor) {
    return new FluxStatus(
        flux,
        side,
        running,
        down,
        Optional.of("it was removed from the configuration, and ends after " + waitsFor),
        Optional.empty(),
        waiting,
        inFlight,
        inFlightSince,
        inLine,
        dead,
        quarantinedToday,
        takers,
        workers,
        held,
        lastFile,
        lastError);
  }

  /**
   * One of several workers that take its files.
   *
   * @param account whose it is
   * @param active whether files come to it; else it is ready to take the place of the one that gets
   *     them
   */
  public record Taking(String account, boolean active) {}

  /**
   * How a folder is watched.
   *
   * @param last when the whole folder was last listed to its end; absent: never since the start
   * @param every how often that is to be done
   * @param overdue whether it has not come for more than three times that, and nothing else went on
   * @param busySince since when one turn of the flux has been at work, if one is
   */
  public record Scan(
      Optional<Instant> last, Duration every, boolean overdue, Optional<Instant> busySince) {}

  /**
   * What waits, by place.
   *
   * @param inbox still in the folder, by names that a deposit may have; on a processing server
   *     those seen in {@code out} that are not complete as far as we know
   * @param spool claimed, and not sent
   * @param queue the broker has it; the other server has not said that it has
   * @param oldest the file that came first
   */
  public record Waits(long inbox, long spool, long queue, Optional<Oldest> oldest) {
    /** Nothing. */
    public static final Waits NOTHING = new Waits(0, 0, 0, Optional.empty());

    /** In all places. */
    public long all() {
      return inbox + spool + queue;
    }
  }

  /**
   * A file that waits.
   *
   * @param name as people can read it
   * @param since when it came
   */
  public record Oldest(String name, Instant since) {}

  /**
   * A file that came to an end.
   *
   * @param name as people can read it; absent: not known any more
   * @param outcome {@code processed}, {@code failed}, {@code interrupted}, {@code quarantined} or
   *     {@code dead}
   */
  public record LastFile(FileId id, Optional<String> name, String outcome, Instant at) {}

  /**
   * A fault.
   *
   * @param event the word of the log
   * @param reason what the log says of it
   * @param lasts whether it goes on: false when it is over, or was over as soon as it was told
   */
  public record LastError(
      Instant at, String event, Optional<FileId> id, String reason, boolean lasts) {}
}
