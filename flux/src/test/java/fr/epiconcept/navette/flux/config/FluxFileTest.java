package fr.epiconcept.navette.flux.config;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FolderTarget.IfExists;
import fr.epiconcept.navette.flux.config.ReadyRules.EmptyFile;
import fr.epiconcept.navette.flux.config.ReadyRules.Marker;
import fr.epiconcept.navette.flux.config.ReadyRules.Order;
import fr.epiconcept.navette.flux.config.WorkerSection.OnFailure;
import fr.epiconcept.navette.flux.config.WorkerSection.OnInterrupt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FluxFileTest {
  private static final FolderTarget PLAIN_STORAGE =
      new FolderTarget(
          Path.of("/srv/storage"),
          Optional.empty(),
          Optional.empty(),
          fromString("rw-r-----"),
          IfExists.SUFFIX);

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = ConfigFolder.in(temp);
  }

  @Test
  void fillsInTheDefaultsOfIngest() throws IOException {
    folder.flux("labo", ConfigFolder.INGEST);

    FluxConfig expected =
        new FluxConfig(
            new FluxName("labo"),
            folder.fluxFile("labo"),
            Optional.of(
                new IngestSection(
                    Path.of("/srv/in"),
                    Path.of("/var/spool/navette/labo"),
                    Path.of("/srv/archive"),
                    Path.of("/srv/quarantine"),
                    Optional.empty(),
                    ReadyRules.defaults(),
                    Optional.empty(),
                    Duration.ofMinutes(1),
                    Path.of("/var/log/epiconcept/flux/labo.log"))),
            Optional.empty());
    assertEquals(expected, onlyFlux());
  }

  @Test
  void fillsInTheDefaultsOfWorker() throws IOException {
    folder.flux("labo", ConfigFolder.WORKER);

    WorkerSection expected =
        new WorkerSection(
            "files1",
            PLAIN_STORAGE,
            List.of("php", "/srv/import.php", "{file}"),
            Optional.empty(),
            Optional.empty(),
            Path.of("/srv/storage"),
            Map.of(),
            Duration.ofMinutes(5),
            Optional.empty(),
            Optional.empty(),
            ReadyRules.defaults(),
            1,
            32,
            RetryRules.defaults(),
            OnFailure.CONTINUE,
            OnInterrupt.RERUN,
            65536,
            Path.of("/var/log/epiconcept/flux/labo.log"));
    assertEquals(expected, onlyFlux().worker().orElseThrow());
  }

  @Test
  void mapsEveryKeyOfIngest() throws IOException {
    folder.flux(
        "labo",
        """
        ingest:
          inbox: /srv/in
          spool: /srv/spool
          archive: /srv/archive
          quarantine: /srv/quarantine
          out: {path: /srv/out, owner: labo, group: users, mode: "0664", if-exists: hold}
          ready:
            quiet: 1m30s
            marker: .ok/{name}
            hash: true
            match: ["*.hl7", "*.csv"]
            ignore: ["*~"]
            empty: quarantine
            rescan: 2h
          order: name
          workers: sharing
          takeover: 3s
          check: [/bin/check, "{file}", "{name} {id} {flux}"]
          check-timeout: 10s
          log: /srv/labo.log
        """);

    IngestSection expected =
        new IngestSection(
            Path.of("/srv/in"),
            Path.of("/srv/spool"),
            Path.of("/srv/archive"),
            Path.of("/srv/quarantine"),
            Optional.of(
                new FolderTarget(
                    Path.of("/srv/out"),
                    Optional.of("labo"),
                    Optional.of("users"),
                    fromString("rw-rw-r--"),
                    IfExists.HOLD)),
            new ReadyRules(
                Duration.ofSeconds(90),
                Marker.OK_FOLDER,
                true,
                List.of("*.hl7", "*.csv"),
                List.of("*~"),
                EmptyFile.QUARANTINE,
                Duration.ofHours(2),
                Order.NAME,
                List.of()),
            Optional.of(List.of("/bin/check", "{file}", "{name} {id} {flux}")),
            Duration.ofSeconds(10),
            Path.of("/srv/labo.log"),
            List.of(),
            Optional.empty(),
            new SeveralWorkers(SeveralWorkers.Mode.SHARING, Duration.ofSeconds(3)));
    assertEquals(expected, onlyFlux().ingest().orElseThrow());
  }

  @Test
  void mapsEveryKeyOfWorker() throws IOException {
    folder.flux(
        "labo",
        """
        worker:
          broker: files1
          storage: {path: /srv/storage, owner: www-data, group: www, mode: 0600}
          script: [php, /srv/import.php, "{file}", "--json={}", 3]
          run-as: www-data
          folder: /srv/www
          env: {SITE: paris, LIMIT: 10, DEBUG: true, TARGET: "{out}/{attempt}"}
          timeout: 1h
          archive: /srv/done
          out: /srv/out
          out-ready: {quiet: 0s, marker: "{name}.ok", empty: wait}
          concurrency: 64
          priority: high
          ahead: 1000
          retry:
            {attempts: 3, delay: 500ms, multiplier: 1.5, max-delay: 2d, exit-codes: [75, 111]}
          on-failure: stop
          on-interrupt: hold
          output-limit: 1MiB
          log: /srv/labo.log
        """);

    WorkerSection expected =
        new WorkerSection(
            "files1",
            new FolderTarget(
                Path.of("/srv/storage"),
                Optional.of("www-data"),
                Optional.of("www"),
                fromString("rw-------"),
                IfExists.SUFFIX),
            List.of("php", "/srv/import.php", "{file}", "--json={}", "3"),
            Optional.empty(),
            Optional.of("www-data"),
            Path.of("/srv/www"),
            Map.of("SITE", "paris", "LIMIT", "10", "DEBUG", "true", "TARGET", "{out}/{attempt}"),
            Duration.ofHours(1),
            Optional.of(Path.of("/srv/done")),
            Optional.of(Path.of("/srv/out")),
            new ReadyRules(
                Duration.ZERO,
                Marker.OK_SUFFIX,
                false,
                List.of(),
                List.of(),
                EmptyFile.WAIT,
                Duration.ofSeconds(30)),
            64,
            1000,
            new RetryRules(3, Duration.ofMillis(500), 1.5, Duration.ofDays(2), Set.of(75, 111)),
            OnFailure.STOP,
            OnInterrupt.HOLD,
            1 << 20,
            Path.of("/srv/labo.log"),
            WorkerSection.Priority.HIGH);
    assertEquals(expected, onlyFlux().worker().orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"0640\"", "0640", "640", "'640'"})
  void readsAModeAsItIsWritten(String written) throws IOException {
    folder.flux("labo", ConfigFolder.INGEST + "  out: {path: /srv/out, mode: " + written + "}\n");

    assertEquals(
        fromString("rw-r-----"), onlyFlux().ingest().orElseThrow().out().orElseThrow().mode());
  }

  @Test
  void takesOverAnchorsAndMerges() throws IOException {
    folder.flux(
        "labo",
        """
        worker:
          storage: /srv/storage
          script: &command [sh, "{file}"]
          out: /srv/out
          out-ready: &ready {quiet: 3s, ignore: ["*~"], rescan: 1m}
        ingest:
          inbox: /srv/in
          archive: /srv/archive
          quarantine: /srv/quarantine
          check: *command
          recursive: true
          ready:
            quiet: 7s
            <<: [*ready, {quiet: 9s, hash: true}]
        """);

    IngestSection ingest = onlyFlux().ingest().orElseThrow();
    assertEquals(Optional.of(List.of("sh", "{file}")), ingest.check());
    assertEquals(
        new ReadyRules(
                Duration.ofSeconds(7),
                Marker.NONE,
                true,
                List.of(),
                List.of("*~"),
                EmptyFile.ACCEPT,
                Duration.ofMinutes(1))
            .withSubFolders(true),
        ingest.ready());
    assertFalse(onlyFlux().worker().orElseThrow().outReady().recursive());
  }

  @Test
  void takesFoldersForSpoolAndLogFromTheDaemons() throws IOException {
    folder.main(
        "logs: /srv/logs\n" + ConfigFolder.MAIN.replace("broker:", "spool: /srv/spool\n  broker:"));
    folder.flux("labo", ConfigFolder.INGEST);

    IngestSection ingest = onlyFlux().ingest().orElseThrow();
    assertEquals(Path.of("/srv/logs/labo.log"), ingest.log());
    assertEquals(Path.of("/srv/spool/labo"), ingest.spool());
  }

  @Test
  void readsAWorkerSectionOnAMachineWithoutAWorker() throws IOException {
    folder.main("ingest: {broker: {listen: \"tcp://127.0.0.1:0\"}}\n");
    folder.flux("labo", ConfigFolder.WORKER + "  broker: elsewhere\n");

    assertEquals("elsewhere", onlyFlux().worker().orElseThrow().broker());
  }

  private FluxConfig onlyFlux() {
    Configuration configuration = folder.read();
    assertEquals(List.of(), configuration.faults());
    assertTrue(configuration.daemon().isPresent());
    assertEquals(1, configuration.fluxes().size());
    return configuration.fluxes().get(0);
  }
}
