package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.TreeWalk;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The acknowledgements of one run: a folder of its own, so that each belongs to exactly this
 * deposit, is complete when the script has ended, and can be thrown away with a run that is
 * repeated.
 *
 * <p>Each attempt has another folder: a script that outlived its daemon goes on writing into its
 * own, while the run that repeats it has a new one. Only that of the attempt which ended is taken.
 */
final class Answers {
  private static final String RUN = ".navette-run-";
  private static final int MOST_LOOKS = 10;
  private static final Set<PosixFilePermission> PASSABLE =
      PosixFilePermissions.fromString("rwx--x--x");
  private static final FileName STAGING = FileName.of(Spool.STAGING);

  private final Path parent;
  private final Optional<Path> out;
  private final Optional<String> runAs;
  private final boolean recursive;
  private final Spool spool;
  private final FileIds ids;
  private final FluxLog log;

  /**
   * The answers of one flux.
   *
   * @param out the flux's {@code out}; without one the folders stand in {@code state}
   * @param recursive whether files in sub-folders are answers too
   */
  Answers(
      Optional<Path> out,
      Optional<String> runAs,
      boolean recursive,
      Path state,
      Spool spool,
      FileIds ids,
      FluxLog log) {
    this.out = out;
    this.parent = out.orElse(state);
    this.runAs = runAs;
    this.recursive = recursive;
    this.spool = spool;
    this.ids = ids;
    this.log = log;
  }

  /** How many deposits have folders of runs in {@code parent}. */
  static int countRuns(Path parent) throws IOException {
    int count = 0;
    for (FileName name : names(parent)) {
      count += name.display().startsWith(RUN) ? 1 : 0;
    }
    return count;
  }

  /** Where all runs on one deposit have their folders. */
  private Path folders(FileId id) {
    return parent.resolve(RUN + id);
  }

  /** Where a run puts its acknowledgements. */
  Path folder(Attempt attempt) {
    return folders(attempt.id()).resolve(attempt.round() + "-" + attempt.number());
  }

  /** An empty folder for a run on a file that stood in no sub-folder. */
  Path prepare(Attempt attempt) throws IOException {
    return prepare(attempt, SubFolder.TOP);
  }

  /**
   * An empty folder for a run, with the rights of {@code out}: whoever may write there may here. If
   * files in sub-folders are answers, the one in which the deposit stood is there already.
   */
  Path prepare(Attempt attempt, SubFolder of) throws IOException {
    discardAll(attempt.id());
    Path around = Files.createDirectory(folders(attempt.id()));
    // Whoever the script is, it only passes through: nothing can be planted beside its folder.
    Files.setPosixFilePermissions(around, PASSABLE);
    Path folder = Files.createDirectory(folder(attempt));
    if (recursive) {
      makeBelow(folder, of);
    }
    giveRightsOfOut(folder);
    return folder;
  }

  /** Before the script, or whoever may write to {@code out}, may write there. */
  private void makeBelow(Path folder, SubFolder of) throws IOException {
    Files.createDirectories(of.in(folder));
    for (Path each = of.in(folder); !each.equals(folder); each = each.getParent()) {
      giveRightsOfOut(each);
    }
  }

  private void giveRightsOfOut(Path folder) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(folder, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (out.isPresent()) {
      PosixFileAttributes like = Files.readAttributes(out.get(), PosixFileAttributes.class);
      PosixFileAttributes made = view.readAttributes();
      if (!made.group().equals(like.group())) {
        view.setGroup(like.group());
      }
      if (!made.owner().equals(like.owner())) {
        view.setOwner(like.owner());
      }
      view.setPermissions(like.permissions());
    }
    if (runAs.isPresent()) {
      view.setOwner(
          folder
              .getFileSystem()
              .getUserPrincipalLookupService()
              .lookupPrincipalByName(runAs.get()));
    }
  }

  /**
   * Takes what the ended run left into the spool, and throws away what any other left. May be
   * called again after a crash.
   */
  List<Entry> collect(Attempt ended) throws IOException {
    FileId id = ended.id();
    // What an earlier delivery took and could not settle stands in the spool.
    List<Entry> answers = new ArrayList<>(spool.claimedFor(id));
    Path folder = folder(ended);
    if (isFolder(folders(id)) && isFolder(folder)) {
      Spool.Fetched left = spool.fetchLeftInStaging(folder);
      if (left.fault().isPresent()) {
        // What stays behind here would be thrown away with the folder.
        throw left.fault().get();
      }
      answers.addAll(left.entries());
      // Once more if a child that the script left behind wrote meanwhile.
      for (int looks = 0; looks < MOST_LOOKS && Files.exists(folder); looks++) {
        takeVisible(id, folder, answers);
        removeIfNothingVisible(id, folder);
      }
      spool.syncClaims(answers);
    }
    discardAllBut(folder, id);
    return answers;
  }

  /**
   * Whether what the runs on a deposit left was surely taken. Not if {@code out} is out of reach,
   * and nobody can know.
   */
  boolean areTaken(FileId id) {
    return Files.isDirectory(parent) && Files.notExists(folders(id), LinkOption.NOFOLLOW_LINKS);
  }

  private void takeVisible(FileId id, Path folder, List<Entry> answers) throws IOException {
    for (TreeName name : visible(folder)) {
      spool.claim(folder, name, ids.next(), Optional.of(id)).ifPresent(answers::add);
    }
  }

  private List<TreeName> visible(Path folder) throws IOException {
    List<TreeName> visible = new ArrayList<>();
    try {
      new TreeWalk(folder, recursive, SubFolder::whyNever)
          .all(
              (name, way) -> {
                if (isAnswer(name, way)) {
                  visible.add(name);
                }
              });
    } catch (NoSuchFileException gone) {
      return List.of();
    }
    Collections.sort(visible);
    return visible;
  }

  /** A hidden file is one that somebody has not finished. */
  private static boolean isAnswer(TreeName name, Path way) throws IOException {
    try {
      return !name.name().isHidden() && FileIdentity.of(way).isRegular();
    } catch (NoSuchFileException gone) {
      return false;
    }
  }

  private void removeIfNothingVisible(FileId id, Path folder) throws IOException {
    if (visible(folder).isEmpty()) {
      discard(id, folder);
    }
  }

  /** Throws away what all runs on a deposit left: it is to be repeated. */
  void discardAll(FileId id) throws IOException {
    discardAllBut(folders(id), id);
  }

  private void discardAllBut(Path kept, FileId id) throws IOException {
    Path around = folders(id);
    if (!isFolder(around)) {
      // A link that somebody planted here goes itself, never what it leads to.
      Files.deleteIfExists(around);
      return;
    }
    boolean empty = true;
    for (FileName name : names(around)) {
      Path each = name.in(around);
      if (each.equals(kept)) {
        empty = false;
      } else {
        discard(id, each);
      }
    }
    if (empty) {
      Files.deleteIfExists(around);
    }
  }

  private void discard(FileId id, Path folder) throws IOException {
    if (isFolder(folder)) {
      for (FileName name : names(folder)) {
        if (!name.equals(STAGING) && !isEmptyTree(name.in(folder))) {
          sayDiscarded(id, name);
        }
        remove(name.in(folder));
      }
    } else {
      sayDiscarded(id, FileName.of(folder));
    }
    Files.deleteIfExists(folder);
  }

  /** Folders whose files were taken, or that nobody has used. */
  private boolean isEmptyTree(Path path) throws IOException {
    if (!recursive || !isFolder(path)) {
      return false;
    }
    for (FileName inner : names(path)) {
      if (!isEmptyTree(inner.in(path))) {
        return false;
      }
    }
    return true;
  }

  private void sayDiscarded(FileId id, FileName name) {
    log.warn(
        id,
        "answer-discarded",
        "name",
        name,
        "reason",
        "it is of another run than the one that counts, or hidden, or no regular file");
  }

  private static boolean isFolder(Path path) throws IOException {
    try {
      return FileIdentity.of(path).isFolder();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void remove(Path path) throws IOException {
    if (FileIdentity.of(path).isFolder()) {
      for (FileName inner : names(path)) {
        remove(inner.in(path));
      }
    }
    Files.deleteIfExists(path);
  }

  private static List<FileName> names(Path folder) throws IOException {
    List<FileName> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(file -> names.add(FileName.of(file)));
    }
    names.sort(null);
    return names;
  }
}
