package fr.epiconcept.navette.broker.carry;

import fr.epiconcept.navette.broker.carry.Memory.Note;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.inbox.InboxView;
import fr.epiconcept.navette.flux.inbox.InboxView.Standing;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.spool.SpoolView;
import fr.epiconcept.navette.flux.view.Listing;
import fr.epiconcept.navette.flux.view.Selection;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What waits between a watched folder and the other side's receipt, as the disk tells it and,
 * within the daemon, its memory. Nothing is made or changed; of a backlog only names are kept.
 *
 * <p>A daemon moves files while they are listed. Folders are read in the direction in which files
 * go, so that none slips from one that is still to be read into one that was; and whoever is gone
 * when his turn comes is looked for once more.
 */
public final class DeparturesView {
  private static final int MOST_PASSES = 3;

  private final FluxName flux;
  private final Optional<Path> folder;
  private final Optional<InboxView> inbox;
  private final Path spoolFolder;
  private final SpoolView spool;
  private final boolean home;
  private final Memory memory;

  /**
   * The view of one flux.
   *
   * @param watched the watched folder, if there is one
   * @param home whether these are acknowledgements on their way home, and no deposits
   */
  public DeparturesView(
      FluxName flux,
      Optional<Path> watched,
      ReadyRules rules,
      Path spool,
      boolean home,
      Memory memory) {
    this.flux = flux;
    this.folder = watched;
    this.inbox = watched.map(inner -> new InboxView(inner, rules));
    this.spoolFolder = spool;
    this.spool = new SpoolView(spool);
    this.home = home;
    this.memory = memory;
  }

  /**
   * Lists what is selected, the farthest first.
   *
   * @param told ids that are listed already; those listed now are added
   * @return whether files went on meanwhile: some may be beyond the spool by now
   * @throws IOException if the listing takes no more
   */
  public boolean list(Selection selection, Listing listing, Set<FileId> told) throws IOException {
    Pass pass = new Pass(selection, listing, told);
    List<TreeName> names = pass.inboxNames();
    boolean moved = false;
    pass.spool();
    pass.inbox(names);
    for (int n = 1; pass.missed && n < MOST_PASSES; n++) {
      moved = true;
      pass.missed = false;
      pass.spool();
    }
    return moved || pass.missed;
  }

  private Place place(Place outward) {
    return home ? Place.ANSWER : outward;
  }

  /** One listing. */
  private final class Pass {
    private final Selection selection;
    private final Listing listing;
    private final Set<FileId> told;

    /** Whether something was gone when its turn came. */
    private boolean missed;

    /** Listed as standing in the inbox; what of them was claimed since is not listed again. */
    private final Set<TreeName> inInbox = new HashSet<>();

    Pass(Selection selection, Listing listing, Set<FileId> told) {
      this.selection = selection;
      this.listing = listing;
      this.told = told;
    }

    List<TreeName> inboxNames() throws IOException {
      if (inbox.isEmpty() || selection.id().isPresent() || !selection.wants(place(Place.INBOX))) {
        return List.of();
      }
      try {
        return inbox.get().list();
      } catch (IOException e) {
        cannot("list", folder.orElseThrow(), e);
        return List.of();
      }
    }

    void inbox(List<TreeName> names) throws IOException {
      for (TreeName name : names) {
        Optional<Standing> standing = inbox.orElseThrow().look(name);
        if (standing.isEmpty()) {
          missed = true;
        } else {
          inInbox.add(name);
          listing.waiting(inInbox(name, standing.get()));
        }
      }
    }

    private Waiting inInbox(TreeName name, Standing standing) {
      Note note =
          memory
              .known(name)
              .orElseGet(() -> standing.why().map(Note::new).orElseGet(memory::complete));
      return new Waiting(
          flux,
          place(Place.INBOX),
          Optional.empty(),
          OneLine.of(name),
          standing.bytes(),
          standing.since(),
          note.why(),
          note.next(),
          Optional.of(OneLine.of(name.in(folder.orElseThrow()))));
    }

    void spool() throws IOException {
      List<Path> staged = selection.wants(place(Place.SPOOL)) ? staged() : List.of();
      List<Path> claimed = own(State.CLAIMED, Place.SPOOL);
      List<Path> again = own(State.AGAIN, Place.SPOOL);
      List<Path> published = own(State.PUBLISHED, Place.QUEUE);
      for (Path each : published) {
        entry(each, this::inQueue);
      }
      for (Path each : again) {
        entry(each, this::again);
      }
      for (Path each : claimed) {
        entry(each, this::unsent);
      }
      for (Path each : staged) {
        entry(each, this::staged);
      }
    }

    private List<Path> own(State state, Place outward) throws IOException {
      if (!selection.wants(place(outward))) {
        return List.of();
      }
      try {
        return spool.list(state);
      } catch (IOException e) {
        cannot("list what is " + state.name().toLowerCase(Locale.ROOT) + " in", spoolFolder, e);
        return List.of();
      }
    }

    /** Between the inbox and a spool on another file system. */
    private List<Path> staged() throws IOException {
      if (folder.isEmpty()) {
        return List.of();
      }
      Path left = folder.get().resolve(Spool.STAGING);
      try {
        return SpoolView.foldersIn(left);
      } catch (NoSuchFileException | NotDirectoryException none) {
        return List.of();
      } catch (IOException e) {
        cannot("list", left, e);
        return List.of();
      }
    }

    private void entry(Path own, Spelling spelling) throws IOException {
      Optional<Entry> found;
      Waiting file;
      try {
        if (told.contains(SpoolView.id(own))) {
          return;
        }
        found = spool.entry(own);
        if (found.isEmpty()) {
          missed = true;
          return;
        }
        if (!selection.wants(found.get().id(), found.get().related())
            || inInbox.contains(found.get().path())) {
          return;
        }
        file = spelling.of(found.get(), FileIdentity.of(found.get().file()));
      } catch (NoSuchFileException wentOn) {
        missed = true;
        return;
      } catch (IOException e) {
        cannot("look at", own, e);
        return;
      }
      told.add(found.get().id());
      listing.waiting(file);
    }

    private void cannot(String what, Path where, IOException e) throws IOException {
      listing.unseen(flux, "cannot " + what + " " + OneLine.of(where) + ": " + e);
    }

    private Waiting inQueue(Entry entry, FileIdentity looks) throws IOException {
      String why =
          home
              ? "sent; the file server has not said that it has it"
              : "published; no processing server has said that it has it";
      return file(entry, looks, Place.QUEUE, renamed(entry), new Note(why));
    }

    private Waiting again(Entry entry, FileIdentity looks) throws IOException {
      Note note = memory.unsent(entry.id());
      String why = "the broker that had it is gone, it is sent again: " + note.why();
      return file(entry, looks, Place.SPOOL, renamed(entry), new Note(why, note.next()));
    }

    /** It is on its way into the spool: what keeps the others in the inbox keeps it there. */
    private Waiting staged(Entry entry, FileIdentity looks) {
      return file(entry, looks, Place.SPOOL, entry.id().time(), memory.complete());
    }

    private Waiting unsent(Entry entry, FileIdentity looks) {
      return file(entry, looks, Place.SPOOL, entry.id().time(), memory.unsent(entry.id()));
    }

    /** The rename of its folder into the state was the last change of that folder. */
    private Instant renamed(Entry entry) throws IOException {
      return FileIdentity.of(entry.folder()).changed().toInstant();
    }

    private Waiting file(Entry entry, FileIdentity looks, Place outward, Instant since, Note note) {
      return new Waiting(
          flux,
          place(outward),
          Optional.of(entry.id()),
          OneLine.of(entry.path()),
          looks.size(),
          since,
          note.why(),
          note.next(),
          Optional.of(OneLine.of(entry.file())));
    }
  }

  /** Says what is known of a file of the spool. */
  @FunctionalInterface
  private interface Spelling {
    Waiting of(Entry entry, FileIdentity looks) throws IOException;
  }
}
