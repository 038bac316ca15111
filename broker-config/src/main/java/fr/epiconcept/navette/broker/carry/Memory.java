package fr.epiconcept.navette.broker.carry;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.TreeName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** What the disk does not tell of files on their way out; see {@link DeparturesView}. */
public interface Memory {
  /**
   * Why a file does not go on.
   *
   * @param why one line
   * @param next when it is looked at again without an event, where that is known
   */
  record Note(String why, Optional<Instant> next) {
    /** Without a time. */
    public Note(String why) {
      this(why, Optional.empty());
    }

    /** The moment so long from now; nothing if that is over. */
    static Optional<Instant> in(Duration left, InstantSource clock) {
      return left.isNegative() || left.isZero()
          ? Optional.empty()
          : Optional.of(clock.instant().plus(left));
    }
  }

  /** Why a file of the watched folder was not taken at the last look; nothing if not known. */
  Optional<Note> known(TreeName name);

  /**
   * Why a file of the watched folder that is complete, as far as the disk tells, is there still.
   */
  Note complete();

  /** Why a file of the spool is not sent. */
  Note unsent(FileId id);

  /** The memory of whoever has none, and says so in one line. */
  static Memory none(String why) {
    Note note = new Note(why);
    return new Memory() {
      @Override
      public Optional<Note> known(TreeName name) {
        return Optional.empty();
      }

      @Override
      public Note complete() {
        return note;
      }

      @Override
      public Note unsent(FileId id) {
        return note;
      }
    };
  }
}
