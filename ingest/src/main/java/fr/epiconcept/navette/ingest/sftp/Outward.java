package fr.epiconcept.navette.ingest.sftp;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.config.FolderTarget;
import fr.epiconcept.navette.flux.config.FolderTarget.IfExists;
import fr.epiconcept.navette.flux.config.SftpRules;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.ingest.sftp.Remote.Looks;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Puts acknowledgements from a folder of ours onto a partner's server, in the order in which they
 * came, each under a hidden name first.
 *
 * <p>Before the rename that shows a file there, a note says that it is about to come: when the
 * hidden name is gone after a crash, the rename was done. The partner may have taken the file by
 * then; it is not sent a second time.
 */
final class Outward implements Crossing {
  /** Smaller ones are begun anew rather than asked how far they are. */
  private static final long WORTH_RESUMING = 1 << 20;

  private static final int AT_ONCE = 500;
  private static final Duration REST = Duration.ofSeconds(30);

  /** How often a name that is taken is looked at again. */
  private static final Duration HELD = Duration.ofSeconds(30);

  private final String folder;
  private final String shown;
  private final FolderTarget target;
  private final Path outbox;
  private final Path notes;
  private final FluxLog log;
  private final LongSupplier nanoTime;
  private final BooleanSupplier ends;

  /** Held while an answer is put into the folder of ours, or taken out of it. */
  private final Object landing = new Object();

  private boolean recovered;

  /** Why the first of them is not put there, though the link stands. */
  private volatile String held = "";

  /**
   * The way of a flux.
   *
   * @param target the folder of ours, with the mode of files there and what happens if a name is
   *     taken there
   * @param nanoTime the monotonic clock
   * @param ends whether whatever is under way is to be ended
   */
  Outward(
      SftpRules rules,
      FolderTarget target,
      Path spool,
      FluxLog log,
      LongSupplier nanoTime,
      BooleanSupplier ends)
      throws IOException {
    this.folder = SftpLink.spelled(rules.out().orElseThrow().path());
    this.shown = rules.out().orElseThrow().toString();
    this.target = target;
    this.outbox = target.path();
    this.notes = SftpRules.folderOf(spool).resolve("delivering");
    this.log = log;
    this.nanoTime = nanoTime;
    this.ends = ends;
    DurableFile.makeFolder(outbox);
    DurableFile.makeFolder(notes);
  }

  /** A file of ours that waits to be put there. */
  record Waiting(FileName name, FileIdentity looks) {
    private String digest() {
      // The ctime is of the moment when it appeared, and no later file has it again.
      return Digest.of(name, looks.size(), looks.inode(), looks.changed().toInstant());
    }
  }

  @Override
  public boolean isDue() throws IOException {
    return !waiting().isEmpty();
  }

  @Override
  public Duration rest() {
    return REST;
  }

  /** To be held while an answer is put into the folder of ours. */
  Object landing() {
    return landing;
  }

  /** Why the first of them is not put there; empty if nothing is known against it. */
  Optional<String> held() {
    return Optional.of(held).filter(why -> !why.isEmpty());
  }

  /** In the order in which they came. */
  List<Waiting> waiting() throws IOException {
    return waiting(outbox);
  }

  /** What waits in such a folder, in the order in which it came. */
  static List<Waiting> waiting(Path outbox) throws IOException {
    List<Waiting> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(outbox)) {
      for (Path file : all) {
        FileName name = FileName.of(file);
        if (!name.isHidden()) {
          look(file).ifPresent(looks -> files.add(new Waiting(name, looks)));
        }
      }
    }
    files.sort(
        Comparator.comparing((Waiting each) -> each.looks().changed())
            .thenComparing(Waiting::name));
    return files;
  }

  private static Optional<FileIdentity> look(Path file) throws IOException {
    try {
      return Optional.of(FileIdentity.of(file)).filter(FileIdentity::isRegular);
    } catch (NoSuchFileException replaced) {
      return Optional.empty();
    }
  }

  @Override
  public Duration cross(SftpLink link) throws IOException {
    List<Waiting> files = waiting();
    recover(files);
    int done = 0;
    Optional<Waiting> first = Optional.empty();
    for (Waiting file : files) {
      if (ends.getAsBoolean() || done == AT_ONCE) {
        return Duration.ZERO;
      }
      if (deliver(file, link)) {
        done++;
      } else {
        first = first.or(() -> Optional.of(file));
      }
    }
    hold(first);
    return first.isPresent() ? HELD : REST;
  }

  /** Notes of files that are gone are of no use. */
  private void recover(List<Waiting> files) throws IOException {
    if (recovered) {
      return;
    }
    Set<String> known = new HashSet<>();
    files.forEach(file -> known.add(file.digest()));
    try (DirectoryStream<Path> all = Files.newDirectoryStream(notes)) {
      for (Path note : all) {
        if (!known.contains(note.getFileName().toString())) {
          Files.delete(note);
        }
      }
    }
    recovered = true;
  }

  /** Whether it is there; false: its name is taken, and it is to wait. */
  private boolean deliver(Waiting file, SftpLink link) throws IOException {
    long began = nanoTime.getAsLong();
    FileName hidden = FileName.of(".navette-" + file.digest() + ".part");
    Path note = notes.resolve(file.digest());
    Optional<String> about = DurableFile.read(note).map(String::strip);
    Optional<Looks> there = link.look(folder, hidden).map(Remote::looks);
    if (about.isPresent() && there.isEmpty()) {
      delivered(file, FileName.decode(about.get()), note, began);
      return true;
    }
    if (waitsForItsName(file, link)) {
      return false;
    }
    put(file, hidden, there, link);
    Optional<FileName> as = show(file, hidden, note, link);
    if (as.isPresent()) {
      delivered(file, as.get(), note, began);
    }
    return as.isPresent();
  }

  /** Before all of it is written there once more, only to wait. */
  private boolean waitsForItsName(Waiting file, SftpLink link) throws SftpFault {
    return target.ifExists() == IfExists.HOLD && link.look(folder, file.name()).isPresent();
  }

  private void put(Waiting file, FileName hidden, Optional<Looks> there, SftpLink link)
      throws IOException {
    long size = file.looks().size();
    long at = there.map(Looks::size).filter(had -> had <= size && had > WORTH_RESUMING).orElse(0L);
    try (FileChannel from =
        FileChannel.open(
            file.name().in(outbox), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      link.put(folder, hidden, from, at, target.mode(), ends::getAsBoolean);
    }
    if (!link.look(folder, hidden).map(Remote::looks).map(Looks::size).equals(Optional.of(size))) {
      throw SftpFault.refused(
          "what was written of " + file.name() + " to " + shown + " is not what stands there",
          null);
    }
  }

  /** Gives it its name, or the next that is free; nothing if it must wait for its own. */
  private Optional<FileName> show(Waiting file, FileName hidden, Path note, SftpLink link)
      throws IOException {
    String from = SftpLink.in(folder, hidden);
    FileName as = file.name();
    for (int n = 2; ; n++) {
      String to = SftpLink.in(folder, as);
      if (target.ifExists() == IfExists.OVERWRITE) {
        DurableFile.replace(note, as.encoded() + "\n");
        link.replace(from, to);
        return Optional.of(as);
      }
      if (link.look(folder, as).isEmpty()) {
        DurableFile.replace(note, as.encoded() + "\n");
        if (renamed(from, as, link)) {
          return Optional.of(as);
        }
      }
      if (target.ifExists() == IfExists.HOLD) {
        return Optional.empty();
      }
      as = file.name().numbered(n);
    }
  }

  /** Whether it has that name now; false: somebody else's file has, since a moment ago. */
  private boolean renamed(String from, FileName as, SftpLink link) throws IOException {
    try {
      link.rename(from, SftpLink.in(folder, as));
      return true;
    } catch (SftpFault e) {
      if (!e.isOfLink() && link.look(folder, as).isPresent()) {
        return false;
      }
      throw e;
    }
  }

  private void hold(Optional<Waiting> first) {
    String why =
        first
            .map(file -> "if-exists: hold, and there is a " + file.name() + " in " + shown)
            .orElse("");
    if (first.isPresent() && !why.equals(held)) {
      log.warn(null, "not-delivered", "name", first.get().name(), "reason", why, "again-in", HELD);
    }
    held = why;
  }

  private void delivered(Waiting file, FileName as, Path note, long began) throws IOException {
    synchronized (landing) {
      Path here = file.name().in(outbox);
      // Where names are overwritten, a newer answer may stand there by now.
      if (look(here).filter(file.looks()::equals).isPresent()) {
        Files.delete(here);
        NativeFiles.syncFolder(outbox);
      }
    }
    Files.deleteIfExists(note);
    log.info(
        null,
        "delivered",
        "name",
        file.name(),
        "bytes",
        file.looks().size(),
        "to",
        shown,
        "as",
        as.equals(file.name()) ? null : as,
        "took",
        Duration.ofNanos(nanoTime.getAsLong() - began));
  }
}
