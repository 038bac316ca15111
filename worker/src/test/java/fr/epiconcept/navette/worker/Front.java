package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FolderTarget;
import fr.epiconcept.navette.flux.config.FolderTarget.IfExists;
import fr.epiconcept.navette.flux.config.PhpFpm;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.RetryRules;
import fr.epiconcept.navette.flux.config.WorkerSection;
import fr.epiconcept.navette.flux.config.WorkerSection.OnFailure;
import fr.epiconcept.navette.flux.config.WorkerSection.OnInterrupt;
import fr.epiconcept.navette.flux.config.WorkerSection.Priority;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.landing.Landing;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.spool.Spool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * The processing server of one flux in a temporary folder: its folders, its script, its log. What a
 * daemon keeps only in memory is made anew by each {@link #parts}.
 */
final class Front implements AutoCloseable {
  static final FluxName LABO = new FluxName("labo");

  /** For a script: notes that it ran, so that a test can count. */
  static final String COUNTS = "echo \"$NAVETTE_NAME\" >>\"$ROOT/ran\"\n";

  /** For a script: one answer, by way of a hidden name. */
  static final String ANSWERS =
      """
      echo "seen $NAVETTE_NAME" >"$NAVETTE_OUT/.t"
      mv "$NAVETTE_OUT/.t" "$NAVETTE_OUT/ack-$NAVETTE_NAME"
      """;

  final Path root;
  final Path storage;
  final Path out;
  final Path archive;
  final Path state;
  final FluxLogs logs = new FluxLogs();
  final FluxLog log;
  final FileIds ids = new FileIds(InstantSource.system());

  // What a flux's file would say; a test changes it before it asks for the section.
  RetryRules retry = RetryRules.defaults();
  OnFailure onFailure = OnFailure.CONTINUE;
  OnInterrupt onInterrupt = OnInterrupt.RERUN;
  Duration timeout = Duration.ofMinutes(1);
  Optional<Path> archiveOrNone = Optional.empty();
  Optional<Path> outOrNone;
  Optional<PhpFpm> phpFpm = Optional.empty();
  final Map<String, String> env = new HashMap<>();
  boolean recursive;
  int concurrency = 1;
  int ahead = 32;
  InstantSource clock = InstantSource.system();
  Priority priority = Priority.NORMAL;
  Places places = new Places(64);

  Front(Path root) throws IOException {
    this.root = root;
    storage = Files.createDirectories(root.resolve("storage"));
    out = Files.createDirectories(root.resolve("out"));
    archive = root.resolve("archive");
    state = Files.createDirectories(root.resolve("state"));
    outOrNone = Optional.of(out);
    env.put("ROOT", root.toString());
    log = logs.open(LABO, root.resolve("labo.log"));
    script(COUNTS + ANSWERS);
  }

  /** Gives the flux another script. */
  Front script(String body) throws IOException {
    // Another file each time: one that runs cannot be written.
    Path fresh = root.resolve("script.new");
    Files.writeString(fresh, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(fresh, root.resolve("script"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    return this;
  }

  private List<String> ownScript() {
    return List.of(root.resolve("script").toString(), "{file}");
  }

  /** Gives the flux a script that a php-fpm runs. */
  Front php(String body) throws IOException {
    Path script = Files.writeString(root.resolve("script.php"), "<?php\n" + body);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rw-r--r--"));
    return this;
  }

  WorkerSection section() {
    return section("files1");
  }

  WorkerSection section(String fileServer) {
    return new WorkerSection(
        fileServer,
        new FolderTarget(
            storage,
            Optional.empty(),
            Optional.empty(),
            PosixFilePermissions.fromString("rw-r-----"),
            IfExists.SUFFIX),
        phpFpm.isPresent() ? List.of(root.resolve("script.php").toString()) : ownScript(),
        phpFpm,
        Optional.empty(),
        storage,
        env,
        timeout,
        archiveOrNone,
        outOrNone,
        new ReadyRules(
                Duration.ZERO,
                ReadyRules.Marker.NONE,
                false,
                List.of(),
                List.of(),
                ReadyRules.EmptyFile.ACCEPT,
                Duration.ofSeconds(30))
            .withSubFolders(recursive),
        concurrency,
        ahead,
        retry,
        onFailure,
        onInterrupt,
        64 * 1024,
        root.resolve("labo.log"),
        priority);
  }

  /** The parts on the way of a deposit, as one start of the daemon makes them. */
  record Parts(
      Marks marks,
      PatientMarks patient,
      Spool spool,
      Script script,
      Answers answers,
      CurrentRun current,
      Processing processing) {}

  /** Where bytes are that are not in the messages. */
  FetchedFile.Source large =
      (deposit, from, out, over) -> {
        throw new IOException("nothing is fetched in this test");
      };

  /** What the file server says to whoever wants to begin. */
  Others.Server server =
      (flux, id, round, step) -> CompletableFuture.completedFuture(Optional.empty());

  Parts parts(Checkpoint checkpoint) throws IOException {
    Path own = state.resolve("flux").resolve("labo");
    Marks marks = new Marks(own.resolve("deposits"));
    PatientMarks patient = new PatientMarks(marks, log);
    Spool spool = new Spool(own.resolve("spool"));
    Script script = new Script(section(), log);
    Answers answers = new Answers(outOrNone, Optional.empty(), recursive, own, spool, ids, log);
    CurrentRun current = new CurrentRun(concurrency == 1);
    Runs runs =
        new Runs(
            script,
            answers,
            patient,
            new Runs.Policy(retry, onInterrupt),
            current,
            log,
            clock,
            checkpoint);
    Processing processing =
        new Processing(
            new Landing(section().storage(), marks, checkpoint),
            (deposit, from, out, over) -> large.fetch(deposit, from, out, over),
            marks,
            runs,
            new Others(
                LABO, own, (flux, id, round, step) -> server.may(flux, id, round, step), log),
            answers,
            archiveOrNone.map(folder -> new KeptFolder(folder, ZoneOffset.UTC)),
            log,
            checkpoint);
    return new Parts(marks, patient, spool, script, answers, current, processing);
  }

  Parts parts() throws IOException {
    return parts(Checkpoint.NONE);
  }

  /** The names of the files that the script was run on, in order. */
  List<String> ran() throws IOException {
    Path journal = root.resolve("ran");
    return Files.exists(journal) ? Files.readAllLines(journal) : List.of();
  }

  List<LogLine> lines() throws IOException {
    Path file = root.resolve("labo.log");
    return Files.exists(file)
        ? Files.readAllLines(file).stream().map(line -> LogLine.parse(line).orElseThrow()).toList()
        : List.of();
  }

  List<LogLine> lines(String event) throws IOException {
    return lines().stream().filter(line -> line.event().equals(event)).toList();
  }

  /** What was said of one file, word by word. */
  List<String> events(FileId id) throws IOException {
    return lines().stream()
        .filter(line -> line.id().equals(Optional.of(id)))
        .map(LogLine::event)
        .toList();
  }

  /** The values of a key in all lines of an event. */
  List<String> values(String event, String key) throws IOException {
    return lines(event).stream().map(line -> line.field(key).orElse("")).toList();
  }

  /** All names in a folder, hidden ones too. */
  static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return Set.copyOf(files.map(file -> file.getFileName().toString()).toList());
    }
  }

  @Override
  public void close() {
    logs.close();
  }
}
