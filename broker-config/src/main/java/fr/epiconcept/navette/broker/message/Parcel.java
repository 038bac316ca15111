package fr.epiconcept.navette.broker.message;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What one message says. */
public sealed interface Parcel {
  /** The flux that it belongs to. */
  FluxName flux();

  /** The file that it is or speaks of. */
  FileId id();

  /** A parcel that carries the bytes of a file. */
  sealed interface Payload extends Parcel permits Deposit, Acknowledgement {
    /** The file's name; never a path. */
    FileName name();

    /** The sub-folder in which it stood at its sender, and shall stand. */
    SubFolder folder();

    /** Both. */
    default TreeName path() {
      return new TreeName(folder(), name());
    }

    /** Its length in bytes. */
    long size();

    /** Its mtime at the sender. */
    Instant modified();
  }

  /**
   * A deposit, from the file server to a worker.
   *
   * @param round 1 the first time, one more each time it is sent back from the dead letters
   * @param replayOf the deposit that it repeats
   * @param fetched the hash of its bytes, in hexadecimal digits, if they are not in the message but
   *     to be fetched from the file server
   * @param folder where below the inbox it stood
   */
  record Deposit(
      FluxName flux,
      FileId id,
      FileName name,
      long size,
      Instant modified,
      int round,
      Optional<FileId> replayOf,
      Optional<String> fetched,
      SubFolder folder)
      implements Payload {
    /** One with its bytes in the message. */
    public Deposit(
        FluxName flux,
        FileId id,
        FileName name,
        long size,
        Instant modified,
        int round,
        Optional<FileId> replayOf) {
      this(flux, id, name, size, modified, round, replayOf, Optional.empty(), SubFolder.TOP);
    }

    /** The same, from a sub-folder. */
    public Deposit from(SubFolder other) {
      return new Deposit(flux, id, name, size, modified, round, replayOf, fetched, other);
    }

    /** The same, with its bytes left where they are. */
    Deposit toBeFetched(String sha256) {
      return new Deposit(
          flux, id, name, size, modified, round, replayOf, Optional.of(sha256), folder);
    }
  }

  /**
   * A file of the application's, from a worker to the file server.
   *
   * @param of the deposit that it answers, where that is known
   * @param worker the account to which its receipt goes
   * @param folder where below the worker's {@code out} it stood
   */
  record Acknowledgement(
      FluxName flux,
      FileId id,
      FileName name,
      long size,
      Instant modified,
      Optional<FileId> of,
      String worker,
      SubFolder folder)
      implements Payload {
    /** One from the top. */
    public Acknowledgement(
        FluxName flux,
        FileId id,
        FileName name,
        long size,
        Instant modified,
        Optional<FileId> of,
        String worker) {
      this(flux, id, name, size, modified, of, worker, SubFolder.TOP);
    }

    /** The same, from a sub-folder. */
    public Acknowledgement from(SubFolder other) {
      return new Acknowledgement(flux, id, name, size, modified, of, worker, other);
    }
  }

  /**
   * The word that a parcel is whole and durable where it was sent to.
   *
   * @param of what is received
   * @param round the round of the deposit; 1 for anything else
   * @param from the account that says so, {@code ingest} for the file server
   */
  record Receipt(FluxName flux, FileId id, Of of, int round, String from) implements Parcel {
    /** What a receipt can be for. */
    public enum Of {
      DEPOSIT,
      OUTCOME,
      ACKNOWLEDGEMENT
    }
  }

  /**
   * What became of a deposit.
   *
   * @param round the round of the deposit
   * @param result how it ended
   * @param exit the script's exit code; 128 + n when signal n ended it, 124 for a time-out; empty
   *     when it did not run
   * @param duration how long the last run took
   * @param attempts how often the script was run
   * @param reason one line for people; empty for a deposit that was processed
   * @param worker the account to which the receipt goes
   */
  record Outcome(
      FluxName flux,
      FileId id,
      int round,
      Result result,
      Optional<Integer> exit,
      Duration duration,
      int attempts,
      String reason,
      String worker)
      implements Parcel {
    /** How a deposit can end on a worker. */
    public enum Result {
      /** The script said yes. */
      PROCESSED,
      /** The script said no, or never came to say anything. */
      FAILED,
      /** The machine died while the script ran, and the flux wants a person to decide. */
      INTERRUPTED
    }
  }
}
