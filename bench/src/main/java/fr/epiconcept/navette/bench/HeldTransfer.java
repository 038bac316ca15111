package fr.epiconcept.navette.bench;

import static java.nio.file.attribute.PosixFilePermissions.fromString;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Storage and receipt alone: the script of the first file waits at a gate, and what follows is
 * stored meanwhile, if the product stores ahead of its scripts.
 */
final class HeldTransfer {
  static final String FLUX = "held";

  /** As many files of 2 KB as a flux may have in hand (512 KiB), with some room. */
  static final int FILES = 200;

  private static final String GATE =
      """
      #!/bin/sh
      while [ -e GATE ]; do sleep 0.1; done
      exec unlink "$1"
      """;

  /** How long nothing more is stored before we say that nothing more will be. */
  private static final int STANDSTILL_SECONDS = 5;

  private static final int LOOKS_A_SECOND = 20;

  private final Lab lab;
  private final Path gate;

  private HeldTransfer(Lab lab, Path gate) {
    this.lab = lab;
    this.gate = gate;
  }

  static HeldTransfer prepared(Lab lab) throws IOException {
    Path room = lab.room("gate");
    HeldTransfer held = new HeldTransfer(lab, room.resolve("closed"));
    Path script =
        Files.writeString(room.resolve("script"), GATE.replace("GATE", held.gate.toString()));
    Files.setPosixFilePermissions(script, fromString("rwxr-xr-x"));
    return held;
  }

  Flux flux() {
    return Flux.named(FLUX).ahead(1000).script(List.of(gate.resolveSibling("script").toString()));
  }

  /** Files a second; nothing if not all can be stored before the first script has ended. */
  Optional<Double> measure(Site site, int files) throws IOException, InterruptedException {
    Carrier carrier = site.carrier(FLUX);
    Deposits deposits = Deposits.staged(carrier, files, lab.number(Option.SIZE));
    lab.quiet();
    Files.createFile(gate);
    try (BatchProbe.Watch watch = BatchProbe.Watch.over(carrier, BatchProbe.Sign.STORED, files)) {
      long begun = System.nanoTime();
      deposits.depositAll();
      if (!allStored(carrier.storage(), files)) {
        return Optional.empty();
      }
      // The receipt of each has come: nothing is left in the spool but records
      Emptiness.await(List.of(site.spool(FLUX).resolve("published")));
      long receipts = System.nanoTime();
      long end = Math.max(receipts, watch.await().last());
      return Optional.of(files / ((end - begun) / 1e9));
    } finally {
      Files.delete(gate);
      carrier.settle();
    }
  }

  private static boolean allStored(Path storage, int files)
      throws IOException, InterruptedException {
    int before = -1;
    int stands = 0;
    while (stands < STANDSTILL_SECONDS * LOOKS_A_SECOND) {
      int now = count(storage);
      if (now >= files) {
        return true;
      }
      stands = now == before ? stands + 1 : 0;
      before = now;
      TimeUnit.MILLISECONDS.sleep(1000 / LOOKS_A_SECOND);
    }
    return false;
  }

  private static int count(Path storage) throws IOException {
    int count = 0;
    try (DirectoryStream<Path> names = Files.newDirectoryStream(storage, "[!.]*")) {
      for (Path name : names) {
        count += Files.isRegularFile(name) ? 1 : 0;
      }
    }
    return count;
  }
}
