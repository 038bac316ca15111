package fr.epiconcept.navette.chaos;

import fr.epiconcept.navette.chaos.Site.Room;
import fr.epiconcept.navette.e2e.Sftp;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Deposits in one flux, one file after the other, each in a way that the seed chooses. Whatever the
 * server refuses him (no room, no folder) he does again, until it stands there under its name.
 */
final class Partner implements Runnable {
  private static final Duration AGAIN = Duration.ofMillis(200);
  private static final String AGAIN_AND_AGAIN = "again and again.hl7";
  private static final int SFTP_SECONDS = 120;

  /** Deposits between two bursts, and before the first. */
  private static final int BURST_EVERY = 500;

  private static final int BURST_FIRST = 10;

  private final Flux flux;
  private final Path inbox;
  private final Truth truth;
  private final Random random;
  private final Optional<Sftp> sftp;
  private final Path desk;
  private final CountDownLatch over;
  private final int largest;
  private final int pace;
  private final int burst;

  /**
   * How much partners bring.
   *
   * @param largest bytes of the largest files of the flux for large ones
   * @param burst files that come at once now and then, in the flux for that
   * @param restPercent of the pace of each flux: so long a partner rests between two deposits
   */
  record Habits(int largest, int burst, int restPercent) {
    /** Hours of a hospital's traffic. */
    static final Habits LONG = new Habits(24 << 20, 5_000, 100);

    /** So that what waits when the faults are over has come to its end within half a minute. */
    static final Habits SHORT = new Habits(24 << 20, 200, 160);
  }

  /**
   * A partner.
   *
   * @param sftp his way by SFTP, if there is one: what he would bring by it he renames else
   * @param habits how much he brings
   * @param over ends him, after the deposit that he is making
   */
  Partner(
      Flux flux,
      Site site,
      Truth truth,
      long seed,
      Optional<Sftp> sftp,
      Habits habits,
      CountDownLatch over) {
    this.flux = flux;
    this.inbox = site.room(flux, Room.INBOX);
    this.truth = truth;
    this.random = new Random(seed * 31 + flux.label().hashCode());
    this.sftp = sftp;
    this.desk = site.truth("desk-" + flux.label());
    this.largest = habits.largest();
    this.pace = flux.pace * habits.restPercent() / 100;
    this.burst = flux == Flux.FOUR ? habits.burst() : 0;
    this.over = over;
  }

  @Override
  public void run() {
    try {
      Files.createDirectories(desk);
      for (int n = 1; !over.await(random.nextInt(2 * pace), TimeUnit.MILLISECONDS); n++) {
        for (int i = 0; n % BURST_EVERY == BURST_FIRST && i < burst; i++) {
          bring(Way.BURST, Task.quick(), 100 + random.nextInt(1_900));
        }
        bring(way(), Task.of(flux, random), size());
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sessions of SFTP cost the most: where there is something else, few are made. */
  private Way way() {
    Way way = flux.ways.get(random.nextInt(flux.ways.size()));
    boolean dear = way == Way.SFTP && flux != Flux.LARGE && random.nextInt(3) > 0;
    return dear ? Way.RENAMED : way;
  }

  /** Of one name one after the other; if the one before is not taken soon, under another. */
  private boolean isFree(String name) {
    for (int i = 0; i < 20; i++) {
      if (Files.notExists(inbox.resolve(name))) {
        return true;
      }
      Rest.of(AGAIN);
    }
    return false;
  }

  private int size() {
    if (flux == Flux.LARGE) {
      return largest / 4 + random.nextInt(largest * 3 / 4);
    }
    // Now and then more than the broker keeps in one piece
    return random.nextInt(10) == 0 ? 50_000 + random.nextInt(400_000) : random.nextInt(5_000);
  }

  private void bring(Way wanted, Task task, int size) throws IOException, InterruptedException {
    boolean bySftp = List.of(Way.SFTP, Way.SFTP_CUT, Way.MARKED, Way.MARKED_CUT).contains(wanted);
    Way way = bySftp && sftp.isEmpty() ? (flux.hasMarkers() ? Way.SLOW : Way.RENAMED) : wanted;
    int serial = truth.nextSerial();
    byte[] content = Content.of(serial, task, size, random);
    boolean free = way != Way.SAME_NAME || isFree(AGAIN_AND_AGAIN);
    String name =
        way == Way.SAME_NAME && free ? AGAIN_AND_AGAIN : "ORU_%05d %s.hl7".formatted(serial, "é");
    Instant modified =
        way == Way.OLD ? Instant.EPOCH.plusSeconds(random.nextInt(1_600_000_000)) : Instant.MIN;
    List<String> places = flux.subFolders();
    String subFolder = places.get(places.size() == 1 ? 0 : random.nextInt(places.size()));
    Made made = new Made(serial, subFolder, name, way, task, content, modified);
    switch (way) {
      case RENAMED, SAME_NAME, OLD, BURST -> untilDone(() -> renamed(made));
      case LINKED -> untilDone(() -> linked(made));
      case SFTP, SFTP_CUT -> sftp(made);
      case SLOW -> {
        untilDone(() -> inPieces(made));
        mark(made);
      }
      case MARKED, MARKED_CUT -> {
        upload(made, name, way == Way.MARKED_CUT);
        mark(made);
      }
    }
  }

  /** A file that is being deposited. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Made(
      int serial,
      String subFolder,
      String name,
      Way way,
      Task task,
      byte[] content,
      Instant modified) {}

  private void stands(Made made, FileTime modified) {
    truth.deposited(
        flux,
        place ->
            new Deposit(
                made.serial(),
                flux,
                place,
                made.subFolder(),
                made.name(),
                made.way(),
                made.task(),
                made.content().length,
                Content.sha256(made.content()),
                modified.toInstant()));
  }

  @FunctionalInterface
  private interface Attempt {
    /** False: not now. */
    boolean make() throws IOException;
  }

  private static void untilDone(Attempt attempt) {
    while (true) {
      try {
        if (attempt.make()) {
          return;
        }
      } catch (IOException refused) {
        // No room, no folder: what was begun is begun again.
        Rest.of(AGAIN);
        continue;
      }
      Rest.of(AGAIN);
    }
  }

  // --- by a rename, or what stands for one ---

  private boolean renamed(Made made) throws IOException {
    Path target = folder(made).resolve(made.name());
    if (Files.exists(target)) {
      // He would replace his own.
      return false;
    }
    Path hidden = hidden(made);
    FileTime modified = Files.getLastModifiedTime(hidden);
    Files.move(hidden, target, StandardCopyOption.ATOMIC_MOVE);
    stands(made, modified);
    return true;
  }

  private boolean linked(Made made) throws IOException {
    Path target = inbox.resolve(made.name());
    Path hidden = hidden(made);
    FileTime modified = Files.getLastModifiedTime(hidden);
    Files.createLink(target, hidden);
    stands(made, modified);
    untilDone(
        () -> {
          Files.deleteIfExists(hidden);
          return true;
        });
    return true;
  }

  /** Step by step: an inbox that is away must not come into being. */
  private Path folder(Made made) throws IOException {
    Path folder = inbox;
    for (Path step : made.subFolder().isEmpty() ? List.<Path>of() : Path.of(made.subFolder())) {
      folder = folder.resolve(step);
      if (Files.notExists(folder)) {
        Files.createDirectory(folder);
      }
    }
    return folder;
  }

  private Path hidden(Made made) throws IOException {
    Path hidden = folder(made).resolve("." + made.serial() + ".coming");
    Files.write(hidden, made.content());
    if (made.modified().isAfter(Instant.MIN)) {
      Files.setLastModifiedTime(hidden, FileTime.from(made.modified()));
    }
    return hidden;
  }

  // --- under the final name, with a marker ---

  private boolean inPieces(Made made) throws IOException {
    Path target = inbox.resolve(made.name());
    Files.deleteIfExists(target);
    int third = made.content().length / 3;
    int[] ends = {0, third, 2 * third, made.content().length};
    for (int i = 0; i < 3; i++) {
      try (OutputStream out =
          Files.newOutputStream(target, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        out.write(Arrays.copyOfRange(made.content(), ends[i], ends[i + 1]));
        Rest.ofMillis(random.nextInt(400));
      }
      Rest.ofMillis(random.nextInt(900));
    }
    // Whoever took the folder away and brought it back may have left half of it.
    return Files.size(target) == made.content().length;
  }

  private void mark(Made made) {
    Path marker = inbox.resolve(".ok").resolve(made.name());
    untilDone(
        () -> {
          FileTime modified = Files.getLastModifiedTime(inbox.resolve(made.name()));
          Files.createFile(marker);
          stands(made, modified);
          return true;
        });
  }

  // --- by SFTP ---

  private void sftp(Made made) throws IOException, InterruptedException {
    String temporary = made.name() + ".part";
    upload(made, temporary, made.way() == Way.SFTP_CUT);
    untilDone(
        () -> {
          FileTime modified = Files.getLastModifiedTime(inbox.resolve(temporary));
          if (!session(
              "rename \"%s\" \"%s\""
                  .formatted(inbox.resolve(temporary), inbox.resolve(made.name())))) {
            return false;
          }
          stands(made, modified);
          return true;
        });
  }

  private void upload(Made made, String name, boolean cutFirst) throws IOException {
    Path local = Files.write(desk.resolve("upload"), made.content());
    Path target = inbox.resolve(name);
    String put = "put \"%s\" \"%s\"".formatted(local, target);
    if (cutFirst) {
      cut(put, target);
    }
    untilDone(
        () -> {
          if (made.way() == Way.SFTP_CUT && Files.exists(target)) {
            return (session("re" + put) && Files.size(target) == made.content().length)
                || (session(put) && Files.size(target) == made.content().length);
          }
          return session(put) && Files.size(target) == made.content().length;
        });
  }

  /** Ends the client when a part has come; the server closes what it has got so far. */
  private void cut(String put, Path target) throws IOException {
    Process client = sftp.orElseThrow().slowly(400, put);
    for (int i = 0; i < 40 && client.isAlive() && !hasBytes(target); i++) {
      Rest.ofMillis(100);
    }
    client.destroyForcibly();
  }

  private static boolean hasBytes(Path file) {
    try {
      return Files.size(file) > 0;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Whether all of it was done: the last command is done only after all others. */
  private boolean session(String command) throws IOException {
    Path done = desk.resolve("done");
    Files.deleteIfExists(done);
    List<String> commands = new ArrayList<>(List.of(command, "!touch " + done));
    Process client = sftp.orElseThrow().begin(commands.toArray(String[]::new));
    try {
      if (!client.waitFor(SFTP_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("sftp hangs: " + command);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      client.destroyForcibly();
    }
    return Files.exists(done);
  }
}
