package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.ReadyRules.EmptyFile;
import fr.epiconcept.navette.flux.config.ReadyRules.Marker;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.Writers;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
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
import java.util.Optional;
import java.util.Set;

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

  private record Arrival(FileName name, FileTime changed) {}

  /**
   * The names of all files, in order of arrival, also of those that never are taken. Left out are
   * Navette's own folders, the markers and hashes of files that are there, and what is another
   * flux's where several share the folder.
   *
   * @throws IOException if the folder cannot be listed
   */
  public List<FileName> list() throws IOException {
    Set<FileName> all = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(file -> all.add(FileName.of(file)));
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    List<Arrival> arrivals = new ArrayList<>(all.size());
    for (FileName name : all) {
      boolean companion = names.owner(name).filter(all::contains).isPresent();
      if (!isOurs(name) && !companion && names.isListedHere(name)) {
        arrivals.add(new Arrival(name, changed(name)));
      }
    }
    arrivals.sort(Comparator.comparing(Arrival::changed).thenComparing(Arrival::name));
    List<FileName> ordered = new ArrayList<>(arrivals.size());
    arrivals.forEach(arrival -> ordered.add(arrival.name()));
    return ordered;
  }

  private boolean isOurs(FileName name) {
    String text = name.toString();
    boolean known =
        text.equals(STAGING)
            || text.startsWith(RUN)
            || (rules.marker() == Marker.OK_FOLDER && text.equals(Names.OK));
    // A file of such a name is somebody's, and waits like any other.
    return known && Files.isDirectory(name.in(folder), LinkOption.NOFOLLOW_LINKS);
  }

  /** What cannot be looked at is listed first, with its reason. */
  private FileTime changed(FileName name) {
    try {
      return FileIdentity.of(name.in(folder)).changed();
    } catch (IOException goneOrClosedToUs) {
      return FileTime.from(Instant.EPOCH);
    }
  }

  /** How a file stands, or nothing if it is gone. */
  public Optional<Standing> look(FileName name) {
    Path file = name.in(folder);
    try {
      FileIdentity looks = FileIdentity.of(file);
      return Optional.of(
          new Standing(looks.size(), looks.changed().toInstant(), why(name, file, looks)));
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          new Standing(0, Instant.EPOCH, Optional.of("cannot be looked at: " + e.getMessage())));
    }
  }

  private Optional<String> why(FileName name, Path file, FileIdentity looks) {
    if (looks.isFolder()) {
      return Optional.of("a folder: only files are taken");
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
    return readiness.missingCompanion(name);
  }
}
