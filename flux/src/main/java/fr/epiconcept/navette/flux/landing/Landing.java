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
import java.util.Optional;

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
    Optional<Landed> before = finish(id);
    if (before.isPresent()) {
      return before.get();
    }
    Path wanted = name.in(target.path());
    if (target.ifExists() == IfExists.HOLD && Files.exists(wanted)) {
      return new Landed.NameTaken(wanted);
    }
    Path temporary = target.path().resolve(TemporaryName.of(id));
    try {
      write(temporary, modified, body);
    } catch (IOException | RuntimeException e) {
      removeQuietly(temporary, e);
      throw e;
    }
    checkpoint.reached(Step.WRITTEN, id);
    return putInPlace(id, temporary, wanted, false);
  }

  private void write(Path temporary, Instant modified, Body body) throws IOException {
    // What stands there is a first try's or somebody's link: made anew, nothing is written through.
    Files.deleteIfExists(temporary);
    try (NewFile file = NewFile.make(temporary)) {
      body.writeTo(new KeptOpen(file.out()));
      new Ownership(target).give(file.path(), FileTime.from(modified));
      file.finish();
    }
    // A mark may name this file only once the folder surely has it: see the class comment.
    NativeFiles.syncFolder(target.path());
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
