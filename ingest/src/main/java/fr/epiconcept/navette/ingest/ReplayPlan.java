package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.Kept;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.view.Replayed;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the files that a {@link ReplayOrder} means, as disk tells it: among the dead letters'
 * records and in the archive. Reads only, so a command may use it beside a running daemon, or
 * without one.
 *
 * <p>A file that is a replay itself is found by its id or as a dead letter only: by name and by
 * period its original is found, and to process both would be once too many.
 *
 * <p>In memory are the ids of the dead letters, of the replays, and of one day.
 */
public final class ReplayPlan {
  private final Path spool;
  private final KeptFolder archive;
  private final Repeated repeated;

  /** A file that is meant. */
  record Chosen(
      FileId id,
      FileId first,
      Optional<TreeName> name,
      Optional<Path> file,
      boolean dead,
      Optional<String> problem) {

    /** For people, before it is replayed. */
    Replayed shown() {
      return shown(Optional.empty(), problem);
    }

    Replayed shown(Optional<FileId> as, Optional<String> why) {
      long bytes = 0;
      try {
        bytes = file.isPresent() ? FileIdentity.of(file.get()).size() : 0;
      } catch (IOException gone) {
        // The problem says so.
      }
      return new Replayed(
          id,
          as,
          name.map(TreeName::display).orElse(""),
          bytes,
          dead,
          file.map(Path::toString),
          why);
    }

    Chosen but(String why) {
      return new Chosen(id, first, name, file, dead, Optional.of(why));
    }

    /** What keeps others from being replayed does not keep one that the broker has lost. */
    Chosen asLost() {
      return new Chosen(id, first, name, file, dead, Optional.empty());
    }
  }

  /** Takes files as they are found, the oldest deposit first. */
  @FunctionalInterface
  interface Taker {
    void take(Chosen chosen) throws IOException, Refusal, InterruptedException;
  }

  /** Takes them for people. */
  @FunctionalInterface
  public interface Shower {
    void show(Replayed file) throws IOException;
  }

  /**
   * The files of a flux.
   *
   * @param state the daemon's state folder for the flux
   */
  public ReplayPlan(IngestSection section, Path state, ZoneId zone) {
    this.spool = section.spool();
    this.archive = new KeptFolder(section.archive(), zone);
    this.repeated = new Repeated(state);
  }

  /** What a replay would do. */
  public void show(ReplayOrder selection, Shower shower)
      throws IOException, Refusal, InterruptedException {
    each(selection, Optional.empty(), chosen -> shower.show(chosen.shown()));
  }

  /**
   * Gives each file that is meant to {@code taker}, those that cannot be replayed too.
   *
   * @param below only ids before this one: what a replay itself brings into the archive is not
   *     meant
   */
  void each(ReplayOrder selection, Optional<FileId> below, Taker taker)
      throws IOException, Refusal, InterruptedException {
    Map<FileId, FileId> firsts = repeated.read();
    Map<Path, TreeSet<FileId>> deadByDay = new TreeMap<>();
    for (FileId id : ids("dead")) {
      deadByDay.computeIfAbsent(archive.day(id), day -> new TreeSet<>()).add(id);
    }
    TreeSet<Path> days = new TreeSet<>(deadByDay.keySet());
    if (!selection.dead()) {
      requireArchive();
      days.addAll(archive.days());
    }
    boolean found = false;
    for (Path day : days) {
      TreeSet<FileId> dead = deadByDay.getOrDefault(day, new TreeSet<>());
      Map<FileId, Kept> kept =
          selection.dead() || !mayHold(selection, day) ? Map.of() : Kept.in(day);
      TreeSet<FileId> ids = new TreeSet<>(dead);
      ids.addAll(kept.keySet());
      for (FileId id : ids) {
        boolean mayBe = selection.mayTake(id) && (below.isEmpty() || id.compareTo(below.get()) < 0);
        if (!mayBe) {
          continue;
        }
        boolean isDead = dead.contains(id);
        if (!isDead && firsts.containsKey(id) && selection.id().isEmpty()) {
          continue;
        }
        Chosen chosen =
            isDead
                ? dead(id, Optional.ofNullable(kept.get(id)), firsts)
                : kept(kept.get(id), firsts);
        if (chosen.name().isEmpty() || selection.takes(chosen.name().get())) {
          taker.take(chosen);
          found = true;
        }
      }
    }
    if (!found && selection.id().isPresent()) {
      taker.take(missing(selection.id().get()));
    }
  }

  private void requireArchive() throws Refusal {
    if (!Files.isDirectory(archive.folder())) {
      throw new Refusal("the archive " + archive.folder() + " is missing: is it mounted?");
    }
  }

  /** An id leads to its day; a period is left to the ids. */
  private boolean mayHold(ReplayOrder selection, Path day) {
    return selection.id().isEmpty() || archive.day(selection.id().get()).equals(day);
  }

  private Chosen dead(FileId id, Optional<Kept> kept, Map<FileId, FileId> firsts)
      throws IOException {
    Optional<String> record = DurableFile.read(spool.resolve("dead").resolve(id.value()));
    if (record.isEmpty()) {
      return unknown(id, true).but("it is no dead letter any more");
    }
    try {
      Arrived arrived = Arrived.parse(id, record.get().strip());
      Chosen chosen =
          new Chosen(
              id,
              firsts.getOrDefault(id, arrived.first()),
              Optional.of(arrived.name()),
              Optional.of(arrived.archive()),
              true,
              Optional.empty());
      return whole(chosen);
    } catch (RuntimeException damaged) {
      String why = "its record in " + spool.resolve("dead") + " is damaged";
      return kept.isPresent()
          ? new Chosen(
              id,
              firsts.getOrDefault(id, id),
              Optional.of(kept.get().name()),
              Optional.of(kept.get().file()),
              true,
              Optional.of(why + "; if the archive has it, --id replays it"))
          : unknown(id, true).but(why);
    }
  }

  private Chosen kept(Kept kept, Map<FileId, FileId> firsts) throws IOException {
    FileId id = kept.id();
    Chosen chosen =
        new Chosen(
            id,
            firsts.getOrDefault(id, id),
            Optional.of(kept.name()),
            Optional.of(kept.file()),
            false,
            Optional.empty());
    if (Files.exists(spool.resolve("arrived").resolve(id.value()))) {
      return chosen.but("it is under way: its outcome has not come yet");
    }
    return whole(chosen);
  }

  private static Chosen whole(Chosen chosen) throws IOException {
    Path file = chosen.file().orElseThrow();
    try {
      return FileIdentity.of(file).isRegular()
          ? chosen
          : chosen.but("what stands in the archive is no regular file: " + file);
    } catch (NoSuchFileException gone) {
      return chosen.but("not in the archive any more (purged?): " + file);
    }
  }

  private Chosen missing(FileId id) throws IOException {
    for (String state : new String[] {"claimed", "again", "published"}) {
      try (DirectoryStream<Path> own =
          Files.newDirectoryStream(spool.resolve(state), id.value() + "*")) {
        if (own.iterator().hasNext()) {
          return unknown(id, false).but("it is under way: no worker has it yet");
        }
      } catch (NoSuchFileException neverMade) {
        // Then nothing is under way there.
      }
    }
    return unknown(id, false)
        .but(
            "neither among the dead letters nor in the archive (purged?): "
                + archive.day(id).resolve(id + "-*"));
  }

  private static Chosen unknown(FileId id, boolean dead) {
    return new Chosen(id, id, Optional.empty(), Optional.empty(), dead, Optional.empty());
  }

  private Set<FileId> ids(String records) throws IOException {
    Set<FileId> ids = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(spool.resolve(records))) {
      for (Path file : files) {
        FileId.parse(file.getFileName().toString()).ifPresent(ids::add);
      }
    } catch (NoSuchFileException none) {
      return ids;
    }
    return ids;
  }
}
