package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.ReadyRules.EmptyFile;
import fr.epiconcept.navette.flux.config.ReadyRules.Marker;
import fr.epiconcept.navette.flux.file.Branch;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.TreeWalk;
import fr.epiconcept.navette.flux.file.Writers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A watched folder as whoever only looks sees it, by the same rules as {@link Inbox} but without a
 * memory: what a file looked like before nobody can tell here. Nothing is made or changed.
 */
public final class InboxView {
  /** The folder that Navette itself makes in an inbox. */
  private static final String STAGING = ".navette";

  /** How those begin that it makes in an out folder for its scripts. */
  private static final String RUN = ".navette-run-";

  private final Path folder;
  private final ReadyRules rules;
  private final Names names;
  private final Readiness readiness;

  /** Folders that the last listing could not enter. */
  private final Map<TreeName, String> refused = new ConcurrentHashMap<>();

  /** A view of {@code folder}, which may be missing. */
  public InboxView(Path folder, ReadyRules rules) {
    this.folder = folder;
    this.rules = rules;
    this.names = new Names(rules);
    this.readiness = new Readiness(folder, rules, names);
  }

  /**
   * How a file stands.
   *
   * @param bytes its size
   * @param since when it changed last, by the kernel's own time
   * @param why it is not taken; empty: as far as the disk tells, it is complete
   */
  public record Standing(long bytes, Instant since, Optional<String> why) {}

  private record Arrival(TreeName name, FileTime changed) {}

  /**
   * The names of all files, in order of arrival, also of those that never are taken; of folders out
   * of which nothing is taken, their own names. Left out are Navette's own folders, the markers and
   * hashes of files that are there, and what is another flux's where several share the folder.
   *
   * @throws IOException if the folder cannot be listed
   */
  public List<TreeName> list() throws IOException {
    Listing listing = new Listing();
    new TreeWalk(folder, rules.recursive(), names::whyNotInto).all(listing);
    List<Arrival> arrivals = new ArrayList<>(listing.all.size());
    for (Arrival each : listing.all) {
      if (!isOurs(each.name()) && !listing.isCompanion(each.name())) {
        arrivals.add(each);
      }
    }
    arrivals.sort(Comparator.comparing(Arrival::changed).thenComparing(Arrival::name));
    List<TreeName> ordered = new ArrayList<>(arrivals.size());
    arrivals.forEach(arrival -> ordered.add(arrival.name()));
    return ordered;
  }

  private final class Listing implements TreeWalk.Visitor {
    private final List<Arrival> all = new ArrayList<>();
    private final Set<TreeName> met = new HashSet<>();

    @Override
    public void met(TreeName name, Path way) {
      met.add(name);
      if (names.isListedHere(name)) {
        all.add(new Arrival(name, changed(way)));
      }
    }

    @Override
    public void ignored(Branch above, FileName below, String why) {
      TreeName name = new TreeName(above.folder(), below);
      all.add(new Arrival(name, changed(below.in(above.path()))));
    }

    @Override
    public void refused(TreeName below, String why) {
      all.add(new Arrival(below, FileTime.from(Instant.EPOCH)));
      refused.put(below, why);
    }

    boolean isCompanion(TreeName name) {
      return names
          .owner(name.name())
          .filter(owner -> met.contains(new TreeName(name.folder(), owner)))
          .isPresent();
    }
  }

  private boolean isOurs(TreeName name) {
    String text = name.name().toString();
    boolean known =
        text.equals(STAGING)
            || text.startsWith(RUN)
            || (rules.marker() == Marker.OK_FOLDER && text.equals(Names.OK));
    // A file of such a name is somebody's, and waits like any other.
    return known && Files.isDirectory(name.in(folder), LinkOption.NOFOLLOW_LINKS);
  }

  /** What cannot be looked at is listed first, with its reason. */
  private static FileTime changed(Path way) {
    try {
      return FileIdentity.of(way).changed();
    } catch (IOException goneOrClosedToUs) {
      return FileTime.from(Instant.EPOCH);
    }
  }

  /** How a file stands, or nothing if it is gone. */
  public Optional<Standing> look(TreeName name) {
    try {
      Optional<Branch> found = Branch.open(folder, name.folder());
      if (found.isEmpty()) {
        return Optional.empty();
      }
      try (Branch in = found.get()) {
        FileIdentity looks = FileIdentity.of(name.name().in(in.path()));
        return Optional.of(
            new Standing(looks.size(), looks.changed().toInstant(), why(name, in.path(), looks)));
      }
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          new Standing(0, Instant.EPOCH, Optional.of("cannot be looked at: " + e.getMessage())));
    }
  }

  private Optional<String> why(TreeName name, Path in, FileIdentity looks) {
    Path file = name.name().in(in);
    if (looks.isFolder()) {
      return Optional.of(whyNotInto(name));
    }
    Optional<String> never = names.whyNever(name);
    if (never.isPresent()) {
      return never;
    }
    if (!looks.isRegular()) {
      return Optional.of(Readiness.kind(looks) + ": it goes to quarantine");
    }
    if (!Files.isReadable(file)) {
      return Optional.of("no right to read it");
    }
    if (Writers.of(file) == Writers.SOME) {
      return Optional.of("its writer has not closed it");
    }
    if (looks.size() == 0 && rules.empty() == EmptyFile.WAIT) {
      return Optional.of("empty");
    }
    return readiness.missingCompanion(name.name(), in);
  }

  private String whyNotInto(TreeName below) {
    if (!rules.recursive()) {
      return "a folder: only files are taken";
    }
    return names
        .whyNotInto(below.name())
        .or(() -> Optional.ofNullable(refused.get(below)))
        .map(why -> "a folder, " + why)
        .orElse("a folder: only files are taken");
  }
}
