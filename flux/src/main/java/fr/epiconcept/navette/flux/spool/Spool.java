package fr.epiconcept.navette.flux.spool;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.Branch;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.linux.Errno;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
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

  /** What a disk says that takes no more. */
  private static final List<String> FULL =
      List.of(Errno.describe(Errno.ENOSPC), Errno.describe(Errno.EDQUOT));

  /** What is known of a file. */
  public enum State {
    CLAIMED,
    AGAIN,
    PUBLISHED;

    String folder() {
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
        Label.of(own).ifPresent(this::remember);
      }
    }
  }

  /** Whether a spool was made in that folder, and can be seen. */
  public static boolean isAt(Path folder) {
    return Files.isDirectory(folder.resolve(State.CLAIMED.folder()));
  }

  void remember(Label label) {
    label.related().ifPresent(other -> related.put(label.id(), other));
  }

  /** The newest id in the spool: those given from now on must be greater. */
  public Optional<FileId> newest() throws IOException {
    Optional<FileId> newest = Optional.empty();
    for (State state : State.values()) {
      List<Path> all = list(state);
      if (!all.isEmpty()) {
        FileId last = Label.of(all.get(all.size() - 1)).orElseThrow().id();
        newest = newest.filter(known -> known.compareTo(last) > 0).or(() -> Optional.of(last));
      }
    }
    return newest;
  }

  /** The spool's own folder. */
  public Path folder() {
    return folder;
  }

  /** As {@link #claim(Path, TreeName, FileId, Optional)}, at the top of the inbox. */
  public Optional<Entry> claim(Path inbox, FileName name, FileId id, Optional<FileId> related)
      throws IOException {
    return claim(inbox, TreeName.of(name), id, related);
  }

  /**
   * Takes a file out of its sender's reach by one rename, which says in which sub-folder it stood.
   * On disk only after {@link #syncClaims}.
   *
   * @return the entry, or nothing if the file was gone (its sender took it back), or its folder
   *     was: one that has become a link is gone
   */
  public Optional<Entry> claim(Path inbox, TreeName file, FileId id, Optional<FileId> related)
      throws IOException {
    Optional<Branch> found = Branch.open(inbox, file.folder());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (Branch from = found.get()) {
      return claim(inbox, from, file, new Label(id, related));
    } catch (IOException e) {
      throw found.get().named(e);
    }
  }

  private Optional<Entry> claim(Path inbox, Branch from, TreeName file, Label label)
      throws IOException {
    Path own = in(State.CLAIMED).resolve(label.spelled());
    Files.createDirectory(own);
    remember(label);
    Entry entry = new Entry(label.id(), label.related(), own, file.folder(), file.name());
    try {
      entry.origin().make();
      if (!NativeFiles.renameNoReplace(file.name().in(from.path()), entry.file())) {
        throw new IOException("a new spool folder is not empty: " + own);
      }
      return Optional.of(entry);
    } catch (AtomicMoveNotSupportedException otherFileSystem) {
      removeFolder(entry);
      try (Staging staging = Staging.make(inbox)) {
        return staging.take(from, entry) ? fetch(staging, entry) : Optional.empty();
      }
    } catch (NoSuchFileException takenBack) {
      removeFolder(entry);
      return Optional.empty();
    } catch (IOException e) {
      removeFolder(entry);
      throw e;
    }
  }

  private Optional<Entry> fetch(Staging staging, Entry entry) throws IOException {
    if (!staging.fetch(entry)) {
      return Optional.empty();
    }
    remember(new Label(entry.id(), entry.related()));
    return Optional.of(entry);
  }

  /**
   * What was fetched of the claims that stood between inbox and spool.
   *
   * @param entries what is in the spool now, in order of arrival
   * @param fault why some are not; empty if all are
   */
  public record Fetched(List<Entry> entries, Optional<IOException> fault) {}

  /**
   * Finishes the claims that a crash or a full disk left between inbox and spool, or a writer who
   * has not ended. One that cannot be fetched stops none behind it, but for a fault of the spool's:
   * when that is over the next would go before it.
   *
   * @throws IOException if they cannot be listed
   */
  public Fetched fetchLeftInStaging(Path inbox) throws IOException {
    Optional<Staging> found = Staging.open(inbox);
    if (found.isEmpty()) {
      return new Fetched(List.of(), Optional.empty());
    }
    try (Staging staging = found.get()) {
      List<Entry> fetched = new ArrayList<>();
      Optional<IOException> fault = Optional.empty();
      for (Entry entry : staging.left(in(State.CLAIMED))) {
        try {
          fetch(staging, entry).ifPresent(fetched::add);
        } catch (IOException e) {
          fault = Optional.of(e);
          if (isItsOwn(e)) {
            break;
          }
        }
      }
      return new Fetched(fetched, fault);
    }
  }

  /**
   * Whether a claim failed because of the spool, and not of the file: its disk is full, or it is
   * out of reach. Files behind that one would meet the same, or, when it is over, overtake it.
   */
  public boolean isItsOwn(IOException fault) {
    String said = String.valueOf(fault.getMessage());
    return FULL.stream().anyMatch(said::contains) || !Files.isWritable(in(State.CLAIMED));
  }

  /**
   * How many files stand between an inbox and a spool on another file system: claimed, and not
   * fetched yet.
   */
  public static int countStaged(Path inbox) throws IOException {
    Path staging = inbox.resolve(STAGING);
    return Files.isDirectory(staging, LinkOption.NOFOLLOW_LINKS)
        ? Label.foldersIn(staging).size()
        : 0;
  }

  /** Makes the claims of a turn durable. Nothing may be sent before. */
  public void syncClaims(List<Entry> entries) throws IOException {
    if (entries.isEmpty()) {
      return;
    }
    NativeFiles.syncFolder(in(State.CLAIMED));
    for (Entry entry : entries) {
      entry.origin().sync(entry.folder());
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
    if (isAdoptedBy(era)) {
      return 0;
    }
    List<Path> published = list(State.PUBLISHED);
    for (Path own : published) {
      NativeFiles.renameNoReplace(own, in(State.AGAIN).resolve(own.getFileName()));
    }
    NativeFiles.syncFolder(in(State.AGAIN));
    DurableFile.replace(eraFile(), era + "\n");
    return published.size();
  }

  /** Whether the published files are with the broker of that era. */
  public boolean isAdoptedBy(String era) throws IOException {
    return DurableFile.read(eraFile()).map(String::strip).equals(Optional.of(era));
  }

  private Path eraFile() {
    return folder.resolve("era");
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
    String label = new Label(id, Optional.ofNullable(related.get(id))).spelled();
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
      entry(in(State.CLAIMED).resolve(new Label(answer, Optional.of(id)).spelled()))
          .ifPresent(entries::add);
    }
    return entries;
  }

  /** The folders of all files in a state, in order of arrival. Folders only: nothing is read. */
  public List<Path> list(State state) throws IOException {
    return Label.foldersIn(in(state));
  }

  /** How many files there are, whatever their state. Folders only: nothing is read. */
  public int count() throws IOException {
    int count = 0;
    for (State state : State.values()) {
      count += list(state).size();
    }
    return count;
  }

  /** The entry in a folder that {@link #list} gave, or nothing if its file is gone. */
  public Optional<Entry> entry(Path own) throws IOException {
    return Entry.in(own);
  }

  /** Removes a file that the other side has, and its folder. May be called twice. */
  public void remove(Entry entry) throws IOException {
    Files.deleteIfExists(entry.file());
    removeFolder(entry);
  }

  /** Removes the folder that a file was moved out of. May be called twice. */
  public void removeFolder(Entry entry) throws IOException {
    entry.origin().remove(entry.folder());
    related.remove(entry.id());
  }

  /** Removes folders that a crash left without a file. Call it once, at start. */
  public void removeEmpty() throws IOException {
    for (State state : State.values()) {
      for (Path own : list(state)) {
        Origin origin = Origin.in(own);
        if (FileIdentity.of(own).isFolder() && Staging.isEmpty(origin.place())) {
          origin.remove(own);
          Label.of(own).map(Label::id).ifPresent(related::remove);
        }
      }
    }
  }

  Path in(State state) {
    return folder.resolve(state.folder());
  }
}
