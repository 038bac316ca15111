package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.file.TreeWalk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The file that has waited longest in a watched folder, among those that can be deposits. Nothing
 * is changed, and nothing remembered but the oldest so far.
 *
 * @param since when its inode changed last: its sender cannot set that back as it can the mtime. A
 *     file that still grows is young
 */
public record OldestFile(TreeName name, Instant since) {
  /** So many are looked at; in a folder with more, one of these has waited long enough too. */
  private static final int MOST = 20_000;

  /**
   * Looks.
   *
   * @throws IOException if the folder cannot be listed
   */
  public static Optional<OldestFile> in(Path folder, ReadyRules rules) throws IOException {
    Names names = new Names(rules);
    Search search = new Search(names);
    new TreeWalk(folder, names.recursive(), names::whyNotInto).all(search);
    return Optional.ofNullable(search.oldest);
  }

  private static final class Search implements TreeWalk.Visitor {
    private final Names names;
    private OldestFile oldest;
    private int looked;

    Search(Names names) {
      this.names = names;
    }

    @Override
    public boolean isOver() {
      return looked == MOST;
    }

    @Override
    public void met(TreeName name, Path way) throws IOException {
      if (names.whyNeverHere(name).isPresent()) {
        return;
      }
      looked++;
      Optional<Instant> since = changed(way);
      if (since.isPresent() && (oldest == null || since.get().isBefore(oldest.since()))) {
        oldest = new OldestFile(name, since.get());
      }
    }
  }

  private static Optional<Instant> changed(Path file) throws IOException {
    try {
      Map<String, Object> looks =
          Files.readAttributes(file, "unix:ctime,isDirectory", LinkOption.NOFOLLOW_LINKS);
      return Boolean.TRUE.equals(looks.get("isDirectory"))
          ? Optional.empty()
          : Optional.of(((FileTime) looks.get("ctime")).toInstant());
    } catch (NoSuchFileException taken) {
      return Optional.empty();
    }
  }
}
