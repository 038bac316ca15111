package fr.epiconcept.navette.ingest.sftp;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.SftpRules;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.view.Listing;
import fr.epiconcept.navette.flux.view.Selection;
import fr.epiconcept.navette.flux.view.Selection.Part;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a flux has to do with a partner's SFTP server. */
public final class PartnerServer implements AutoCloseable {
  private final FluxName flux;
  private final IngestSection section;
  private final Optional<Inward> inward;
  private final Optional<Outward> outward;
  private final List<Ferry> ferries = new ArrayList<>();
  private final Optional<Ferry> fetching;
  private final Optional<Ferry> delivering;
  private Optional<FolderWatcher.Watch> watch = Optional.empty();
  private volatile boolean ending;

  /**
   * Makes the folders that it needs in the flux's spool; nothing crosses before {@link #begin}.
   *
   * @throws IOException if they cannot be made, or hold what nobody understands
   */
  public PartnerServer(FluxName flux, IngestSection section, FluxLog log, Turns turns)
      throws IOException {
    this.flux = flux;
    this.section = section;
    SftpRules rules = section.sftp().orElseThrow();
    Optional<Inward> in = Optional.empty();
    Optional<Outward> out = Optional.empty();
    if (rules.inbox().isPresent()) {
      in =
          Optional.of(
              new Inward(
                  rules, section.ready(), section.spool(), log, System::nanoTime, () -> ending));
    }
    if (rules.out().isPresent()) {
      out =
          Optional.of(
              new Outward(
                  rules,
                  section.out().orElseThrow(),
                  section.spool(),
                  log,
                  System::nanoTime,
                  () -> ending));
    }
    inward = in;
    outward = out;
    fetching =
        in.map(way -> new Ferry("inbox", rules, way, log, turns, flux + " from the partner"));
    delivering = out.map(way -> new Ferry("out", rules, way, log, turns, flux + " to the partner"));
    Stream.of(fetching, delivering).flatMap(Optional::stream).forEach(ferries::add);
  }

  /** How a flux takes files out of the inbox here: those from elsewhere are complete. */
  public static ReadyRules rules(IngestSection section) {
    return section.inboxElsewhere().isPresent() ? Inward.here(section.ready()) : section.ready();
  }

  /** From now on files cross. */
  public void begin(FolderWatcher watcher) {
    delivering.ifPresent(
        ferry ->
            watch =
                Optional.of(watcher.watch(section.out().orElseThrow().path(), new Waking(ferry))));
    ferries.forEach(Ferry::wake);
  }

  /** Looks now at what there is to be done, whatever it was waiting for. */
  public void rescan() {
    inward.ifPresent(Inward::lookSoon);
    ferries.forEach(Ferry::wake);
  }

  /** Brings nothing any more; what is under way goes on. */
  public void windUp() {
    inward.ifPresent(Inward::takeNothingNew);
    fetching.ifPresent(Ferry::wake);
  }

  /** To be held while an answer is put into {@code out} here, if it goes on from there. */
  public Optional<Object> landing() {
    return outward.map(Outward::landing);
  }

  /** What has not come to its end. */
  public Optional<String> underWay() throws IOException {
    int brought = inward.map(Inward::underWay).orElse(0);
    int answers = outward.isPresent() ? outward.get().waiting().size() : 0;
    return brought + answers == 0
        ? Optional.empty()
        : Optional.of(
            brought
                + " files that are to be removed from "
                + server()
                + ", and "
                + answers
                + " acknowledgements that are to be put there");
  }

  /** Why files do not cross, in one line; nothing if they do, as far as is known. */
  public Optional<String> fault() {
    return ferries.stream()
        .map(Ferry::fault)
        .flatMap(Optional::stream)
        .findFirst()
        .or(() -> outward.flatMap(Outward::held));
  }

  /** How many files wait in the partner's inbox that a deposit may be. */
  public int waiting() {
    return inward
        .map(way -> (int) way.waiting().stream().filter(Inward.Waiting::mayBeTaken).count())
        .orElse(0);
  }

  private String server() {
    return section.sftp().orElseThrow().server().server();
  }

  /**
   * Whether a flux may have other places: what is under way would be removed from, or put onto, the
   * wrong server.
   */
  public Optional<String> obstacle(IngestSection to) throws IOException {
    boolean moves =
        !section.inboxElsewhere().equals(to.inboxElsewhere())
            || !section.outElsewhere().equals(to.outElsewhere());
    return moves
        ? underWay()
            .map(
                what ->
                    "its places on "
                        + server()
                        + " cannot change while there are "
                        + what
                        + "; reload again when it is done")
        : Optional.empty();
  }

  // --- what waits ---

  /** Lists what waits in the partner's inbox, and what is to be put onto his server. */
  public void list(Selection selection, Listing listing) throws IOException {
    if (selection.id().isEmpty()
        && selection.wants(Part.DEPOSITS)
        && selection.wants(Place.INBOX)
        && inward.isPresent()) {
      Optional<String> fault = fetching.orElseThrow().fault();
      for (Inward.Waiting each : inward.get().waiting()) {
        listing.waiting(inInbox(each, fault));
      }
      if (fault.isPresent()) {
        listing.unseen(flux, "what waits there now is not known: " + fault.get());
      }
    }
    Optional<String> kept =
        delivering.flatMap(Ferry::fault).or(() -> outward.flatMap(Outward::held));
    listAnswers(flux, section, kept, selection, listing);
  }

  private Waiting inInbox(Inward.Waiting file, Optional<String> fault) {
    return new Waiting(
        flux,
        Place.INBOX,
        Optional.empty(),
        OneLine.of(file.name()),
        file.looks().size(),
        Instant.ofEpochSecond(file.looks().modified()),
        file.mayBeTaken() ? fault.orElse(file.why()) : file.why(),
        Optional.empty(),
        Optional.of(section.inboxElsewhere().orElseThrow() + "/" + OneLine.of(file.name())));
  }

  /** The same of a flux whose daemon does not answer: of the partner's inbox nothing is known. */
  public static void listOffline(
      FluxName flux, IngestSection section, Selection selection, Listing listing)
      throws IOException {
    if (section.inboxElsewhere().isPresent()
        && selection.id().isEmpty()
        && selection.wants(Part.DEPOSITS)
        && selection.wants(Place.INBOX)) {
      listing.unseen(
          flux, "what waits in " + section.inboxElsewhere().get() + " only its daemon can tell");
    }
    listAnswers(
        flux,
        section,
        Optional.of("no daemon answers that would put it there"),
        selection,
        listing);
  }

  private static void listAnswers(
      FluxName flux,
      IngestSection section,
      Optional<String> fault,
      Selection selection,
      Listing listing)
      throws IOException {
    if (section.outElsewhere().isEmpty()
        || selection.id().isPresent()
        || !selection.wants(Part.ANSWERS)
        || !selection.wants(Place.ANSWER)) {
      return;
    }
    Path outbox = section.out().orElseThrow().path();
    try {
      for (Outward.Waiting each : Outward.waiting(outbox)) {
        listing.waiting(answer(flux, section, each, fault));
      }
    } catch (NoSuchFileException neverBegun) {
      // The daemon makes it when it starts.
      return;
    } catch (IOException e) {
      listing.unseen(flux, "cannot list " + OneLine.of(outbox) + ": " + e);
    }
  }

  private static Waiting answer(
      FluxName flux, IngestSection section, Outward.Waiting file, Optional<String> fault) {
    FileName name = file.name();
    return new Waiting(
        flux,
        Place.ANSWER,
        Optional.empty(),
        OneLine.of(name),
        file.looks().size(),
        file.looks().changed().toInstant(),
        fault.orElse("to be put into " + section.outElsewhere().orElseThrow()),
        Optional.empty(),
        Optional.of(OneLine.of(name.in(section.out().orElseThrow().path()))));
  }

  /** How long a crossing has been at work without an end; for whoever watches over turns. */
  public Optional<Duration> busyFor() {
    return ferries.stream().map(Ferry::busyFor).flatMap(Optional::stream).max(Duration::compareTo);
  }

  /** Ends what is under way, which goes on at the next start. May be called twice. */
  @Override
  public void close() {
    ending = true;
    watch.ifPresent(FolderWatcher.Watch::close);
    ferries.forEach(Ferry::close);
  }

  /** Anything that appears in the folder wakes the ferry. */
  private record Waking(Ferry ferry) implements FolderWatcher.Listener {
    @Override
    public void opened(FileName name) {}

    @Override
    public void closed(FileName name) {
      ferry.wake();
    }

    @Override
    public void movedIn(FileName name) {
      if (!name.isHidden()) {
        ferry.wake();
      }
    }

    @Override
    public void left(FileName name) {}

    @Override
    public void lost(String why) {
      ferry.wake();
    }

    @Override
    public void folderGone() {}

    @Override
    public void folderBack() {
      ferry.wake();
    }
  }
}
