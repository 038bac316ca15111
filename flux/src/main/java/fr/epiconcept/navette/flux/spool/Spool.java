package fr.epiconcept.navette.flux.spool;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.file.PrivateFolder;
import fr.epiconcept.navette.flux.file.Relocation;
import fr.epiconcept.navette.flux.file.TemporaryName;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The files of one flux between their claim and their receipt. */
public final class Spool {
  /**
   * Where a claimed file waits, inside the inbox, to be copied to a spool on another file system.
   */
  public static final String STAGING = ".navette";

  /** What is known of a file. */
  public enum State {
    CLAIMED,
    AGAIN,
    PUBLISHED;

    private String folder() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Path folder;

  /**
   * What each acknowledgement here answers, or each replay repeats: with it an id leads to its
   * folder without a search. The folders' names say it too, and are the truth.
   */
  private final Map<FileId, FileId> related = new ConcurrentHashMap<>();

  /** The spool in {@code folder}, which is made if it is not there. */
  public Spool(Path folder) throws IOException {
    this.folder = folder;
    for (State state : State.values()) {
      DurableFile.makeFolder(in(state));
      for (Path own : list(state)) {
        label(own).ifPresent(this::remember);
      }
    }
  }

  private void remember(Label label) {
    label.related().ifPresent(other -> related.put(label.id(), other));
  }

  /** The newest id in the spool: those given from now on must be greater. */
  public Optional<FileId> newest() throws IOException {
    Optional<FileId> newest = Optional.empty();
    for (State state : State.values()) {
      List<Path> all = list(state);
      if (!all.isEmpty()) {
        FileId last = label(all.get(all.size() - 1)).orElseThrow().id();
        newest = newest.filter(known -> known.compareTo(last) > 0).or(() -> Optional.of(last));
      }
    }
    return newest;
  }

  /** The spool's own folder. */
  public Path folder() {
    return folder;
  }

  /**
   * Takes a file out of its sender's reach by one rename. On disk only after {@link #syncClaims}.
   *
   * @return the entry, or nothing if the file was gone (its sender took it back)
   */
  public Optional<Entry> claim(Path inbox, FileName name, FileId id, Optional<FileId> related)
      throws IOException {
    Path own = in(State.CLAIMED).resolve(label(id, related));
    Files.createDirectory(own);
    remember(new Label(id, related));
    Entry entry = new Entry(id, related, own, name);
    try {
      if (!NativeFiles.renameNoReplace(name.in(inbox), entry.file())) {
        throw new IOException("a new spool folder is not empty: " + own);
      }
      return Optional.of(entry);
    } catch (AtomicMoveNotSupportedException otherFileSystem) {
      removeFolder(entry);
      return stage(inbox, entry) ? fetchStaged(inbox, entry) : Optional.empty();
    } catch (NoSuchFileException takenBack) {
      removeFolder(entry);
      return Optional.empty();
    } catch (IOException e) {
      removeFolder(entry);
      throw e;
    }
  }

  /**
   * The claim itself when the spool is on another file system: the copy that follows may be
   * repeated, the rename decides once and for all who has the file.
   *
   * @return false if the file was gone
   */
  private static boolean stage(Path inbox, Entry entry) throws IOException {
    PrivateFolder.make(inbox.resolve(STAGING));
    Path own = staged(inbox, entry).getParent();
    Files.createDirectory(own);
    try {
      if (!NativeFiles.renameNoReplace(entry.name().in(inbox), staged(inbox, entry))) {
        throw new IOException("a new staging folder is not empty: " + own);
      }
    } catch (NoSuchFileException takenBack) {
      Files.delete(own);
      return false;
    }
    NativeFiles.syncFolder(own);
    NativeFiles.syncFolder(inbox.resolve(STAGING));
    return true;
  }

  private static Path staged(Path inbox, Entry entry) {
    return entry.name().in(inbox.resolve(STAGING).resolve(entry.folder().getFileName()));
  }

  private Optional<Entry> fetchStaged(Path inbox, Entry entry) throws IOException {
    Path staged = staged(inbox, entry);
    FileIdentity looks = FileIdentity.of(staged);
    if (looks.isFolder()) {
      giveBack(inbox, staged, entry);
      Files.delete(staged.getParent());
      return Optional.empty();
    }
    Files.createDirectories(entry.folder());
    if (!looks.isRegular()) {
      standIn(staged, entry.file());
    } else if (!Relocation.move(staged, entry.file(), entry.id())) {
      throw new IOException("two files claim one place: " + entry.file());
    }
    Files.delete(staged.getParent());
    remember(new Label(entry.id(), entry.related()));
    return Optional.of(entry);
  }

  /** Somebody put a folder in the place of the file that was ready: it is not ours to take. */
  private static void giveBack(Path inbox, Path staged, Entry entry) throws IOException {
    FileName name = entry.name();
    for (int n = 2; !NativeFiles.renameNoReplace(staged, name.in(inbox)); n++) {
      // The name was deposited again meanwhile.
      name = entry.name().numbered(n);
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
   * Finishes the claims that a crash or a full disk left between inbox and spool.
   *
   * @return what is in the spool now, in order of arrival
   * @throws IOException if one could not be fetched; those before it are in the spool
   */
  public List<Entry> fetchLeftInStaging(Path inbox) throws IOException {
    List<Entry> fetched = new ArrayList<>();
    Path staging = inbox.resolve(STAGING);
    if (!PrivateFolder.isOurs(staging)) {
      // Nothing, or something that whoever may write to the inbox has made up.
      return fetched;
    }
    for (Path own : labelled(staging)) {
      Optional<Entry> staged = entry(own);
      if (staged.isPresent()) {
        Entry entry = staged.get();
        Path target = in(State.CLAIMED).resolve(own.getFileName());
        fetchStaged(inbox, new Entry(entry.id(), entry.related(), target, entry.name()))
            .ifPresent(fetched::add);
      } else if (isEmpty(own)) {
        Files.delete(own);
      }
    }
    return fetched;
  }

  /** Makes the claims of a turn durable. Nothing may be sent before. */
  public void syncClaims(List<Entry> entries) throws IOException {
    if (entries.isEmpty()) {
      return;
    }
    NativeFiles.syncFolder(in(State.CLAIMED));
    for (Entry entry : entries) {
      NativeFiles.syncFolder(entry.folder());
    }
  }

  /**
   * Learns which broker it will be sent to. If that is not the one that has the published files,
   * they all must be sent again; the spool remembers it, so a crash meanwhile changes nothing.
   *
   * @param era of the broker that answers now
   * @return how many must be sent again
   */
  public int adopt(String era) throws IOException {
    Path file = folder.resolve("era");
    if (DurableFile.read(file).map(String::strip).equals(Optional.of(era))) {
      return 0;
    }
    List<Path> published = list(State.PUBLISHED);
    for (Path own : published) {
      NativeFiles.renameNoReplace(own, in(State.AGAIN).resolve(own.getFileName()));
    }
    NativeFiles.syncFolder(in(State.AGAIN));
    DurableFile.replace(file, era + "\n");
    return published.size();
  }

  /**
   * Writes down a new state. Not synced: when a crash undoes it, the step is only done again.
   *
   * @return false if the file is gone: the other side's word was quicker than the broker's
   */
  public boolean become(Entry entry, State state) throws IOException {
    Path to = in(state).resolve(entry.folder().getFileName());
    try {
      if (!NativeFiles.renameNoReplace(entry.folder(), to)) {
        throw new IOException("the spool has " + entry.id() + " twice: " + to);
      }
      return true;
    } catch (NoSuchFileException gone) {
      return false;
    }
  }

  /** The file of that id, in whatever state it is. */
  public Optional<Entry> find(FileId id) throws IOException {
    String label = label(id, Optional.ofNullable(related.get(id)));
    for (State state : State.values()) {
      Optional<Entry> found = entry(in(state).resolve(label));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** What was claimed in the name of {@code id} and has not been sent, in order of arrival. */
  public List<Entry> claimedFor(FileId id) throws IOException {
    List<FileId> answers = new ArrayList<>();
    related.forEach(
        (answer, answered) -> {
          if (answered.equals(id)) {
            answers.add(answer);
          }
        });
    answers.sort(null);
    List<Entry> entries = new ArrayList<>();
    for (FileId answer : answers) {
      entry(in(State.CLAIMED).resolve(label(answer, Optional.of(id)))).ifPresent(entries::add);
    }
    return entries;
  }

  /** The folders of all files in a state, in order of arrival. Folders only: nothing is read. */
  public List<Path> list(State state) throws IOException {
    return labelled(in(state));
  }

  private static List<Path> labelled(Path parent) throws IOException {
    List<Path> folders = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(parent)) {
      for (Path own : all) {
        if (label(own).isPresent()) {
          folders.add(own);
        }
      }
    }
    folders.sort(Comparator.comparing(own -> own.getFileName().toString()));
    return folders;
  }

  /** The entry in a folder that {@link #list} gave, or nothing if its file is gone. */
  public Optional<Entry> entry(Path own) throws IOException {
    Optional<Label> label = label(own);
    if (label.isEmpty()) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(own)) {
      for (Path file : files) {
        FileName name = FileName.of(file);
        if (!name.toString().equals(fetchTemporary(label.get().id()))) {
          return Optional.of(new Entry(label.get().id(), label.get().related(), own, name));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException gone) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static String fetchTemporary(FileId id) {
    return TemporaryName.of(id);
  }

  /** Removes a file that the other side has, and its folder. May be called twice. */
  public void remove(Entry entry) throws IOException {
    Files.deleteIfExists(entry.file());
    removeFolder(entry);
  }

  /** Removes the folder that a file was moved out of. May be called twice. */
  public void removeFolder(Entry entry) throws IOException {
    Files.deleteIfExists(entry.folder());
    related.remove(entry.id());
  }

  /** Removes folders that a crash left without a file. Call it once, at start. */
  public void removeEmpty() throws IOException {
    for (State state : State.values()) {
      for (Path own : list(state)) {
        if (FileIdentity.of(own).isFolder() && isEmpty(own)) {
          Files.delete(own);
          label(own).map(Label::id).ifPresent(related::remove);
        }
      }
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      return !files.iterator().hasNext();
    }
  }

  private Path in(State state) {
    return folder.resolve(state.folder());
  }

  private record Label(FileId id, Optional<FileId> related) {}

  private static String label(FileId id, Optional<FileId> related) {
    return id.value() + related.map(other -> "." + other.value()).orElse("");
  }

  private static Optional<Label> label(Path own) {
    String text = own.getFileName().toString();
    if (text.length() == FileId.LENGTH) {
      return FileId.parse(text).map(id -> new Label(id, Optional.empty()));
    }
    if (text.length() == 2 * FileId.LENGTH + 1 && text.charAt(FileId.LENGTH) == '.') {
      Optional<FileId> related = FileId.parse(text.substring(FileId.LENGTH + 1));
      return related.isEmpty()
          ? Optional.empty()
          : FileId.parse(text.substring(0, FileId.LENGTH)).map(id -> new Label(id, related));
    }
    return Optional.empty();
  }
}
