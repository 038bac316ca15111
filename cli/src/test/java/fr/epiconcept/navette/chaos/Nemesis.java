package fr.epiconcept.navette.chaos;

import fr.epiconcept.navette.chaos.Site.Volume;
import fr.epiconcept.navette.e2e.Tool;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/** Does what the plan says, and takes each fault back when its time is over. */
final class Nemesis {
  /** So long a daemon is waited for; on a quiet machine it needs three seconds. */
  private static final Duration READY = Duration.ofSeconds(20);

  /** What some runs of scripts write down, in bytes. */
  private static final long WORK = 1_000;

  /** What a journal file begins with is no record. */
  private static final int HEADER = 1_000;

  private final Site site;
  private final Machines machines;
  private final Map<Fault.Kind, Integer> done = new EnumMap<>(Fault.Kind.class);
  private final List<String> notDone = new ArrayList<>();

  // What is not as it should be now.
  private final Map<Path, Path> away = new java.util.LinkedHashMap<>();
  private final Map<Path, String> rights = new java.util.LinkedHashMap<>();
  private final List<Volume> full = new ArrayList<>();

  Nemesis(Site site, Machines machines) {
    this.site = site;
    this.machines = machines;
  }

  private record Turn(Duration at, Fault fault, boolean ends) {}

  /** Returns when the plan is over and nothing is amiss any more. */
  void carryOut(Plan plan) throws IOException, InterruptedException {
    PriorityQueue<Turn> turns = new PriorityQueue<>(Comparator.comparing(Turn::at));
    for (Fault fault : plan.faults()) {
      turns.add(new Turn(fault.at(), fault, false));
    }
    machines.awaitReady(READY);
    long began = System.nanoTime();
    while (!turns.isEmpty()) {
      Turn turn = turns.poll();
      if (!turn.ends() && endsADaemon(turn.fault())) {
        // On a slow machine they would never come to work; now and then one dies as it starts.
        long waits = System.nanoTime();
        machines.awaitReady(READY);
        awaitWork(READY);
        began += System.nanoTime() - waits;
      }
      Duration now = Duration.ofNanos(System.nanoTime() - began);
      if (turn.at().compareTo(now) > 0) {
        Rest.of(turn.at().minus(now));
      }
      if (turn.ends()) {
        takeBack(turn.fault());
      } else if (begin(turn.fault())) {
        done.merge(turn.fault().kind(), 1, Integer::sum);
        Duration since = Duration.ofNanos(System.nanoTime() - began);
        turns.add(new Turn(since.plus(turn.fault().lasts()), turn.fault(), true));
      } else {
        notDone.add(turn.fault().toString());
      }
    }
    takeAllBack();
  }

  /** Waits until scripts run: what dies while it rests is no great fault. */
  private void awaitWork(Duration atMost) throws IOException {
    long end = System.nanoTime() + atMost.toNanos();
    long before = written();
    while (System.nanoTime() < end
        && !machines.worker(Front.FIRST).isFrozen()
        && written() < before + WORK) {
      Rest.ofMillis(50);
    }
  }

  /** Bytes that scripts have written down. */
  private long written() throws IOException {
    long written = 0;
    for (Flux flux : Flux.values()) {
      Path journal = site.journal(flux);
      written += Files.exists(journal) ? Files.size(journal) : 0;
    }
    return written;
  }

  private static boolean endsADaemon(Fault fault) {
    return fault.dose() % 4 != 0
        && switch (fault.kind()) {
          case KILL_INGEST,
              KILL_WORKER,
              KILL_WORKER_GROUP,
              KILL_BOTH,
              STOP_INGEST,
              STOP_WORKER,
              BROKER_WIPED,
              JOURNAL_CUT ->
              true;
          default -> false;
        };
  }

  /** How often each kind of fault was done. */
  Map<Fault.Kind, Integer> done() {
    return done;
  }

  /** Faults that were not possible: nobody may mount here, or another fault was in the way. */
  List<String> notDone() {
    return notDone;
  }

  private boolean begin(Fault fault) throws IOException, InterruptedException {
    switch (fault.kind()) {
      case KILL_INGEST -> machines.ingest().kill();
      case KILL_WORKER -> machines.worker(Front.FIRST).kill();
      case KILL_WORKER_GROUP -> machines.worker(Front.FIRST).killGroup();
      case KILL_BOTH -> {
        machines.ingest().kill();
        machines.worker(Front.FIRST).killGroup();
      }
      case STOP_INGEST -> machines.ingest().stop();
      case STOP_WORKER -> machines.worker(Front.FIRST).stop();
      case FREEZE_INGEST -> machines.ingest().freeze();
      case FREEZE_WORKER -> machines.worker(Front.FIRST).freeze();
      case KILL_SECOND, FREEZE_SECOND -> {
        return second(fault.kind());
      }
      case LINK_CUT -> {
        return site.link().cut();
      }
      case LINK_CUT_ONE_SIDE -> {
        return site.link().cutForWorkerOnly();
      }
      case LINK_HALF_OPEN -> {
        return site.link().silence();
      }
      case LINK_SLOW -> {
        return site.link().slow(fault.dose());
      }
      case BROKER_WIPED -> {
        machines.ingest().kill();
        wipe(site.brokerData());
      }
      case JOURNAL_CUT -> {
        machines.ingest().kill();
        return cutJournal(fault.dose());
      }
      case DISK_FILES, DISK_BROKER, DISK_FRONT, DISK_OTHER, DISK_LOGS -> {
        return fill(volume(fault.kind()), fault.dose());
      }
      case RIGHTS -> {
        return takeRights(site.room(fault.flux(), fault.room()), fault.dose());
      }
      case VANISHED -> {
        return takeAway(site.room(fault.flux(), fault.room()));
      }
      case SCRIPT_GONE -> {
        return takeAway(site.script(fault.flux()));
      }
      case CLOCK_INGEST_BACK, CLOCK_INGEST_FORWARD -> {
        return site.ingestClock().set(fault.step());
      }
      case CLOCK_WORKER_BACK, CLOCK_WORKER_FORWARD -> {
        return site.workerClock().set(fault.step());
      }
      case ROTATION -> {
        return rotate("nocreate");
      }
      case ROTATION_COPY -> {
        return rotateByCopy();
      }
    }
    return true;
  }

  private boolean second(Fault.Kind kind) throws IOException, InterruptedException {
    if (!Front.present().contains(Front.SECOND)) {
      return false;
    }
    if (kind == Fault.Kind.KILL_SECOND) {
      machines.worker(Front.SECOND).killGroup();
    } else {
      machines.worker(Front.SECOND).freeze();
    }
    return true;
  }

  private void takeBack(Fault fault) throws IOException, InterruptedException {
    switch (fault.kind()) {
      case KILL_INGEST, STOP_INGEST, BROKER_WIPED, JOURNAL_CUT -> machines.ingest().want();
      case KILL_WORKER, KILL_WORKER_GROUP, STOP_WORKER -> machines.worker(Front.FIRST).want();
      case KILL_BOTH -> {
        machines.ingest().want();
        machines.worker(Front.FIRST).want();
      }
      case FREEZE_INGEST -> machines.ingest().thaw();
      case FREEZE_WORKER -> machines.worker(Front.FIRST).thaw();
      case KILL_SECOND -> machines.worker(Front.SECOND).want();
      case FREEZE_SECOND -> machines.worker(Front.SECOND).thaw();
      case LINK_CUT, LINK_HALF_OPEN -> site.link().join();
      case LINK_SLOW -> site.link().quick();
      case CLOCK_INGEST_BACK, CLOCK_INGEST_FORWARD -> site.ingestClock().putRight();
      case CLOCK_WORKER_BACK, CLOCK_WORKER_FORWARD -> site.workerClock().putRight();
      case DISK_FILES, DISK_BROKER, DISK_FRONT, DISK_OTHER, DISK_LOGS ->
          empty(volume(fault.kind()));
      case RIGHTS -> giveRights(site.room(fault.flux(), fault.room()));
      case VANISHED -> bringBack(site.room(fault.flux(), fault.room()));
      case SCRIPT_GONE -> bringBack(site.script(fault.flux()));
      case LINK_CUT_ONE_SIDE, ROTATION, ROTATION_COPY -> {}
    }
  }

  private void takeAllBack() throws IOException, InterruptedException {
    for (Volume volume : List.copyOf(full)) {
      empty(volume);
    }
    for (Path path : List.copyOf(away.keySet())) {
      bringBack(path);
    }
    for (Path path : List.copyOf(rights.keySet())) {
      giveRights(path);
    }
    site.link().quick();
    site.link().join();
    site.ingestClock().putRight();
    site.workerClock().putRight();
    for (Machines.Machine machine : machines.all()) {
      machine.thaw();
      machine.want();
    }
  }

  // --- the broker's data ---

  private static void wipe(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  /** A journal file that holds something, cut somewhere. */
  private boolean cutJournal(int percent) throws IOException {
    Path journal = site.brokerData().resolve("journal");
    if (!Files.isDirectory(journal)) {
      return false;
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(journal)) {
      files = all.filter(file -> file.toString().endsWith(".amq")).sorted().toList();
    }
    for (Path file : files) {
      long written = lastByte(file);
      if (written > HEADER) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(written * percent / 100);
        }
        return true;
      }
    }
    return false;
  }

  /** Files are made at their full size: what is behind the last byte that is not 0 was not used. */
  private static long lastByte(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int last = bytes.length;
    while (last > 0 && bytes[last - 1] == 0) {
      last--;
    }
    return last;
  }

  // --- disks ---

  private static Volume volume(Fault.Kind kind) {
    return switch (kind) {
      case DISK_FILES -> Volume.FILES;
      case DISK_BROKER -> Volume.BROKER;
      case DISK_FRONT -> Volume.FRONT;
      case DISK_OTHER -> Volume.OTHER;
      case DISK_LOGS -> Volume.LOGS;
      default -> throw new IllegalArgumentException(kind + " is no disk's");
    };
  }

  private boolean fill(Volume volume, int dose) throws IOException, InterruptedException {
    if (full.contains(volume)) {
      return false;
    }
    // A few pages are left at times: then some writes go well and others do not.
    int left = dose % 2 == 0 ? 0 : 4 * dose;
    for (int tries = 0; tries < 20; tries++) {
      if (site.disk(volume).fill(left)) {
        full.add(volume);
        return true;
      }
    }
    return false;
  }

  private void empty(Volume volume) throws IOException, InterruptedException {
    site.disk(volume).empty();
    full.remove(volume);
  }

  // --- folders ---

  private boolean takeRights(Path folder, int dose) throws IOException {
    if (rights.containsKey(folder) || away.containsKey(folder)) {
      return false;
    }
    rights.put(folder, PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    String less = dose % 2 == 0 ? "r-xr-xr-x" : "---------";
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(less));
    return true;
  }

  private void giveRights(Path folder) throws IOException {
    String before = rights.remove(folder);
    if (before != null) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(before));
    }
  }

  private boolean takeAway(Path path) throws IOException {
    if (rights.containsKey(path) || away.containsKey(path)) {
      return false;
    }
    Path elsewhere = path.resolveSibling("." + path.getFileName() + ".away");
    Files.move(path, elsewhere);
    away.put(path, elsewhere);
    return true;
  }

  private void bringBack(Path path) throws IOException {
    Path elsewhere = away.remove(path);
    if (elsewhere != null) {
      if (Files.exists(path)) {
        // Somebody made a folder where none was: what he put there is where nobody looks for it.
        Files.move(path, path.resolveSibling(path.getFileName() + ".made-meanwhile"));
      }
      Files.move(elsewhere, path);
    }
  }

  // --- logs ---

  /** What is written between the copy and the truncation is lost, as logrotate says of itself. */
  private boolean rotateByCopy() throws IOException, InterruptedException {
    machines.ingest().freeze();
    for (Front front : Front.present()) {
      machines.worker(front).freeze();
    }
    try {
      return rotate("copytruncate");
    } finally {
      for (Front front : Front.present()) {
        machines.worker(front).thaw();
      }
      machines.ingest().thaw();
    }
  }

  private boolean rotate(String how) throws IOException, InterruptedException {
    if (!Tool.isInstalled("logrotate")) {
      return false;
    }
    Path config = site.truth("logrotate");
    Files.writeString(
        config,
        "%s/*/*.log {\n  rotate 999\n  nocompress\n  %s\n  missingok\n%s}\n"
            .formatted(
                site.log("files", Flux.FOUR).getParent().getParent(),
                how,
                Tool.isRoot() ? "  su root root\n" : ""));
    // On a full disk it fails, and that is its own affair.
    Tool.run("logrotate", "-f", "-s", site.truth("logrotate.state").toString(), config.toString());
    return true;
  }
}
