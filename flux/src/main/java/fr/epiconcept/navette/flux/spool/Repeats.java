package fr.epiconcept.navette.flux.spool;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.file.Relocation;
import fr.epiconcept.navette.flux.file.TemporaryName;
import fr.epiconcept.navette.flux.spool.Spool.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Copies of files that shall be sent once more, under an id of their own. A copy is prepared under
 * a hidden name that nobody takes for a file of the spool, and admitted by one rename: what is
 * prepared and has lost its hidden name was admitted, wherever it went since.
 */
public final class Repeats {
  private final Spool spool;

  public Repeats(Spool spool) {
    this.spool = spool;
  }

  /**
   * Copies {@code from} into the spool, on disk when this returns; not to be sent yet.
   *
   * @param id the copy's own
   * @param of the deposit that it repeats
   */
  public Entry prepare(Path from, TreeName name, FileId id, FileId of) throws IOException {
    Entry entry = entry(name, id, of);
    Files.createDirectory(entry.folder());
    boolean done = false;
    try {
      entry.origin().make();
      Relocation.copy(from, hidden(entry));
      entry.origin().sync(entry.folder());
      NativeFiles.syncFolder(entry.folder().getParent());
      done = true;
    } finally {
      if (!done) {
        discard(entry);
      }
    }
    return entry;
  }

  /** The entry that {@link #prepare} gave, or would give. */
  public Entry entry(TreeName name, FileId id, FileId of) {
    Label label = new Label(id, Optional.of(of));
    Path own = spool.in(State.AGAIN).resolve(label.spelled());
    return new Entry(id, Optional.of(of), own, name.folder(), name.name());
  }

  /** As {@link #prepare(Path, TreeName, FileId, FileId)}, of a file from the top of an inbox. */
  public Entry prepare(Path from, FileName name, FileId id, FileId of) throws IOException {
    return prepare(from, TreeName.of(name), id, of);
  }

  /** Whether it is prepared and not admitted. */
  public boolean isPrepared(Entry entry) throws IOException {
    try {
      FileIdentity.of(hidden(entry));
      return true;
    } catch (NoSuchFileException admittedOrNever) {
      return false;
    }
  }

  /** Lets a prepared file be sent, on disk when this returns. Once it was admitted: nothing. */
  public void admit(Entry entry) throws IOException {
    // Before anybody can meet it: its receipt must find it.
    spool.remember(new Label(entry.id(), entry.related()));
    try {
      if (!NativeFiles.renameNoReplace(hidden(entry), entry.file())) {
        throw new IOException("the spool has " + entry.id() + " twice: " + entry.file());
      }
      entry.origin().sync(entry.folder());
    } catch (NoSuchFileException admittedBefore) {
      return;
    }
  }

  /** Takes a prepared file back. May be called twice. */
  public void discard(Entry entry) throws IOException {
    Files.deleteIfExists(hidden(entry));
    entry.origin().remove(entry.folder());
  }

  /** Those that a crash left prepared, by id. Of what they are copies is known. */
  public List<FileId> left() throws IOException {
    List<FileId> left = new ArrayList<>();
    for (Path own : spool.list(State.AGAIN)) {
      FileId id = Label.of(own).orElseThrow().id();
      if (Files.exists(own.resolve(TemporaryName.of(id)))) {
        left.add(id);
      }
    }
    return left;
  }

  /** Takes back what a crash left prepared under that id. */
  public void discard(FileId id) throws IOException {
    for (Path own : spool.list(State.AGAIN)) {
      if (Label.of(own).orElseThrow().id().equals(id)) {
        Files.deleteIfExists(own.resolve(TemporaryName.of(id)));
        Origin.in(own).remove(own);
      }
    }
  }

  private static Path hidden(Entry entry) {
    return entry.folder().resolve(TemporaryName.of(entry.id()));
  }
}
