package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.ReadyRules.EmptyFile;
import fr.epiconcept.navette.flux.file.Branch;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.Hashing;
import fr.epiconcept.navette.flux.file.RegularFile;
import fr.epiconcept.navette.flux.file.Writers;
import fr.epiconcept.navette.flux.inbox.Candidate.Seen;
import fr.epiconcept.navette.flux.inbox.Verdict.Gone;
import fr.epiconcept.navette.flux.inbox.Verdict.NoRegularFile;
import fr.epiconcept.navette.flux.inbox.Verdict.NotYet;
import fr.epiconcept.navette.flux.inbox.Verdict.Ready;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * Judges one file at one moment. The rules, in order: it is there; it is a regular file; we may
 * read it; its writer is done; it has been quiet; it is not empty if that matters; its marker is
 * there; its hash agrees.
 */
final class Readiness {
  /**
   * A file that no event told of is watched for at least so long (unless the flux asks for no
   * quiet).
   */
  static final Duration SETTLE = Duration.ofSeconds(2);

  /** A file that was made so long ago and not closed: was there ever a writer? */
  static final Duration UNCLOSED = Duration.ofSeconds(1);

  /** Where only an event can bring news, another look is for the case that it was lost. */
  private static final Duration IDLE = Duration.ofSeconds(30);

  private final Path folder;
  private final ReadyRules rules;
  private final Names names;

  Readiness(Path folder, ReadyRules rules, Names names) {
    this.folder = folder;
    this.rules = rules;
    this.names = names;
  }

  /** Judges {@code candidate} at {@code now} and notes in it how it looks. */
  Verdict judge(Candidate candidate, long now) {
    Optional<Branch> found;
    try {
      found = Branch.open(folder, candidate.name.folder());
    } catch (IOException e) {
      return new NotYet("its folder cannot be opened: " + e.getMessage(), IDLE);
    }
    if (found.isEmpty()) {
      return new Gone();
    }
    try (Branch in = found.get()) {
      return judge(candidate, in.path(), now);
    }
  }

  private Verdict judge(Candidate candidate, Path in, long now) {
    Path file = candidate.name.name().in(in);
    FileIdentity looks;
    try {
      looks = FileIdentity.of(file);
    } catch (NoSuchFileException e) {
      return new Gone();
    } catch (IOException e) {
      return new NotYet("cannot be looked at: " + e.getMessage(), IDLE);
    }
    if (looks.isFolder() && names.recursive()) {
      // It was a file when it was met; as a folder it is walked through.
      return new Gone();
    }
    if (!looks.isRegular()) {
      return looks.isFolder()
          ? new NotYet("a folder: only files are taken", IDLE)
          : new NoRegularFile(kind(looks));
    }
    if (!Files.isReadable(file)) {
      return new NotYet("no right to read it", IDLE);
    }
    Optional<Verdict> moving = stillMoving(candidate, file, looks, now);
    if (moving.isPresent()) {
      return moving.get();
    }
    return companions(candidate.name.name(), in, file).orElse(new Ready());
  }

  private Optional<Verdict> stillMoving(
      Candidate candidate, Path file, FileIdentity looks, long now) {
    if (candidate.looks != null && !looks.sameContentAs(candidate.looks)) {
      candidate.since = now;
    }
    candidate.looks = looks;
    if (candidate.seen == Seen.OPENED) {
      Duration left = UNCLOSED.minusNanos(now - candidate.since);
      boolean fresh = !left.isNegative() && !left.isZero();
      if (fresh || !nobodyWillClose(candidate, file, looks)) {
        return Optional.of(new NotYet("its writer has not closed it", fresh ? left : IDLE));
      }
    }
    long quiet = quietNanos(candidate.seen);
    long waited = now - candidate.since;
    if (waited < quiet) {
      Duration left = Duration.ofNanos(quiet - waited);
      return Optional.of(new NotYet("it may still grow", left));
    }
    if (looks.size() == 0 && rules.empty() == EmptyFile.WAIT) {
      return Optional.of(new NotYet("empty", IDLE));
    }
    return Optional.empty();
  }

  /**
   * A hard link is made by the same event as a new file, but no close will follow: that is how some
   * servers rename (OpenSSH's SFTP gives the new name, then takes the old one away). And the event
   * of a close may have been lost.
   */
  private static boolean nobodyWillClose(Candidate candidate, Path file, FileIdentity looks) {
    Writers writers = Writers.of(file);
    if (writers == Writers.NONE) {
      candidate.seen = Seen.CLOSED;
      return true;
    }
    // Where nobody can say, a second name tells a link, and so does a change of the file after its
    // last byte (its names): a writer's last change is of its bytes.
    boolean linked =
        looks.links() > 1 || (looks.size() > 0 && looks.changed().compareTo(looks.modified()) > 0);
    if (writers == Writers.UNKNOWN && linked) {
      candidate.seen = Seen.FOUND;
      return true;
    }
    return false;
  }

  private long quietNanos(Seen seen) {
    long quiet = rules.quiet().toNanos();
    if (seen == Seen.MOVED) {
      return 0;
    }
    return seen == Seen.FOUND && quiet > 0 ? Math.max(quiet, SETTLE.toNanos()) : quiet;
  }

  /**
   * Whether the file was met in a listing so short a time ago that it cannot have proved itself.
   * After that it keeps nobody waiting, whatever it waits for itself.
   */
  boolean mayYetSettle(Candidate candidate, long now) {
    return candidate.seen == Seen.FOUND && now - candidate.met < quietNanos(Seen.FOUND);
  }

  private Optional<Verdict> companions(FileName name, Path in, Path file) {
    Optional<String> missing = missingCompanion(name, in);
    if (missing.isPresent()) {
      return Optional.of(new NotYet(missing.get(), IDLE));
    }
    return names.wantsHash() ? hash(names.hashOf(in, name).orElseThrow(), file) : Optional.empty();
  }

  /**
   * Which companion of the deposit of that name is not there.
   *
   * @param in the way to the folder in which it stands
   */
  Optional<String> missingCompanion(FileName name, Path in) {
    if (names.wantsMarker()) {
      Optional<Path> marker = names.markerOf(in, name);
      if (marker.isEmpty()) {
        return Optional.of("its name is too long to have a marker");
      }
      if (!Files.isRegularFile(marker.get(), LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of("its marker is not there");
      }
    }
    if (names.wantsHash()) {
      Optional<Path> hash = names.hashOf(in, name);
      if (hash.isEmpty()) {
        return Optional.of("its name is too long to have a .sha256");
      }
      if (!Files.isRegularFile(hash.get(), LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of("its .sha256 is not there");
      }
    }
    return Optional.empty();
  }

  /**
   * Both were seen as regular files, but whoever may write here can have put a pipe in the place of
   * either since.
   */
  static Optional<Verdict> hash(Path companion, Path file) {
    try {
      String expected = firstWord(companion);
      String actual = HexFormat.of().formatHex(Hashing.sha256(file));
      if (!expected.equals(actual)) {
        return Optional.of(new NotYet("its .sha256 does not agree with it", IDLE));
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(new NotYet("its hash cannot be checked: " + e.getMessage(), IDLE));
    }
  }

  /** The hash as {@code sha256sum} writes it: 64 hexadecimal digits, then anything. */
  private static String firstWord(Path companion) throws IOException {
    byte[] start = new byte[64];
    try (InputStream in = RegularFile.open(companion)) {
      int n = in.readNBytes(start, 0, start.length);
      return new String(start, 0, n, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }
  }

  static String kind(FileIdentity looks) {
    return switch (looks.mode() >> 12 & 017) {
      case 012 -> "a symbolic link";
      case 001 -> "a named pipe";
      case 014 -> "a socket";
      case 002, 006 -> "a device";
      default -> "no regular file";
    };
  }
}
