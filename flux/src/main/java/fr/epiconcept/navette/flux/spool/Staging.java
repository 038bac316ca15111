package fr.epiconcept.navette.flux.spool;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.file.Branch;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.file.PrivateFolder;
import fr.epiconcept.navette.flux.file.Relocation;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The way from an inbox to a spool on another file system: a folder inside the inbox, out of its
 * sender's reach. The rename into it decides once and for all who has the file; the copy to the
 * spool that follows may be repeated.
 *
 * <p>The sender cannot write in the folder, but he can put a link in its place at any moment. So it
 * is opened once, and every step goes by what was opened.
 */
final class Staging implements AutoCloseable {
  private final Path inbox;
  private final PrivateFolder folder;

  private Staging(Path inbox, PrivateFolder folder) {
    this.inbox = inbox;
    this.folder = folder;
  }

  /** Opens it for a claim; it is made if it is not there. */
  static Staging make(Path inbox) throws IOException {
    return new Staging(inbox, makeFolder(inbox));
  }

  /** Opens it if it is there, and not something that whoever may write to the inbox has made up. */
  static Optional<Staging> open(Path inbox) throws IOException {
    return PrivateFolder.open(inbox.resolve(Spool.STAGING))
        .map(folder -> new Staging(inbox, folder));
  }

  /**
   * Whoever may write to the inbox may take our name first. What cannot be the staging of a daemon
   * that ran as another user is put aside, under a name beside it, and stops nobody.
   */
  private static PrivateFolder makeFolder(Path inbox) throws IOException {
    Path folder = inbox.resolve(Spool.STAGING);
    try {
      return PrivateFolder.make(folder);
    } catch (FileAlreadyExistsException notOurs) {
      boolean mayHoldClaims =
          Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
              && !Label.foldersIn(folder).isEmpty();
      if (mayHoldClaims) {
        throw notOurs;
      }
      putInto(inbox, folder, FileName.of(folder).numbered(2));
      return PrivateFolder.make(folder);
    }
  }

  /**
   * The claim itself.
   *
   * @param from the folder in which the file stands
   * @param entry where the file shall stand in the spool
   * @return false if the file was gone
   */
  boolean take(Branch from, Entry entry) throws IOException {
    try {
      return claim(from, entry);
    } catch (IOException e) {
      throw folder.named(e);
    }
  }

  private boolean claim(Branch from, Entry entry) throws IOException {
    Path own = own(entry);
    Origin origin = Origin.of(own, entry.from());
    Files.createDirectory(own);
    origin.make();
    try {
      if (!NativeFiles.renameNoReplace(entry.name().in(from.path()), staged(entry))) {
        throw new IOException("a new staging folder is not empty: " + own);
      }
    } catch (NoSuchFileException takenBack) {
      origin.remove(own);
      return false;
    }
    origin.sync(own);
    NativeFiles.syncFolder(folder.path());
    return true;
  }

  private Path own(Entry entry) {
    return folder.path().resolve(entry.folder().getFileName());
  }

  private Path staged(Entry entry) {
    return entry.name().in(Origin.of(own(entry), entry.from()).place());
  }

  private void removeOwn(Entry entry) throws IOException {
    Origin.of(own(entry), entry.from()).remove(own(entry));
  }

  /**
   * Brings a claimed file into the spool. May be called again after a crash.
   *
   * @return false if it turned out not to be ours to take
   */
  boolean fetch(Entry entry) throws IOException {
    try {
      return bring(entry);
    } catch (IOException e) {
      throw folder.named(e);
    }
  }

  private boolean bring(Entry entry) throws IOException {
    Path staged = staged(entry);
    FileIdentity looks = FileIdentity.of(staged);
    if (looks.isFolder()) {
      // Somebody put a folder in the place of the file that was ready: it is not ours to take.
      giveBack(staged, entry);
      removeOwn(entry);
      return false;
    }
    Files.createDirectories(entry.folder());
    entry.origin().make();
    if (!entry.from().isTop()) {
      // What is moved there is removed here at once: the way to it must not go with the power.
      entry.origin().sync(entry.folder());
      NativeFiles.syncFolder(entry.folder().getParent());
    }
    if (!looks.isRegular()) {
      standIn(staged, entry.file());
    } else if (!Relocation.move(staged, entry.file(), entry.id())) {
      throw new IOException("two files claim one place: " + entry.file());
    }
    removeOwn(entry);
    return true;
  }

  /** To where it stood; to the top if that folder is gone. */
  private void giveBack(Path staged, Entry entry) throws IOException {
    Optional<Branch> from = Branch.open(inbox, entry.from());
    try (Branch to = from.isPresent() ? from.get() : Branch.top(inbox)) {
      putInto(to.path(), staged, entry.name());
    }
  }

  /** Puts into the inbox what is not ours, under a name that is free. */
  private static void putInto(Path inbox, Path from, FileName wanted) throws IOException {
    FileName name = wanted;
    for (int n = 2; !NativeFiles.renameNoReplace(from, name.in(inbox)); n++) {
      name = wanted.numbered(n);
    }
  }

  /**
   * What has no bytes cannot be copied, and must not stay where every start would stumble over it:
   * a link is made anew, an empty folder stands for a pipe, a socket or a device. Neither is ever
   * sent.
   */
  private static void standIn(Path staged, Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      if (Files.isSymbolicLink(staged)) {
        Files.createSymbolicLink(file, Files.readSymbolicLink(staged));
      } else {
        Files.createDirectory(file);
      }
    }
    Files.delete(staged);
  }

  /**
   * The claims that a crash or a full disk left here, in order of arrival.
   *
   * @param claimed the spool's folder that they are for
   */
  List<Entry> left(Path claimed) throws IOException {
    List<Entry> left = new ArrayList<>();
    for (Path own : Label.foldersIn(folder.path())) {
      Optional<Entry> staged = Entry.in(own);
      if (staged.isPresent()) {
        Entry entry = staged.get();
        Path target = claimed.resolve(own.getFileName());
        left.add(new Entry(entry.id(), entry.related(), target, entry.from(), entry.name()));
      } else if (isEmpty(Origin.in(own).place())) {
        Origin.in(own).remove(own);
      }
    }
    return left;
  }

  static boolean isEmpty(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      return !files.iterator().hasNext();
    }
  }

  @Override
  public void close() {
    folder.close();
  }
}
