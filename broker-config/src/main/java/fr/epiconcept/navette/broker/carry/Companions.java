package fr.epiconcept.navette.broker.carry;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.Branch;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.HeldFolder;
import fr.epiconcept.navette.flux.inbox.Inbox;
import fr.epiconcept.navette.flux.spool.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The marker and the hash that vouched for a claimed file. They go when it goes; one that stands
 * there under the same name by then, but is not the very one, is for the next file.
 *
 * <p>Which one it was is noted before the claim, in a small file of the spool. A wall clock cannot
 * tell: it may be set between the marker, the claim and the next marker.
 */
final class Companions {
  private final Inbox inbox;
  private final Path notes;

  /**
   * The companions of what is claimed from {@code inbox}.
   *
   * @param notes a folder for the notes; it is made when there is something to note
   */
  Companions(Inbox inbox, Path notes) {
    this.inbox = inbox;
    this.notes = notes;
  }

  /**
   * Notes what vouches for a file that is about to be claimed. Not synced: if the machine's death
   * takes the note, {@link #remove} goes by the clock.
   */
  void note(FileId id, TreeName name) throws IOException {
    Optional<Branch> found = Branch.open(inbox.folder(), name.folder());
    if (found.isEmpty()) {
      return;
    }
    List<String> lines = new ArrayList<>();
    try (Branch in = found.get()) {
      for (Path companion : inbox.companionsOf(in.path(), name.name())) {
        look(in, companion).map(Companions::spelled).ifPresent(lines::add);
      }
    }
    if (!lines.isEmpty()) {
      DurableFile.makeFolder(notes);
      Files.write(notes.resolve(id.value()), lines);
    }
  }

  /** Forgets a note: its file was not claimed. */
  void forget(FileId id) throws IOException {
    Files.deleteIfExists(notes.resolve(id.value()));
  }

  /** Removes what vouched for a file that is done with, and the note. May be called twice. */
  void remove(Entry entry) throws IOException {
    if (inbox.companionsOf(entry.name()).isEmpty()) {
      return;
    }
    List<String> noted = noted(entry.id());
    Optional<Branch> found = Branch.open(inbox.folder(), entry.from());
    if (found.isPresent()) {
      try (Branch in = found.get()) {
        for (Path companion : inbox.companionsOf(in.path(), entry.name())) {
          remove(entry, in, companion, noted);
        }
      }
    }
    forget(entry.id());
  }

  /**
   * The folder of markers is whoever's who may write to the inbox: between look and removal he
   * could put a link to another in its place, so both go by the folder that was opened.
   */
  private static void remove(Entry entry, Branch in, Path companion, List<String> noted)
      throws IOException {
    if (companion.getParent().equals(in.path())) {
      removeIfItVouched(entry, companion, noted);
      return;
    }
    Optional<HeldFolder> found = HeldFolder.open(companion.getParent());
    if (found.isPresent()) {
      try (HeldFolder markers = found.get()) {
        removeIfItVouched(entry, markers.path().resolve(companion.getFileName()), noted);
      }
    }
  }

  private static void removeIfItVouched(Entry entry, Path companion, List<String> noted)
      throws IOException {
    try {
      if (vouchedFor(entry, FileIdentity.of(companion), noted)) {
        Files.deleteIfExists(companion);
      }
    } catch (NoSuchFileException none) {
      // It was taken back, or removed before a crash.
    }
  }

  private static boolean vouchedFor(Entry entry, FileIdentity looks, List<String> noted) {
    if (!noted.isEmpty()) {
      return noted.contains(spelled(looks));
    }
    return !looks.changed().toInstant().isAfter(entry.id().time());
  }

  private List<String> noted(FileId id) throws IOException {
    return DurableFile.read(notes.resolve(id.value()))
        .map(text -> text.lines().toList())
        .orElse(List.of());
  }

  /** A companion as it stands, unless whoever may write here leads us elsewhere by a link. */
  private static Optional<FileIdentity> look(Branch in, Path companion) throws IOException {
    try {
      Path parent = companion.getParent();
      boolean elsewhere = !parent.equals(in.path()) && !FileIdentity.of(parent).isFolder();
      return elsewhere ? Optional.empty() : Optional.of(FileIdentity.of(companion));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /**
   * A marker that was touched vouches anew, so the time counts; the device changes with a mount.
   */
  private static String spelled(FileIdentity looks) {
    Instant changed = looks.changed().toInstant();
    return looks.inode() + " " + changed.getEpochSecond() + "." + changed.getNano();
  }
}
