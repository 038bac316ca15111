package fr.epiconcept.navette.ingest.sftp;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.SftpRules;
import fr.epiconcept.navette.flux.config.SftpRules.Taken;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.inbox.Wanted;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.spool.SpoolView;
import fr.epiconcept.navette.ingest.sftp.Notes.Note;
import fr.epiconcept.navette.ingest.sftp.Remote.Looks;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Brings what a partner deposits on his server into a folder of ours, which is the flux's inbox to
 * everybody else.
 *
 * <p>A file is brought once it has had the same size and time in two looks. First it grows under
 * another name, and goes on where it was cut; then a {@link Notes note} says that it is here; then
 * it appears in the inbox. On the partner's server it stays until the broker has it. Only then is
 * it renamed there, looked at once more, and removed or moved; one that the partner has replaced
 * meanwhile gets its name back, and is a new file.
 */
final class Inward implements Crossing {
  /** SFTP tells times in seconds: a file may have been written since, and look the same. */
  private static final Duration SETTLES_IN = Duration.ofSeconds(2);

  /** With so many here that the broker has not got, the rest waits on the partner's server. */
  private static final int MOST_UNDER_WAY = 500;

  /** After so many the others of the flux are looked after. */
  private static final int AT_ONCE = 500;

  /** How often it is seen what of it the broker has by now. */
  private static final Duration SETTLED_EVERY = Duration.ofSeconds(1);

  /** A file that the server refuses is tried again after this. */
  private static final Duration AFTER_REFUSAL = Duration.ofMinutes(1);

  private final SftpRules rules;
  private final String folder;
  private final ReadyRules ready;
  private final Wanted wanted;
  private final Path inbox;
  private final Path parts;
  private final SpoolView spool;
  private final Notes notes;
  private final FluxLog log;
  private final LongSupplier nanoTime;
  private final BooleanSupplier ends;

  private volatile boolean takesNothingNew;
  private volatile boolean looksSoon;

  // The turn's own.
  private Map<FileName, Sight> seen = new HashMap<>();
  private boolean recovered;
  private long nextLook;

  /** The turn's word to others. */
  private volatile List<Waiting> waiting = List.of();

  /** What is known of a file there. */
  private static final class Sight {
    private final Looks looks;
    private final long since;
    private long notBefore;
    private String refusal = "";

    Sight(Looks looks, long since) {
      this.looks = looks;
      this.since = since;
      notBefore = since;
    }
  }

  /**
   * A file on the partner's server that has not been brought, and why.
   *
   * @param mayBeTaken whether it will be, if nothing changes
   */
  record Waiting(FileName name, Looks looks, boolean mayBeTaken, String why) {}

  /**
   * The way of a flux.
   *
   * @param spool the flux's spool, whose folder for this it makes
   * @param nanoTime the monotonic clock
   * @param ends whether whatever is under way is to be ended
   */
  Inward(
      SftpRules rules,
      ReadyRules ready,
      Path spool,
      FluxLog log,
      LongSupplier nanoTime,
      BooleanSupplier ends)
      throws IOException {
    this.rules = rules;
    this.folder = SftpLink.spelled(rules.inbox().orElseThrow().path());
    this.ready = ready;
    this.wanted = new Wanted(ready);
    this.inbox = SftpRules.inboxOf(spool);
    this.parts = SftpRules.folderOf(spool).resolve("parts");
    this.spool = new SpoolView(spool);
    DurableFile.makeFolder(inbox);
    DurableFile.makeFolder(parts);
    this.notes = new Notes(SftpRules.folderOf(spool).resolve("notes"));
    this.log = log;
    this.nanoTime = nanoTime;
    this.nextLook = nanoTime.getAsLong();
    this.ends = ends;
  }

  /** What a flux with such a source asks of its files here: they were complete before they came. */
  static ReadyRules here(ReadyRules there) {
    return new ReadyRules(
        Duration.ZERO,
        there.marker(),
        there.hash(),
        there.match(),
        there.ignore(),
        there.empty(),
        there.rescan());
  }

  @Override
  public boolean isDue() {
    return !takesNothingNew || notes.underWay() > 0;
  }

  @Override
  public Duration rest() {
    return rules.every();
  }

  /** Brings nothing any more; what was brought is still removed there when its time comes. */
  void takeNothingNew() {
    takesNothingNew = true;
  }

  /** The inbox is to be listed at the next crossing. */
  void lookSoon() {
    looksSoon = true;
  }

  /** How many files were brought and are not done with there. */
  int underWay() {
    return notes.underWay();
  }

  /** What waits there, as the last look found it. */
  List<Waiting> waiting() {
    return waiting;
  }

  @Override
  public Duration cross(SftpLink link) throws IOException {
    recover();
    boolean allSettled = settle(link);
    long now = nanoTime.getAsLong();
    boolean mayBring = !takesNothingNew && !isFull();
    if (mayBring && (looksSoon || nextLook - now <= 0)) {
      looksSoon = false;
      SftpLink.Listed listed = link.list(folder);
      List<Remote> there = listed.files();
      if (listed.whole()) {
        forgetKept(there);
      }
      boolean more = bring(link, there);
      nextLook = nanoTime.getAsLong() + (more ? Duration.ZERO : untilNextLook()).toNanos();
    }
    if (!allSettled) {
      return Duration.ZERO;
    }
    Duration look = Duration.ofNanos(Math.max(0, nextLook - nanoTime.getAsLong()));
    return notes.underWay() > 0 || takesNothingNew ? least(look, SETTLED_EVERY) : look;
  }

  private boolean isFull() {
    return notes.underWay() >= MOST_UNDER_WAY;
  }

  /** What is new is looked at a second time soon. */
  private Duration untilNextLook() {
    long now = nanoTime.getAsLong();
    boolean isNew =
        seen.values().stream().anyMatch(sight -> now - sight.since < settlesIn().toNanos());
    return isNew ? least(rules.every(), settlesIn()) : rules.every();
  }

  private static Duration least(Duration... all) {
    return Stream.of(all).min(Comparator.naturalOrder()).orElseThrow();
  }

  // --- after a crash ---

  /** What was whole and noted is put where it belongs; older beginnings are of no use. */
  private void recover() throws IOException {
    if (recovered) {
      return;
    }
    for (Note note : notes.all()) {
      Path whole = whole(note.name(), note.looks());
      if (!note.kept() && Files.exists(whole, LinkOption.NOFOLLOW_LINKS)) {
        appear(note.name(), whole);
      }
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(parts)) {
      for (Path file : files) {
        // A crash of the machine may have left a length without its bytes.
        if (!file.getFileName().toString().endsWith("." + Boot.id())) {
          Files.deleteIfExists(file);
        }
      }
    }
    recovered = true;
  }

  /** Where a file grows. */
  private Path part(FileName name, Looks looks) {
    return parts.resolve(digest(name, looks) + "." + Boot.id());
  }

  /** Where it stands when all of it is on disk, until it appears. */
  private Path whole(FileName name, Looks looks) {
    return parts.resolve(digest(name, looks) + ".whole");
  }

  private static String digest(FileName name, Looks looks) {
    return Digest.of(name, looks.size(), looks.modified());
  }

  // --- there, once the broker has it ---

  /**
   * Removes or moves on the partner's server what the broker has.
   *
   * @return whether all of it was done
   */
  private boolean settle(SftpLink link) throws IOException {
    List<Note> open = notes.all().stream().filter(note -> !note.kept()).toList();
    if (open.isEmpty()) {
      return true;
    }
    // In this order, in which files go: none slips from what is still to be read into what was.
    Set<FileName> here = namesIn(inbox);
    here.addAll(claimed());
    int done = 0;
    for (Note note : open) {
      if (ends.getAsBoolean() || done == AT_ONCE) {
        return false;
      }
      if (!here.contains(note.name()) && !hasCompanions(note.name())) {
        settle(note, link);
        done++;
      }
    }
    return true;
  }

  /** They go first: a marker that is left would vouch for the next file of that name. */
  private boolean hasCompanions(FileName name) {
    return wanted.companionsOf(name).stream()
        .anyMatch(companion -> notes.of(companion).filter(note -> !note.kept()).isPresent());
  }

  private Set<FileName> claimed() throws IOException {
    Set<FileName> names = new HashSet<>();
    for (Path own : spool.list(State.CLAIMED)) {
      spool.entry(own).map(Entry::name).ifPresent(names::add);
    }
    return names;
  }

  private static Set<FileName> namesIn(Path folder) throws IOException {
    Set<FileName> names = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        names.add(FileName.of(file));
      }
    }
    return names;
  }

  private void settle(Note note, SftpLink link) throws IOException {
    if (rules.taken() == Taken.KEEP) {
      notes.write(new Note(note.name(), note.looks(), true));
      return;
    }
    FileName aside = FileName.of(".navette-" + digest(note.name(), note.looks()));
    Optional<Remote> moved = link.look(folder, aside);
    if (moved.isEmpty()) {
      Optional<Remote> there = link.look(folder, note.name());
      if (there.isEmpty()) {
        // The partner took it back, or we have come as far as this before.
        notes.forget(note.name());
        return;
      }
      if (!isAs(note, there.get())) {
        replaced(note);
        return;
      }
      link.rename(SftpLink.in(folder, note.name()), SftpLink.in(folder, aside));
      moved = link.look(folder, aside);
    }
    // Out of the partner's reach, a look at it means something.
    if (moved.isPresent() && isAs(note, moved.get())) {
      away(note, aside, link);
      notes.forget(note.name());
    } else if (moved.isPresent()) {
      giveBack(note.name(), aside, link);
      replaced(note);
    }
  }

  private static boolean isAs(Note note, Remote there) {
    return there.regular() && there.looks().equals(note.looks());
  }

  private void replaced(Note note) throws IOException {
    log.warn(
        null, "replaced-at-source", "name", note.name(), "then", "the new one is another deposit");
    notes.forget(note.name());
  }

  private void away(Note note, FileName aside, SftpLink link) throws IOException {
    String from = SftpLink.in(folder, aside);
    if (rules.taken() == Taken.REMOVE) {
      link.remove(from);
      log.info(null, "removed-at-source", "name", note.name());
      return;
    }
    String target = SftpLink.spelled(rules.moveTo().orElseThrow());
    FileName as = place(target, note.name(), from, link);
    log.info(
        null,
        "moved-at-source",
        "name",
        note.name(),
        "to",
        SftpLink.shown(SftpLink.in(target, as)));
  }

  private void giveBack(FileName name, FileName aside, SftpLink link) throws IOException {
    FileName as = place(folder, name, SftpLink.in(folder, aside), link);
    if (!as.equals(name)) {
      log.warn(
          null, "renamed-at-source", "name", name, "to", as, "because", "there is a newer one");
    }
  }

  /** Renames to that name, or to the next that is free. */
  private static FileName place(String target, FileName name, String from, SftpLink link)
      throws IOException {
    FileName as = name;
    for (int n = 2; ; n++) {
      if (link.look(target, as).isEmpty()) {
        link.rename(from, SftpLink.in(target, as));
        return as;
      }
      as = name.numbered(n);
    }
  }

  /** What was kept there and is gone, or is another by now, needs no note any more. */
  private void forgetKept(List<Remote> there) throws IOException {
    Map<FileName, Looks> looks = new HashMap<>();
    there.stream().filter(Remote::regular).forEach(each -> looks.put(each.name(), each.looks()));
    for (Note note : notes.all()) {
      if (note.kept() && !note.looks().equals(looks.get(note.name()))) {
        notes.forget(note.name());
      }
    }
  }

  // --- from there ---

  /**
   * Brings what has settled.
   *
   * @return whether there is more to be brought at once
   */
  private boolean bring(SftpLink link, List<Remote> there) throws IOException {
    long now = nanoTime.getAsLong();
    List<Remote> settled = look(there, now);
    settled.sort(order());
    int brought = 0;
    for (Remote each : settled) {
      if (brought == AT_ONCE || ends.getAsBoolean() || takesNothingNew) {
        break;
      }
      if (isFull()) {
        tellWaiting(there, "as many as may be have been brought and wait for the broker");
        return false;
      }
      if (bring(each, link)) {
        brought++;
      }
    }
    tellWaiting(there, "next to be brought");
    return brought == AT_ONCE;
  }

  /** Notes what stands there, and answers what may be brought. */
  private List<Remote> look(List<Remote> there, long now) {
    Map<FileName, Sight> present = new HashMap<>();
    List<Remote> settled = new ArrayList<>();
    Set<FileName> names = new HashSet<>();
    there.forEach(each -> names.add(each.name()));
    for (Remote each : there) {
      if (!each.regular() || wanted.whyNot(each.name()).isPresent() || isBrought(each.name())) {
        continue;
      }
      Sight sight = seen.get(each.name());
      if (sight == null || !sight.looks.equals(each.looks())) {
        sight = new Sight(each.looks(), now);
      } else if (now - sight.since >= settlesIn().toNanos() && now - sight.notBefore >= 0) {
        if (whyNotYet(each, names).isEmpty()) {
          settled.add(each);
        }
      }
      present.put(each.name(), sight);
    }
    seen = present;
    return settled;
  }

  /** Why one that has settled stays there; the inbox here would ask for the same. */
  private Optional<String> whyNotYet(Remote file, Set<FileName> there) {
    Optional<FileName> owner = wanted.ownerOf(file.name());
    if (owner.isPresent()) {
      boolean hasOwner = there.contains(owner.get()) || isBrought(owner.get());
      return hasOwner ? Optional.empty() : Optional.of("there is no " + owner.get());
    }
    if (file.looks().size() == 0 && ready.empty() == ReadyRules.EmptyFile.WAIT) {
      return Optional.of("empty");
    }
    return wanted.companionsOf(file.name()).stream()
        .filter(companion -> !there.contains(companion))
        .findFirst()
        .map(missing -> "there is no " + missing);
  }

  private boolean isBrought(FileName name) {
    return notes.of(name).isPresent();
  }

  private Duration settlesIn() {
    return ready.quiet().compareTo(SETTLES_IN) > 0 ? ready.quiet() : SETTLES_IN;
  }

  /** The server does not say when a file came under its name: its time is all there is. */
  private Comparator<Remote> order() {
    Comparator<Remote> byName = Comparator.comparing(Remote::name);
    return ready.order() == ReadyRules.Order.NAME
        ? byName
        : Comparator.comparingLong((Remote each) -> each.looks().modified()).thenComparing(byName);
  }

  private boolean bring(Remote file, SftpLink link) throws IOException {
    Sight sight = seen.get(file.name());
    try {
      return fetch(file, link);
    } catch (SftpFault e) {
      if (e.isOfLink()) {
        throw e;
      }
      sight.notBefore = nanoTime.getAsLong() + AFTER_REFUSAL.toNanos();
      if (!e.getMessage().equals(sight.refusal)) {
        sight.refusal = e.getMessage();
        log.error(
            null,
            "not-brought",
            "name",
            file.name(),
            "reason",
            e.getMessage(),
            "again-in",
            AFTER_REFUSAL);
      }
      return false;
    }
  }

  private boolean fetch(Remote file, SftpLink link) throws IOException {
    Path part = part(file.name(), file.looks());
    long began = nanoTime.getAsLong();
    long had;
    try (FileChannel to =
        FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      had = to.size();
      Looks at =
          had > file.looks().size()
              ? null
              : link.fetch(folder, file.name(), to, file.looks().size(), ends::getAsBoolean);
      if (!file.looks().equals(at) || to.size() != file.looks().size()) {
        Files.delete(part);
        seen.remove(file.name());
        return false;
      }
      Files.setLastModifiedTime(
          part, FileTime.from(Instant.ofEpochSecond(file.looks().modified())));
      to.force(true);
    }
    Path whole = whole(file.name(), file.looks());
    Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
    NativeFiles.syncFolder(parts);
    notes.write(new Note(file.name(), file.looks(), false));
    appear(file.name(), whole);
    seen.remove(file.name());
    log.info(
        null,
        "brought",
        "name",
        file.name(),
        "bytes",
        file.looks().size(),
        "resumed-at",
        had == 0 ? null : had,
        "took",
        Duration.ofNanos(nanoTime.getAsLong() - began));
    return true;
  }

  private void appear(FileName name, Path whole) throws IOException {
    if (!NativeFiles.renameNoReplace(whole, name.in(inbox))) {
      throw new IOException("somebody else's file stands in " + name.in(inbox) + ": move it away");
    }
    NativeFiles.syncFolder(inbox);
    NativeFiles.syncFolder(parts);
  }

  private void tellWaiting(List<Remote> there, String next) {
    List<Waiting> all = new ArrayList<>();
    Set<FileName> names = new HashSet<>();
    there.forEach(each -> names.add(each.name()));
    for (Remote each : there) {
      Optional<String> never =
          each.regular() ? wanted.whyNot(each.name()) : Optional.of("no regular file");
      Sight sight = seen.get(each.name());
      if (never.isPresent() && !each.name().isHidden()) {
        all.add(new Waiting(each.name(), each.looks(), false, never.get()));
      } else if (never.isEmpty() && sight != null) {
        String why = whyNotYet(each, names).orElseGet(() -> why(sight, next));
        all.add(new Waiting(each.name(), each.looks(), true, why));
      }
    }
    waiting = all;
  }

  private String why(Sight sight, String next) {
    if (!sight.refusal.isEmpty()) {
      return sight.refusal;
    }
    long age = nanoTime.getAsLong() - sight.since;
    return age < settlesIn().toNanos() ? "it may still grow" : next;
  }
}
