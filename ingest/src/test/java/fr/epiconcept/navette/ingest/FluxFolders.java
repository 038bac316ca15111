package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.FolderTarget;
import fr.epiconcept.navette.flux.config.FolderTarget.IfExists;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.ledger.Ledger;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Records;
import fr.epiconcept.navette.flux.spool.Spool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The folders of one flux on a file server, with real files and a real log; no daemon. */
final class FluxFolders implements AutoCloseable {
  static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  static final String DAY = "2026-11-23";

  final FluxName flux;
  final Path root;
  final Path inbox;
  final Path archiveFolder;
  final Path quarantineFolder;
  final Path out;
  final Spool spool;
  final Records arrived;
  final Records dead;
  final Marks marks;
  final FluxLog log;
  final Ledger ledger;
  private final Path logFile;
  private final FileIds ids = new FileIds(InstantSource.fixed(NOON));
  private final FluxLogs logs = new FluxLogs(InstantSource.fixed(NOON), ZoneOffset.UTC);

  FluxFolders(Path root, FluxName flux) throws IOException {
    this.root = root;
    this.flux = flux;
    inbox = Files.createDirectories(root.resolve("inbox"));
    archiveFolder = Files.createDirectories(root.resolve("archive"));
    quarantineFolder = Files.createDirectories(root.resolve("quarantine"));
    out = Files.createDirectories(root.resolve("out"));
    spool = new Spool(root.resolve("spool"));
    arrived = new Records(root.resolve("spool/arrived"));
    dead = new Records(root.resolve("spool/dead"));
    marks = new Marks(root.resolve("marks"));
    logFile = root.resolve("flux.log");
    log = logs.open(flux, logFile);
    ledger = new Ledger(spool.folder(), log);
  }

  FileId newId() {
    return ids.next();
  }

  /** A deposit that is claimed. */
  Entry claimed(FileName name, byte[] content) throws IOException {
    Files.write(name.in(inbox), content);
    return claim(name);
  }

  /** Likewise; the name may have folders before it. */
  Entry claimed(String name, String content) throws IOException {
    Path file = inbox.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    int own = name.lastIndexOf('/') + 1;
    List<FileName> folder =
        Stream.of(name.substring(0, own).split("/"))
            .filter(part -> !part.isEmpty())
            .map(FileName::of)
            .toList();
    TreeName inTree = new TreeName(SubFolder.of(folder), FileName.of(name.substring(own)));
    return spool.claim(inbox, inTree, newId(), Optional.empty()).orElseThrow();
  }

  /** Claims what stands in the inbox, whatever it is. */
  Entry claim(FileName name) throws IOException {
    return spool.claim(inbox, name, newId(), Optional.empty()).orElseThrow();
  }

  /** What sends its deposits; it checks nothing. */
  DepositCargo cargo() {
    return new DepositCargo(
        flux,
        new Check(flux, section(Optional.empty(), Duration.ofMinutes(1))),
        new Quarantine(
            new KeptFolder(quarantineFolder, ZoneOffset.UTC), spool, ledger, log, Checkpoint.NONE),
        ReadyRules.EmptyFile.ACCEPT,
        ledger,
        Home.ONE_WORKER);
  }

  KeptFolder archive() {
    return new KeptFolder(archiveFolder, ZoneOffset.UTC);
  }

  /** Where the archive has the file of an entry. */
  Path archived(Entry entry) {
    return archive().place(entry.id(), entry.path());
  }

  FolderTarget outTarget(IfExists ifExists) {
    return new FolderTarget(
        out,
        Optional.empty(),
        Optional.empty(),
        PosixFilePermissions.fromString("rw-r-----"),
        ifExists);
  }

  IngestSection section(Optional<List<String>> check, Duration timeout) {
    return new IngestSection(
        inbox,
        spool.folder(),
        archiveFolder,
        quarantineFolder,
        Optional.of(outTarget(IfExists.SUFFIX)),
        ReadyRules.defaults(),
        check,
        timeout,
        logFile);
  }

  /** The lines of the flux's log that tell {@code event}. */
  List<String> told(String event) {
    try {
      return Files.exists(logFile)
          ? Files.readAllLines(logFile).stream()
              .filter(line -> List.of(line.split(" ", 5)).indexOf(event) == 3)
              .toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    logs.close();
  }
}
