package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.file.Branch;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.TreeWalk;
import fr.epiconcept.navette.flux.inbox.Candidate.Seen;
import fr.epiconcept.navette.flux.inbox.Verdict.Gone;
import fr.epiconcept.navette.flux.inbox.Verdict.NotYet;
import fr.epiconcept.navette.flux.inbox.Verdict.Ready;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A watched folder: takes hints from events at any time, and answers at a look which files are
 * ready, in the flux's order. If the flux wants it, sub-folders are watched and listed too, at any
 * depth; one queue of hints and one order for all of them.
 *
 * <p>The look belongs to one thread at a time (a flux's turn); the listener methods to the
 * watcher's.
 */
public final class Inbox implements FolderWatcher.Listener {
  /** Hints kept between two looks; more than that and the whole folder is listed instead. */
  private static final int MOST_HINTS = 50_000;

  /** So many folders that cannot be entered are told of; a partner may make any number. */
  private static final int MOST_REFUSED = 1000;

  /** How often a folder is listed of which no event tells. */
  private static final Duration POLL = Duration.ofSeconds(2);

  private final Path folder;
  private final ReadyRules rules;
  private final Names names;
  private final Readiness readiness;
  private final TreeWalk walk;
  private final LongSupplier nanoTime;
  private final Runnable wake;

  // Shared with the watcher's thread, guarded by this.
  private List<Hint> hints = new ArrayList<>();
  private boolean listingDue = true;
  private BooleanSupplier polling = () -> false;
  private Optional<TreeWatch> tree = Optional.empty();

  /** So many hints came before an event may have been lost: their files' closes may be missing. */
  private int doubtedHints;

  // The turn's own; but whoever asks what waits looks a name up at any time.
  private final Map<TreeName, Candidate> candidates = new ConcurrentHashMap<>();
  private long arrivals;

  // While hints from after a loss are worked off: the orders that the listing gave.
  private long placedFrom = Long.MAX_VALUE;
  private long placedTo;

  private long listedAt;
  private boolean listedOnce;

  // Folders that cannot be entered: all, and those that nobody was told of yet.
  private final Map<TreeName, String> refused = new HashMap<>();
  private final List<Refused> refusedNow = new ArrayList<>();

  // The turn's word to others.
  private final long madeAt;
  private volatile Sight sight = new Sight(false, 0, 0, Optional.empty(), 0);

  /** What an event said of a name. */
  enum News {
    OPENED,
    CLOSED,
    MOVED,
    LEFT,
    COMPANION,
    FOLDER
  }

  private record Hint(TreeName name, News news, long at) {}

  /** A file that is ready, or that never can be. */
  public record Found(TreeName name, Verdict verdict, FileIdentity looks, String how) {}

  /** A file that waits in the folder, and why. */
  public record Waiting(TreeName name, String reason) {
    /** One at the top. */
    public Waiting(FileName name, String reason) {
      this(TreeName.of(name), reason);
    }
  }

  /** A folder out of which nothing can be taken, and why. */
  public record Refused(TreeName folder, String why) {}

  /**
   * How the folder stood at the last look that came to its end.
   *
   * @param listedAgo how long ago the whole folder was last listed; nothing if it never was
   * @param age how long this inbox has been watched
   * @param every how often it is to be listed
   * @param waiting how many files were known to wait
   * @param oldest that of them which came first
   * @param oldestFor how long that one has been known; zero without one
   */
  public record Glance(
      Optional<Duration> listedAgo,
      Duration age,
      Duration every,
      int waiting,
      Optional<TreeName> oldest,
      Duration oldestFor) {}

  /** The same by our clock. */
  private record Sight(
      boolean listed, long listedAt, int waiting, Optional<TreeName> oldest, long oldestMet) {}

  /**
   * What one look brought.
   *
   * @param found in the flux's order (a file that can never be a deposit among them)
   * @param lookAgain when the next look is due even if no event comes
   * @param refused folders that were met for the first time and cannot be entered
   */
  public record Look(List<Found> found, Duration lookAgain, List<Refused> refused) {}

  /**
   * The inbox over {@code folder}.
   *
   * @param nanoTime the monotonic clock
   * @param wake is called when a look is worth while; must return at once
   */
  public Inbox(Path folder, ReadyRules rules, LongSupplier nanoTime, Runnable wake) {
    this.folder = folder;
    this.rules = rules;
    this.names = new Names(rules);
    this.readiness = new Readiness(folder, rules, names);
    this.walk = new TreeWalk(folder, rules.recursive(), names::whyNotInto);
    this.nanoTime = nanoTime;
    this.wake = wake;
    this.madeAt = nanoTime.getAsLong();
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** Where markers stand that must be watched too, if the flux has such a folder. */
  public Optional<Path> markerFolder() {
    return rules.marker() == ReadyRules.Marker.OK_FOLDER
        ? Optional.of(folder.resolve(Names.OK))
        : Optional.empty();
  }

  /** The files that belong to a deposit at the top and go when it is published. */
  public List<Path> companionsOf(FileName name) {
    return companionsOf(folder, name);
  }

  /**
   * The files that belong to a deposit and go when it is published: they stand beside it, or in the
   * folder of markers beside it.
   *
   * @param in the way to the folder in which it stands, or stood
   */
  public List<Path> companionsOf(Path in, FileName name) {
    List<Path> companions = new ArrayList<>();
    names.markerOf(in, name).ifPresent(companions::add);
    names.hashOf(in, name).ifPresent(companions::add);
    return companions;
  }

  /**
   * Says how to learn whether events are to be expected; without them the folder is listed every
   * two seconds, or as often as the flux's {@code rescan} says if that is more.
   */
  public synchronized void watchedBy(FolderWatcher.Watch watch) {
    polling = watch::isPolling;
  }

  /**
   * Watches the sub-folders from now on, if the flux takes files out of them.
   *
   * @return ends it; may be called twice
   */
  public synchronized Runnable watchFolders(FolderWatcher watcher) {
    if (!rules.recursive()) {
      return () -> {};
    }
    TreeWatch watch = new TreeWatch(this, watcher, rules.marker() == ReadyRules.Marker.OK_FOLDER);
    tree = Optional.of(watch);
    listAllLater();
    return watch::end;
  }

  private synchronized Optional<TreeWatch> tree() {
    return tree;
  }

  private synchronized long rescanNanos() {
    long rescan = rules.rescan().toNanos();
    boolean unwatched = tree.filter(below -> !below.whyNot().isEmpty()).isPresent();
    return unwatched || polling.getAsBoolean() ? Math.min(rescan, POLL.toNanos()) : rescan;
  }

  /** Why some sub-folders are only listed and not watched; nothing if that is not so. */
  public Optional<String> unwatched() {
    return tree().map(TreeWatch::whyNot).filter(why -> !why.isEmpty());
  }

  /** Why a file of a name is never taken under {@code rules}; nothing for one that may be. */
  public static Function<TreeName, Optional<String>> whyNever(ReadyRules rules) {
    return new Names(rules)::whyNever;
  }

  /** Asks for the whole folder to be listed at the next look. */
  public void listAll() {
    listAllLater();
    wake.run();
  }

  // --- hints ---

  @Override
  public void opened(FileName name) {
    hint(TreeName.of(name), News.OPENED);
  }

  @Override
  public void closed(FileName name) {
    hint(TreeName.of(name), News.CLOSED);
  }

  @Override
  public void movedIn(FileName name) {
    hint(TreeName.of(name), News.MOVED);
  }

  @Override
  public void left(FileName name) {
    hint(TreeName.of(name), News.LEFT);
  }

  @Override
  public void folderCame(FileName name, boolean moved) {
    if (rules.recursive()) {
      hint(TreeName.of(name), News.FOLDER);
    } else {
      hint(TreeName.of(name), moved ? News.MOVED : News.OPENED);
    }
  }

  @Override
  public void lost(String why) {
    listAll();
  }

  @Override
  public void folderGone() {
    wake.run();
  }

  @Override
  public void folderBack() {
    listAll();
  }

  /** A marker came or went: the deposit of that name deserves a look. */
  void companion(TreeName deposit) {
    hint(deposit, News.COMPANION);
  }

  /** Something happened to that name. */
  void hint(TreeName name, News news) {
    synchronized (this) {
      if (hints.size() < MOST_HINTS) {
        hints.add(new Hint(name, news, nanoTime.getAsLong()));
      } else {
        listAllLater();
      }
    }
    if (news != News.LEFT) {
      wake.run();
    }
  }

  // --- the look ---

  /**
   * Looks at what is due.
   *
   * @throws IOException if the folder cannot be listed; what is known stays known
   */
  public Look look() throws IOException {
    Taken taken = takeHints();
    // Only now: a hint from after this moment would not be due yet, and whatever the listing finds
    // would overtake it.
    long now = nanoTime.getAsLong();
    long rescan = rescanNanos();
    boolean due = listedOnce && now - listedAt >= rescan;
    if (taken.list() || due) {
      list(now, taken.since());
    }
    List<Ordered> found = new ArrayList<>();
    long next = listedAt + rescan;
    Candidate oldest = null;
    for (Iterator<Candidate> all = candidates.values().iterator(); all.hasNext(); ) {
      Candidate candidate = all.next();
      // One that waits for another may go as soon as that has gone, not only when it would be late.
      if (candidate.due - now <= 0 || candidate.heldBack) {
        candidate.heldBack = false;
        Verdict verdict = readiness.judge(candidate, now);
        if (verdict instanceof NotYet notYet) {
          candidate.reason = notYet.reason();
          candidate.due = now + notYet.lookAgain().toNanos();
        } else {
          // Whoever is ready or never will be leaves our memory: the caller takes it now, and if
          // that fails the next listing finds it again.
          all.remove();
          if (!(verdict instanceof Gone)) {
            found.add(new Ordered(candidate, verdict));
          }
          continue;
        }
      }
      next = Math.min(next, candidate.due);
      oldest = oldest == null || candidate.order < oldest.order ? candidate : oldest;
    }
    note(oldest);
    next = Math.min(next, holdBack(found, now));
    found.sort(order());
    List<Refused> refused = List.copyOf(refusedNow);
    refusedNow.clear();
    return new Look(
        found.stream().map(Ordered::found).toList(),
        Duration.ofNanos(Math.max(0, next - now)),
        refused);
  }

  private Comparator<Ordered> order() {
    Comparator<Ordered> arrival = Comparator.comparingLong(ordered -> ordered.candidate.order);
    return switch (rules.order()) {
      case ARRIVAL -> arrival;
      case MTIME -> Comparator.comparing(Ordered::modified).thenComparing(arrival);
      case NAME -> Comparator.comparing(ordered -> ordered.candidate.name);
    };
  }

  /**
   * What was met in a listing came before whatever events tell of since, and is believed later:
   * until then nothing that came after it is ready, or a restart would turn the order around.
   *
   * @return when the first of those is due for whose sake something is held back
   */
  private long holdBack(List<Ordered> found, long now) {
    Candidate settling = null;
    for (Candidate candidate : candidates.values()) {
      boolean first = settling == null || candidate.order < settling.order;
      if (first && readiness.mayYetSettle(candidate, now)) {
        settling = candidate;
      }
    }
    if (settling == null) {
      return Long.MAX_VALUE;
    }
    for (Iterator<Ordered> all = found.iterator(); all.hasNext(); ) {
      Ordered ready = all.next();
      if (ready.verdict() instanceof Ready && ready.candidate().order > settling.order) {
        all.remove();
        ready.candidate().due = settling.due;
        ready.candidate().heldBack = true;
        ready.candidate().reason = "a file that came before it may still grow";
        candidates.put(ready.candidate().name, ready.candidate());
      }
    }
    return settling.due;
  }

  private void note(Candidate oldest) {
    sight =
        new Sight(
            listedOnce,
            listedAt,
            candidates.size(),
            Optional.ofNullable(oldest).map(first -> first.name),
            oldest == null ? 0 : oldest.met);
  }

  /** How it stands; for any thread, and while a look hangs too. */
  public Glance glance() {
    Sight last = sight;
    long now = nanoTime.getAsLong();
    return new Glance(
        last.listed() ? Optional.of(Duration.ofNanos(now - last.listedAt())) : Optional.empty(),
        Duration.ofNanos(now - madeAt),
        Duration.ofNanos(rescanNanos()),
        last.waiting(),
        last.oldest(),
        last.oldest().isPresent() ? Duration.ofNanos(now - last.oldestMet()) : Duration.ZERO);
  }

  private record Ordered(Candidate candidate, Verdict verdict) {
    /** Of what never was a file, and has none: before all others. */
    FileTime modified() {
      return candidate.looks == null ? FileTime.fromMillis(0) : candidate.looks.modified();
    }

    Found found() {
      String how = candidate.seen.name().toLowerCase(Locale.ROOT);
      return new Found(candidate.name, verdict, candidate.looks, how);
    }
  }

  /**
   * What was taken of the hints.
   *
   * @param since those that came after the loss for which a listing is asked: still to be worked
   *     off, for what the listing finds was there before them
   */
  private record Taken(boolean list, List<Hint> since) {}

  /** Works off the hints, oldest first. */
  private Taken takeHints() {
    List<Hint> taken;
    boolean list;
    int doubted;
    synchronized (this) {
      taken = hints;
      hints = new ArrayList<>();
      list = listingDue;
      listingDue = false;
      doubted = doubtedHints;
      doubtedHints = 0;
    }
    taken.subList(0, doubted).forEach(this::take);
    if (list) {
      // An event may be missing, so no writer's close can be waited for any more.
      candidates.values().stream()
          .filter(candidate -> candidate.seen == Seen.OPENED)
          .forEach(candidate -> candidate.seen = Seen.FOUND);
    }
    List<Hint> since = List.copyOf(taken.subList(doubted, taken.size()));
    if (!list) {
      since.forEach(this::take);
    }
    return new Taken(list, list ? since : List.of());
  }

  private void take(Hint hint) {
    if (hint.news() == News.FOLDER) {
      folderCame(hint.name());
      return;
    }
    TreeName name = hint.name();
    Optional<TreeName> owner =
        hint.news() == News.COMPANION
            ? Optional.of(name)
            : names.owner(name.name()).map(own -> new TreeName(name.folder(), own));
    if (owner.isPresent()) {
      // A companion says nothing of the deposit's own bytes: it is only looked at again.
      Optional.ofNullable(candidates.get(owner.get())).ifPresent(known -> known.due = hint.at());
    } else if (hint.news() == News.LEFT) {
      candidates.remove(name);
      folderLeft(name);
    } else if (names.whyNever(name).isEmpty()) {
      Candidate candidate = candidates.computeIfAbsent(name, Candidate::new);
      // The listing that has just met it knew its place among the others that it met. So did an
      // earlier one, if this event only lags behind it.
      boolean placed = candidate.order > placedFrom && candidate.order <= placedTo;
      boolean lags = candidate.seen == Seen.FOUND && isAsItWas(candidate);
      candidate.happened(
          Seen.valueOf(hint.news().name()),
          hint.at(),
          placed || lags ? candidate.order : ++arrivals);
    }
  }

  /**
   * It may hold files already, of which no event told: those that were moved along with it, and
   * those that were quicker than our watch. So it is listed once it is watched.
   */
  private void folderCame(TreeName name) {
    if (tree().filter(watch -> watch.hasMarkers(name.name())).isPresent()) {
      markersCame(name.folder());
      return;
    }
    if (!mayHoldFiles(name.folder())) {
      return;
    }
    Listing listing = new Listing();
    try {
      walk.below(name.folder(), name.name(), listing);
      listing.keep(nanoTime.getAsLong());
    } catch (IOException e) {
      listAllLater();
    }
  }

  private boolean mayHoldFiles(SubFolder below) {
    return below.parts().stream().allMatch(part -> names.whyNotInto(part).isEmpty());
  }

  /** If it was a folder, all that was known of it goes with its name. */
  private void folderLeft(TreeName name) {
    if (name.folder().whyNot(name.name()).isPresent()) {
      return;
    }
    SubFolder left = name.folder().plus(name.name());
    if (tree().filter(watch -> watch.left(left)).isPresent()) {
      candidates.keySet().removeIf(each -> each.folder().isWithin(left));
    }
  }

  /** There may be markers in it already. */
  private void markersCame(SubFolder beside) {
    try {
      tree().orElseThrow().markersCame(beside);
    } catch (IOException e) {
      listAllLater();
    }
    candidates.values().stream()
        .filter(candidate -> candidate.name.folder().equals(beside))
        .forEach(candidate -> candidate.due = nanoTime.getAsLong());
  }

  /** Whether it is the file, in the state, that was there when it was last looked at. */
  private boolean isAsItWas(Candidate candidate) {
    if (candidate.looks == null) {
      return false;
    }
    try {
      Optional<Branch> found = Branch.open(folder, candidate.name.folder());
      if (found.isEmpty()) {
        return false;
      }
      try (Branch in = found.get()) {
        FileIdentity looks = FileIdentity.of(candidate.name.name().in(in.path()));
        return looks.sameContentAs(candidate.looks)
            && looks.changed().equals(candidate.looks.changed());
      }
    } catch (IOException gone) {
      return false;
    }
  }

  private void list(long now, List<Hint> since) throws IOException {
    long before = arrivals;
    try {
      list(now);
      placedFrom = before;
      placedTo = arrivals;
    } finally {
      // In any case: they are in nobody else's hands.
      since.forEach(this::take);
      placedFrom = Long.MAX_VALUE;
    }
  }

  private void list(long now) throws IOException {
    Listing listing = new Listing();
    tree().ifPresent(TreeWatch::begin);
    refused.keySet().removeIf(folder -> !isThere(folder));
    try {
      walk.all(listing);
    } catch (IOException e) {
      listAllLater();
      throw e;
    }
    candidates.keySet().removeIf(name -> !listing.there.contains(name) && !listing.hides(name));
    tree().ifPresent(watch -> watch.keepOnly(listing.entered));
    listing.keep(now);
    listedAt = now;
    listedOnce = true;
  }

  private boolean isThere(TreeName name) {
    try {
      Optional<Branch> found = Branch.open(folder, name.folder());
      if (found.isEmpty()) {
        return false;
      }
      try (Branch in = found.get()) {
        return FileIdentity.of(name.name().in(in.path())).isFolder();
      }
    } catch (IOException gone) {
      return false;
    }
  }

  /** What one walk meets. */
  private final class Listing implements TreeWalk.Visitor {
    private final Set<TreeName> there = new HashSet<>();
    private final Set<SubFolder> entered = new HashSet<>();
    private final List<SubFolder> unread = new ArrayList<>();
    private final List<Ctime> unknown = new ArrayList<>();

    @Override
    public boolean isKnown(TreeName name) {
      return candidates.containsKey(name);
    }

    @Override
    public void met(TreeName name, Path way) {
      there.add(name);
      if (!candidates.containsKey(name) && names.whyNeverHere(name).isEmpty()) {
        ctime(name, way).ifPresent(unknown::add);
      }
    }

    @Override
    public void enters(Branch below) throws IOException {
      entered.add(below.folder());
      if (!isPolled()) {
        Optional<TreeWatch> watch = tree();
        if (watch.isPresent()) {
          watch.get().enters(below);
        }
      }
    }

    @Override
    public void refused(TreeName below, String why) {
      if (below.folder().whyNot(below.name()).isEmpty()) {
        unread.add(below.folder().plus(below.name()));
      }
      if (refused.size() < MOST_REFUSED && refused.put(below, why) == null) {
        refusedNow.add(new Refused(below, why));
      }
    }

    /** What stands in a folder that could not be read may be there still. */
    boolean hides(TreeName name) {
      return unread.stream().anyMatch(name.folder()::isWithin);
    }

    void keep(long now) {
      // The kernel's own time of the last change is the best witness of an order that nobody saw.
      unknown.sort(Comparator.comparing(Ctime::time).thenComparing(Ctime::name));
      for (Ctime file : unknown) {
        Candidate candidate = new Candidate(file.name());
        candidate.happened(Seen.FOUND, now, ++arrivals);
        candidates.put(file.name(), candidate);
      }
    }
  }

  /** Where no event is to be had of the top, none is to be had below. */
  private synchronized boolean isPolled() {
    return polling.getAsBoolean();
  }

  /** As {@link #listAll}, but wakes nobody: for a caller that will come again by itself. */
  public synchronized void listAllLater() {
    listingDue = true;
    doubtedHints = hints.size();
  }

  /**
   * As {@link #listAllLater}, for a caller that could not take what was ready: no event was lost,
   * so whatever came since the first time this was asked comes behind what the listing finds.
   */
  public synchronized void listOnceMore() {
    if (!listingDue) {
      listAllLater();
    }
  }

  private record Ctime(TreeName name, FileTime time) {}

  private static Optional<Ctime> ctime(TreeName name, Path way) {
    try {
      FileIdentity looks = FileIdentity.of(way);
      return looks.isFolder() ? Optional.empty() : Optional.of(new Ctime(name, looks.changed()));
    } catch (IOException goneSince) {
      return Optional.empty();
    }
  }

  /**
   * What the last look said of a file.
   *
   * @param lookAgain how long from now until the next look that needs no event; zero if it is due
   */
  public record Known(String reason, Duration lookAgain) {}

  /** Why a file waits, if it is known to; safe on any thread. */
  public Optional<Known> known(TreeName name) {
    return Optional.ofNullable(candidates.get(name))
        .map(
            candidate ->
                new Known(
                    candidate.reason,
                    Duration.ofNanos(Math.max(0, candidate.due - nanoTime.getAsLong()))));
  }

  /** Every file known to wait, with the reason of the last look. On the turn's thread. */
  public List<Waiting> waiting() {
    return candidates.values().stream()
        .sorted(Comparator.comparingLong(candidate -> candidate.order))
        .map(candidate -> new Waiting(candidate.name, candidate.reason))
        .toList();
  }
}
