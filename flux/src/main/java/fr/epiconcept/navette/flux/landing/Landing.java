package fr.epiconcept.navette.flux.landing;

import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.FolderTarget;
import fr.epiconcept.navette.flux.config.FolderTarget.IfExists;
import fr.epiconcept.navette.flux.file.Branch;
import fr.epiconcept.navette.flux.file.FileKey;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.file.NewFile;
import fr.epiconcept.navette.flux.file.TemporaryName;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.marks.Marks;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
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
 *
 * <p>The hidden name is at the top of the target, also of a file that goes into a sub-folder: those
 * may come and go, while the target stays the same one.
 */
public final class Landing {
  private static final Logger LOG = LoggerFactory.getLogger(Landing.class);

  /** The step after which what landed before counts no longer: the file shall land once more. */
  public static final String AGAIN = "again";

  /** No folder has that many files of one name; whoever comes here has another problem. */
  private static final int MOST_NUMBERS = 100_000;

  private final FolderTarget target;
  private final TargetFolders folders;
  private final Marks marks;
  private final Checkpoint checkpoint;

  public Landing(FolderTarget target, Marks marks, Checkpoint checkpoint) {
    this(target, List.of(), marks, checkpoint);
  }

  /**
   * A landing in {@code target}.
   *
   * @param reserved folders that may lie there and are no place for its files
   */
  public Landing(FolderTarget target, List<Path> reserved, Marks marks, Checkpoint checkpoint) {
    this.target = target;
    this.folders = new TargetFolders(target, reserved);
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
    Path temporary = plan.top().resolve(TemporaryName.of(id));
    // Only the very file: whoever may write to this folder could plant another of that name.
    if (!plan.isItsFile(temporary)) {
      return Optional.of(new Landed.At(plan.path(), true, plan.stands()));
    }
    return Optional.of(putInPlace(id, plan.top(), plan.name(), true));
  }

  /** As what a file has landed, in which sub-folder; nothing if it did not land. */
  public Optional<TreeName> nameOf(FileId id) throws IOException {
    return LandingPlan.last(marks.read(id)).map(LandingPlan::name);
  }

  /**
   * Files that have begun to come and have not landed: hidden, and no mark tells of them. Some may
   * be coming now.
   */
  public List<FileId> halves() throws IOException {
    List<FileId> halves = new ArrayList<>();
    try (DirectoryStream<Path> hidden =
        Files.newDirectoryStream(target.path(), TemporaryName.GLOB)) {
      for (Path file : hidden) {
        Optional<FileId> id = TemporaryName.idIn(file.getFileName().toString());
        if (id.isPresent() && marks.read(id.get()).isEmpty()) {
          halves.add(id.get());
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return halves;
  }

  /** Removes half a file; only while nothing of it is coming. */
  public void dropHalf(FileId id) throws IOException {
    if (marks.read(id).isEmpty()) {
      Files.deleteIfExists(target.path().resolve(TemporaryName.of(id)));
    }
  }

  /**
   * Opens the folder that a file landed in, the same that {@link #landedBefore} tells; to be
   * closed. By its path a link could lead elsewhere.
   *
   * @return nothing if it did not land, or if that folder is gone
   */
  public Optional<Branch> folderOf(FileId id) throws IOException {
    Optional<LandingPlan> plan = LandingPlan.last(marks.read(id));
    return plan.isEmpty()
        ? Optional.empty()
        : Branch.open(plan.get().top(), plan.get().name().folder());
  }

  /**
   * Lands the file, unless it has landed before.
   *
   * @param name its name; never leaves the folder
   * @param modified the mtime that it shall have
   */
  public Landed land(FileId id, FileName name, Instant modified, Body body) throws IOException {
    return land(id, TreeName.of(name), modified, body);
  }

  /** Likewise, in a sub-folder. */
  public Landed land(FileId id, TreeName name, Instant modified, Body body) throws IOException {
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
      private final TreeName wanted;
      private final NewFile made;

      private Written(FileId id, Path temporary, TreeName wanted, NewFile made) {
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
    return begin(id, TreeName.of(name), modified, body);
  }

  /** Likewise, for a sub-folder. */
  public Begun begin(FileId id, TreeName name, Instant modified, Body body) throws IOException {
    return begin(id, name, path -> written(path, modified, body));
  }

  /** Likewise, but what a cut leaves is kept, and the next try goes on from there. */
  public Begun beginInPieces(FileId id, TreeName name, Instant modified, Pieces pieces)
      throws IOException {
    return begin(id, name, path -> completed(path, modified, pieces));
  }

  private interface Making {
    NewFile make(Path temporary) throws IOException;
  }

  private Begun begin(FileId id, TreeName name, Making making) throws IOException {
    Optional<Landed> before = finish(id);
    if (before.isPresent()) {
      return new Begun.Ended(before.get());
    }
    if (target.ifExists() == IfExists.HOLD && isTaken(name)) {
      return new Begun.Ended(new Landed.NameTaken(name.in(target.path())));
    }
    Path temporary = target.path().resolve(TemporaryName.of(id));
    return new Begun.Written(id, temporary, name, making.make(temporary));
  }

  private boolean isTaken(TreeName name) throws IOException {
    try (Branch folder = folders.make(target.path(), name.folder())) {
      return Files.exists(name.name().in(folder.path()), LinkOption.NOFOLLOW_LINKS);
    }
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
        landed.put(file.id, putInPlace(file.id, target.path(), file.wanted, false));
      }
    }
    return files.stream().map(file -> landed.get(file.id)).toList();
  }

  /** Lands those whose names are free; a name that two of them want goes to the first. */
  private Map<FileId, Landed> underTheirOwnNames(List<Begun.Written> files) throws IOException {
    try (Folders open = new Folders()) {
      Map<FileId, MarkLine> marked = new LinkedHashMap<>();
      Set<TreeName> meant = new HashSet<>();
      for (Begun.Written file : files) {
        FileKey key = FileKey.of(file.temporary);
        Branch folder = open.of(file.wanted.folder());
        FileName name = file.wanted.name();
        TreeName place = new TreeName(folder.folder(), name);
        if (mayTake(name.in(folder.path()), key) && meant.add(place)) {
          marked.put(file.id, LandingPlan.mark(target.path(), place, key));
        }
      }
      marks.writeAll(marked);
      marked.keySet().forEach(id -> checkpoint.reached(Step.LANDING, id));
      Map<FileId, Landed> landed = new HashMap<>();
      for (Begun.Written file : files) {
        Branch folder = open.of(file.wanted.folder());
        FileName name = file.wanted.name();
        if (marked.containsKey(file.id) && rename(file.temporary, folder, name)) {
          landed.put(file.id, new Landed.At(name.in(folder.named()), false, true));
        }
      }
      open.sync();
      landed.keySet().forEach(id -> checkpoint.reached(Step.LANDED, id));
      return landed;
    }
  }

  /** The sub-folders of a group, each opened once. */
  private final class Folders implements AutoCloseable {
    private final Map<SubFolder, Branch> open = new LinkedHashMap<>();

    Branch of(SubFolder wanted) throws IOException {
      Branch known = open.get(wanted);
      if (known == null) {
        known = folders.make(target.path(), wanted);
        open.put(wanted, known);
      }
      return known;
    }

    /** The new names before the hidden ones go. */
    void sync() throws IOException {
      for (Branch folder : open.values()) {
        if (!folder.folder().isTop()) {
          NativeFiles.syncFolder(folder.path());
        }
      }
      NativeFiles.syncFolder(target.path());
    }

    @Override
    public void close() {
      open.values().forEach(Branch::close);
    }
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
    return putInPlace(file.id, target.path(), file.wanted, false);
  }

  private Landed landedInTheGroup(Begun.Written file) throws IOException {
    Optional<Landed> landed = finish(file.id);
    if (landed.isPresent() && landed.get() instanceof Landed.At at) {
      Optional<Branch> found = folderOf(file.id);
      if (found.isPresent()) {
        try (Branch folder = found.get()) {
          NativeFiles.syncFolder(folder.path());
        }
      }
      NativeFiles.syncFolder(target.path());
      return new Landed.At(at.path(), false, at.stands());
    }
    throw new NoSuchFileException(
        file.temporary.toString(), null, "somebody took it away before it had its name");
  }

  private Landed putInPlace(FileId id, Path top, TreeName wanted, boolean before)
      throws IOException {
    Path temporary = top.resolve(TemporaryName.of(id));
    FileKey file = FileKey.of(temporary);
    try (Branch folder = folders.make(top, wanted.folder())) {
      FileName name = wanted.name();
      for (int n = 2; n < MOST_NUMBERS; n++) {
        Path place = name.in(folder.path());
        if (mayTake(place, file)) {
          marks.write(id, LandingPlan.mark(top, new TreeName(folder.folder(), name), file));
          checkpoint.reached(Step.LANDING, id);
          if (rename(temporary, folder, name)) {
            NativeFiles.syncFolder(folder.path());
            if (!folder.folder().isTop()) {
              NativeFiles.syncFolder(top);
            }
            checkpoint.reached(Step.LANDED, id);
            return new Landed.At(name.in(folder.named()), before, true);
          }
        }
        if (target.ifExists() == IfExists.HOLD) {
          return new Landed.NameTaken(name.in(folder.named()));
        }
        name = wanted.name().numbered(n);
      }
    }
    throw new IOException(
        "all " + MOST_NUMBERS + " ways to call it are taken: " + OneLine.of(wanted.in(top)));
  }

  /** Whether a file may be put there: what stands there is no folder, and may go, or nothing. */
  private boolean mayTake(Path place, FileKey file) throws IOException {
    return target.ifExists() == IfExists.OVERWRITE
        ? !Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)
        : isFree(place, file);
  }

  /** Where a rename is a link and an unlink, a crash may have left our own file with both names. */
  private static boolean isFree(Path place, FileKey file) throws IOException {
    try {
      return FileKey.of(place).isSameAs(file);
    } catch (NoSuchFileException nothing) {
      return true;
    }
  }

  private boolean rename(Path temporary, Branch folder, FileName name) throws IOException {
    Path place = name.in(folder.path());
    try {
      if (target.ifExists() == IfExists.OVERWRITE) {
        Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
        return true;
      }
      return NativeFiles.renameNoReplace(temporary, place);
    } catch (IOException e) {
      throw folder.named(e);
    }
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
