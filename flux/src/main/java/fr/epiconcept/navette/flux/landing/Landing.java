package fr.epiconcept.navette.flux.landing;

import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.config.FolderTarget;
import fr.epiconcept.navette.flux.config.FolderTarget.IfExists;
import fr.epiconcept.navette.flux.file.FileKey;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.file.NewFile;
import fr.epiconcept.navette.flux.file.TemporaryName;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.marks.Marks;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the bytes of a message into a folder under their name: whole, once, with the right owner,
 * whatever dies meanwhile. Both directions land here: deposits in a storage folder,
 * acknowledgements in an {@code out}.
 *
 * <p>The order of writes is the proof. (1) The bytes stand synced under a hidden name that the id
 * alone decides. (2) The mark says under which name they will stand. (3) They are renamed. So after
 * a crash: no mark, no landing, begin again; a mark and the hidden file, rename; a mark and no
 * hidden file, it has landed, even if somebody took it away since.
 */
public final class Landing {
  private static final Logger LOG = LoggerFactory.getLogger(Landing.class);

  /** The step after which what landed before counts no longer: the file shall land once more. */
  public static final String AGAIN = "again";

  /** No folder has that many files of one name; whoever comes here has another problem. */
  private static final int MOST_NUMBERS = 100_000;

  private final FolderTarget target;
  private final Marks marks;
  private final Checkpoint checkpoint;

  public Landing(FolderTarget target, Marks marks, Checkpoint checkpoint) {
    this.target = target;
    this.marks = marks;
    this.checkpoint = checkpoint;
  }

  /** Where the bytes of a message come from. */
  @FunctionalInterface
  public interface Body {
    /**
     * Writes and verifies them all.
     *
     * @throws IOException if they cannot be written, or are not what was promised
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /** A body that goes on where an earlier try was cut, also after a crash. */
  @FunctionalInterface
  public interface Pieces {
    /**
     * Adds what {@code file} lacks, and verifies all of it. Nobody promises that what it has is a
     * beginning of the body: a power cut leaves holes.
     *
     * @throws IOException if it cannot be written, or is not what was promised; what the file has
     *     then is kept for the next try
     */
    void completeIn(NewFile file) throws IOException;
  }

  /** How a landing ended. */
  public sealed interface Landed {
    /**
     * The file stands, or has stood, at {@code path}.
     *
     * @param before true if an earlier delivery of the same id had put it there
     * @param stands whether it is there now: not if it was taken away since, also not if another
     *     file has its name by now
     */
    record At(Path path, boolean before, boolean stands) implements Landed {}

    /** {@code if-exists: hold} and the name is taken: nothing stands there of this file. */
    record NameTaken(Path path) implements Landed {}
  }

  /**
   * Where an earlier delivery of {@code id} landed, if one did. Finishes one that a crash cut.
   *
   * @return the path, whether the file still stands there or was taken away; nothing if it did not
   *     land, or if another file has come to stand there since
   * @throws IOException if the folder is not the one that it landed in
   */
  public Optional<Path> landedBefore(FileId id) throws IOException {
    Optional<Landed> landed = finish(id);
    if (landed.isEmpty() || !(landed.get() instanceof Landed.At at)) {
      return Optional.empty();
    }
    boolean taken = !at.stands() && Files.exists(at.path(), LinkOption.NOFOLLOW_LINKS);
    return taken ? Optional.empty() : Optional.of(at.path());
  }

  private Optional<Landed> finish(FileId id) throws IOException {
    Optional<LandingPlan> known = LandingPlan.last(marks.read(id));
    if (known.isEmpty()) {
      return Optional.empty();
    }
    LandingPlan plan = known.get();
    plan.requireItsFolder(id);
    Path temporary = plan.path().resolveSibling(TemporaryName.of(id));
    // Only the very file: whoever may write to this folder could plant another of that name.
    if (!plan.isItsFile(temporary)) {
      return Optional.of(new Landed.At(plan.path(), true, plan.isItsFile(plan.path())));
    }
    return Optional.of(putInPlace(id, temporary, plan.path(), true));
  }

  /**
   * Lands the file, unless it has landed before.
   *
   * @param name its name; never leaves the folder
   * @param modified the mtime that it shall have
   */
  public Landed land(FileId id, FileName name, Instant modified, Body body) throws IOException {
    Begun begun = begin(id, name, modified, body);
    if (begun instanceof Begun.Ended ended) {
      return ended.landed();
    }
    Group group = finish(List.of((Begun.Written) begun));
    if (group.fault().isPresent()) {
      throw group.fault().get();
    }
    return group.landed().get(0);
  }

  // --- the two halves, so that many files can share the syncs of the second ---

  /** What {@link #begin} came to. */
  public sealed interface Begun {
    /** There is nothing left to do. */
    record Ended(Landed landed) implements Begun {}

    /**
     * The bytes stand under the hidden name, verified, not synced yet. It keeps the file open,
     * since some rights take our own right to open it away: finish it, or give it up.
     */
    final class Written implements Begun {
      private final FileId id;
      private final Path temporary;
      private final Path wanted;
      private final NewFile made;

      private Written(FileId id, Path temporary, Path wanted, NewFile made) {
        this.id = id;
        this.temporary = temporary;
        this.wanted = wanted;
        this.made = made;
      }

      /** It shall not land now. The next delivery begins anew. May be called twice. */
      public void giveUp() {
        try {
          made.close();
        } catch (IOException e) {
          LOG.debug("{} is not landed, and could not be closed", id, e);
        }
      }
    }
  }

  /** The first half: writes and verifies the bytes. */
  public Begun begin(FileId id, FileName name, Instant modified, Body body) throws IOException {
    return begin(id, name, path -> written(path, modified, body));
  }

  /** Likewise, but what a cut leaves is kept, and the next try goes on from there. */
  public Begun beginInPieces(FileId id, FileName name, Instant modified, Pieces pieces)
      throws IOException {
    return begin(id, name, path -> completed(path, modified, pieces));
  }

  private interface Making {
    NewFile make(Path temporary) throws IOException;
  }

  private Begun begin(FileId id, FileName name, Making making) throws IOException {
    Optional<Landed> before = finish(id);
    if (before.isPresent()) {
      return new Begun.Ended(before.get());
    }
    Path wanted = name.in(target.path());
    if (target.ifExists() == IfExists.HOLD && Files.exists(wanted)) {
      return new Begun.Ended(new Landed.NameTaken(wanted));
    }
    Path temporary = target.path().resolve(TemporaryName.of(id));
    return new Begun.Written(id, temporary, wanted, making.make(temporary));
  }

  private NewFile written(Path temporary, Instant modified, Body body) throws IOException {
    try {
      // What stands there is a first try's or somebody's link: made anew, nothing is written
      // through.
      Files.deleteIfExists(temporary);
      return filled(
          NewFile.make(temporary), modified, file -> body.writeTo(new KeptOpen(file.out())));
    } catch (IOException | RuntimeException e) {
      removeQuietly(temporary, e);
      throw e;
    }
  }

  private NewFile completed(Path temporary, Instant modified, Pieces pieces) throws IOException {
    Optional<NewFile> begun = NewFile.goOn(temporary);
    if (begun.isEmpty()) {
      Files.deleteIfExists(temporary);
    }
    NewFile file = begun.isPresent() ? begun.get() : NewFile.make(temporary);
    return filled(file, modified, pieces);
  }

  private NewFile filled(NewFile file, Instant modified, Pieces pieces) throws IOException {
    boolean filled = false;
    try {
      pieces.completeIn(file);
      new Ownership(target).give(file.path(), FileTime.from(modified));
      filled = true;
      return file;
    } finally {
      if (!filled) {
        file.close();
      }
    }
  }

  /**
   * What became of a group.
   *
   * @param landed of the first so many files, in the order in which they were given
   * @param fault what the next one met; it and those behind it have not landed, and a delivery that
   *     comes again begins where this one was cut
   */
  public record Group(List<Landed> landed, Optional<IOException> fault) {}

  /**
   * The second half, for a group: each of its steps is on disk for all before the next begins.
   * Never fails for one file because of another.
   */
  public Group finish(List<Begun.Written> files) {
    try {
      return new Group(together(files), Optional.empty());
    } catch (IOException ofOneOfThem) {
      return oneByOne(files);
    } finally {
      files.forEach(Begun.Written::giveUp);
    }
  }

  private List<Landed> together(List<Begun.Written> files) throws IOException {
    for (Begun.Written file : files) {
      file.made.finish();
    }
    // A mark may name a file only once the folder surely has it: see the class comment.
    NativeFiles.syncFolder(target.path());
    for (Begun.Written file : files) {
      checkpoint.reached(Step.WRITTEN, file.id);
    }
    Map<FileId, Landed> landed = underTheirOwnNames(files);
    for (Begun.Written file : files) {
      if (!landed.containsKey(file.id)) {
        landed.put(file.id, putInPlace(file.id, file.temporary, file.wanted, false));
      }
    }
    return files.stream().map(file -> landed.get(file.id)).toList();
  }

  /** Lands those whose names are free; a name that two of them want goes to the first. */
  private Map<FileId, Landed> underTheirOwnNames(List<Begun.Written> files) throws IOException {
    Map<FileId, MarkLine> marked = new LinkedHashMap<>();
    Set<Path> meant = new HashSet<>();
    for (Begun.Written file : files) {
      FileKey key = FileKey.of(file.temporary);
      boolean free = target.ifExists() == IfExists.OVERWRITE || isFree(file.wanted, key);
      if (free && meant.add(file.wanted)) {
        marked.put(file.id, LandingPlan.mark(target.path(), FileName.of(file.wanted), key));
      }
    }
    marks.writeAll(marked);
    marked.keySet().forEach(id -> checkpoint.reached(Step.LANDING, id));
    Map<FileId, Landed> landed = new HashMap<>();
    for (Begun.Written file : files) {
      if (marked.containsKey(file.id) && rename(file.temporary, file.wanted)) {
        landed.put(file.id, new Landed.At(file.wanted, false, true));
      }
    }
    NativeFiles.syncFolder(target.path());
    landed.keySet().forEach(id -> checkpoint.reached(Step.LANDED, id));
    return landed;
  }

  /** Whatever the group has reached: some may have landed, or be marked, already. */
  private Group oneByOne(List<Begun.Written> files) {
    List<Landed> landed = new ArrayList<>();
    try {
      for (Begun.Written file : files) {
        landed.add(alone(file));
      }
      return new Group(landed, Optional.empty());
    } catch (IOException e) {
      return new Group(landed, Optional.of(e));
    }
  }

  private Landed alone(Begun.Written file) throws IOException {
    if (!Files.exists(file.temporary, LinkOption.NOFOLLOW_LINKS)) {
      return landedInTheGroup(file);
    }
    file.made.finish();
    NativeFiles.syncFolder(target.path());
    checkpoint.reached(Step.WRITTEN, file.id);
    // Marked once more if it was marked: what a failed sync left of the mark, nobody knows.
    return putInPlace(file.id, file.temporary, file.wanted, false);
  }

  private Landed landedInTheGroup(Begun.Written file) throws IOException {
    Optional<Landed> landed = finish(file.id);
    if (landed.isPresent() && landed.get() instanceof Landed.At at) {
      NativeFiles.syncFolder(target.path());
      return new Landed.At(at.path(), false, at.stands());
    }
    throw new NoSuchFileException(
        file.temporary.toString(), null, "somebody took it away before it had its name");
  }

  private Landed putInPlace(FileId id, Path temporary, Path wanted, boolean before)
      throws IOException {
    Path folder = wanted.getParent();
    FileKey file = FileKey.of(temporary);
    FileName name = FileName.of(wanted);
    for (int n = 2; n < MOST_NUMBERS; n++) {
      Path place = name.in(folder);
      if (target.ifExists() == IfExists.OVERWRITE || isFree(place, file)) {
        marks.write(id, LandingPlan.mark(folder, name, file));
        checkpoint.reached(Step.LANDING, id);
        if (rename(temporary, place)) {
          NativeFiles.syncFolder(folder);
          checkpoint.reached(Step.LANDED, id);
          return new Landed.At(place, before, true);
        }
      }
      if (target.ifExists() == IfExists.HOLD) {
        return new Landed.NameTaken(place);
      }
      name = FileName.of(wanted).numbered(n);
    }
    throw new IOException("all " + MOST_NUMBERS + " ways to call it are taken: " + wanted);
  }

  /** Where a rename is a link and an unlink, a crash may have left our own file with both names. */
  private static boolean isFree(Path place, FileKey file) throws IOException {
    try {
      return FileKey.of(place).isSameAs(file);
    } catch (NoSuchFileException nothing) {
      return true;
    }
  }

  private boolean rename(Path temporary, Path place) throws IOException {
    if (target.ifExists() == IfExists.OVERWRITE) {
      Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
      return true;
    }
    return NativeFiles.renameNoReplace(temporary, place);
  }

  private static void removeQuietly(Path temporary, Exception cause) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * The broker's client closes the stream that it is given; the channel must live on to be synced.
   */
  private static final class KeptOpen extends java.io.FilterOutputStream {
    KeptOpen(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
