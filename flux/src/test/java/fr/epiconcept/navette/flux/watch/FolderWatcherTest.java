package fr.epiconcept.navette.flux.watch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.file.FileSystemKind;
import fr.epiconcept.navette.flux.file.FileSystemKind.Place;
import fr.epiconcept.navette.flux.file.NativeFiles;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

// It counts this process's descriptors.
@Isolated
class FolderWatcherTest {
  private static final Duration RETRY = Duration.ofMillis(50);
  private static final Duration CHECK = Duration.ofMillis(100);

  @TempDir Path folder;
  private FolderWatcher watcher;

  /** Writes down what it is told. */
  private static class Heard implements FolderWatcher.Listener {
    final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public void opened(FileName name) {
      events.add("opened " + name.encoded());
    }

    @Override
    public void closed(FileName name) {
      events.add("closed " + name.encoded());
    }

    @Override
    public void movedIn(FileName name) {
      events.add("movedIn " + name.encoded());
    }

    @Override
    public void left(FileName name) {
      events.add("left " + name.encoded());
    }

    @Override
    public void lost(String why) {
      events.add("lost");
    }

    @Override
    public void folderGone() {
      events.add("gone");
    }

    @Override
    public void folderBack() {
      events.add("back");
    }

    void untilHeard(String event) {
      soon().until(() -> events.contains(event));
    }
  }

  @BeforeEach
  void start() throws IOException {
    watcher = FolderWatcher.start("test-watcher", RETRY, CHECK);
  }

  @AfterEach
  void stop() {
    watcher.close();
  }

  @Test
  void tellsTheLifeOfAFileInOrder() throws IOException {
    Path inbox = Files.createDirectory(folder.resolve("inbox"));
    Heard heard = new Heard();
    watcher.watch(inbox, heard);

    Files.writeString(inbox.resolve("a"), "content");
    Files.move(inbox.resolve("a"), inbox.resolve("b"));
    Files.move(inbox.resolve("b"), folder.resolve("c"));
    Files.move(folder.resolve("c"), inbox.resolve("d"));
    Files.delete(inbox.resolve("d"));

    soon().until(() -> heard.events.size() >= 7);
    assertEquals(
        List.of("opened a", "closed a", "left a", "movedIn b", "left b", "movedIn d", "left d"),
        heard.events);
  }

  @Test
  void tellsNothingWhileAWriterStillWrites() throws IOException {
    Heard heard = new Heard();
    watcher.watch(folder, heard);

    try (var writer =
        Files.newOutputStream(folder.resolve("slow"), StandardOpenOption.CREATE_NEW)) {
      writer.write(1);
      Files.writeString(folder.resolve("other"), "");
      heard.untilHeard("closed other");
      assertFalse(heard.events.contains("closed slow"));
    }
    heard.untilHeard("closed slow");
  }

  @Test
  void tellsNamesByteForByte() throws IOException {
    List<FileName> names =
        List.of(
            FileName.of("été.hl7".getBytes(StandardCharsets.ISO_8859_1)),
            FileName.of("été.hl7"),
            FileName.of("two\nlines"),
            FileName.of("'quoted' \"twice\" $(id) %E9"),
            FileName.of("x".repeat(FileName.MAX_BYTES)));
    Heard heard = new Heard();
    watcher.watch(folder, heard);

    for (FileName name : names) {
      Files.createFile(name.in(folder));
    }

    for (FileName name : names) {
      heard.untilHeard("closed " + name.encoded());
    }
  }

  @Test
  void watchesAFolderWithAnOddName() throws IOException {
    Path odd =
        Files.createDirectory(
            FileName.of("déposé\n".getBytes(StandardCharsets.ISO_8859_1)).in(folder));
    Heard heard = new Heard();
    watcher.watch(odd, heard);

    Files.createFile(odd.resolve("a"));

    heard.untilHeard("closed a");
  }

  @Test
  void twoWatchesOfOneFolderBothHear() throws IOException {
    Path inbox = Files.createDirectory(folder.resolve("inbox"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), inbox);
    Heard one = new Heard();
    Heard other = new Heard();
    FolderWatcher.Watch first = watcher.watch(inbox, one);
    watcher.watch(link, other);

    Files.createFile(inbox.resolve("a"));
    one.untilHeard("closed a");
    other.untilHeard("closed a");

    first.close();
    first.close();
    Files.createFile(inbox.resolve("b"));
    other.untilHeard("closed b");
    assertFalse(one.events.contains("closed b"));
  }

  @Test
  void findsAFolderAgainThatWasRemovedAndMadeAnew() throws IOException {
    Path inbox = Files.createDirectory(folder.resolve("inbox"));
    Heard heard = new Heard();
    watcher.watch(inbox, heard);

    Files.delete(inbox);
    heard.untilHeard("gone");
    Files.createDirectory(inbox);
    heard.untilHeard("lost");
    Files.createFile(inbox.resolve("a"));

    heard.untilHeard("closed a");
    assertEquals(List.of("gone", "back", "lost", "opened a", "closed a"), heard.events);
  }

  @Test
  void findsAFolderThatIsMissingAtTheStart() throws IOException {
    Path inbox = folder.resolve("not").resolve("yet");
    Heard heard = new Heard();
    FolderWatcher.Watch watch = watcher.watch(inbox, heard);
    heard.untilHeard("gone");
    assertFalse(watch.isPolling());

    Files.createDirectories(inbox);
    heard.untilHeard("lost");
    Files.createFile(inbox.resolve("a"));

    heard.untilHeard("closed a");
  }

  @Test
  void followsAFolderThatWasReplacedByARename() throws IOException {
    Path inbox = Files.createDirectory(folder.resolve("inbox"));
    Heard heard = new Heard();
    watcher.watch(inbox, heard);

    Files.move(inbox, folder.resolve("old"));
    heard.untilHeard("gone");
    Files.createDirectory(inbox);
    heard.untilHeard("back");
    Files.createFile(folder.resolve("old").resolve("in-old"));
    Files.createFile(inbox.resolve("in-new"));

    heard.untilHeard("closed in-new");
    assertFalse(heard.events.contains("closed in-old"));
  }

  @Test
  void isToldByTheKernelThatItsFolderWasRemovedOrRenamed() throws IOException {
    Path removed = Files.createDirectory(folder.resolve("removed"));
    Path renamed = Files.createDirectory(folder.resolve("renamed"));
    Heard heardRemoved = new Heard();
    Heard heardRenamed = new Heard();
    try (FolderWatcher never = FolderWatcher.start("test", RETRY, Duration.ofDays(1))) {
      never.watch(removed, heardRemoved);
      never.watch(renamed, heardRenamed);

      Files.delete(removed);
      Files.move(renamed, folder.resolve("old"));

      heardRemoved.untilHeard("gone");
      heardRenamed.untilHeard("gone");
    }
  }

  @Test
  void followsALinkThatLeadsElsewhereNow() throws IOException {
    Path first = Files.createDirectory(folder.resolve("first"));
    Path second = Files.createDirectory(folder.resolve("second"));
    Path link = Files.createSymbolicLink(folder.resolve("inbox"), first);
    Heard heard = new Heard();
    watcher.watch(link, heard);

    Path other = Files.createSymbolicLink(folder.resolve("other"), second);
    Files.move(other, link, StandardCopyOption.ATOMIC_MOVE);
    heard.untilHeard("back");
    Files.createFile(first.resolve("in-first"));
    Files.createFile(second.resolve("in-second"));

    heard.untilHeard("closed in-second");
    assertEquals(
        List.of("gone", "back", "lost", "opened in-second", "closed in-second"), heard.events);
  }

  @Test
  void noticesThatAParentWasRenamed() throws IOException {
    Path inbox = Files.createDirectories(folder.resolve("space").resolve("inbox"));
    Heard heard = new Heard();
    watcher.watch(inbox, heard);

    Files.move(folder.resolve("space"), folder.resolve("away"));
    heard.untilHeard("gone");
    Files.move(folder.resolve("away"), folder.resolve("space"));

    heard.untilHeard("back");
  }

  @Test
  void noticesThatSomethingWasMountedOverTheFolderAndUnmounted() throws Exception {
    Path inbox = Files.createDirectory(folder.resolve("inbox"));
    Heard heard = new Heard();
    watcher.watch(inbox, heard);

    assumeTrue(run("mount", "-t", "tmpfs", "tmpfs", inbox.toString()), "needs root");
    try {
      heard.untilHeard("lost");
      Files.createFile(inbox.resolve("on-the-mount"));
      heard.untilHeard("closed on-the-mount");
    } finally {
      run("umount", inbox.toString());
    }
    soon().until(() -> heard.events.stream().filter("back"::equals).count() == 2);
  }

  @Test
  void saysThatEventsWereLostWhenTheyCameTooFast() throws Exception {
    int kept = maxQueuedEvents();
    assumeTrue(kept <= 100_000, "a queue too long to be filled in a test");
    CountDownLatch full = new CountDownLatch(1);
    Heard slow =
        new Heard() {
          @Override
          public void opened(FileName name) {
            awaitQuietly(full);
          }

          @Override
          public void movedIn(FileName name) {}

          @Override
          public void left(FileName name) {}
        };
    Path other = Files.createDirectory(folder.resolve("other"));
    Heard otherHeard = new Heard();
    watcher.watch(folder, slow);
    watcher.watch(other, otherHeard);

    Path file = Files.createFile(folder.resolve("a"));
    for (int i = 0; i < kept; i++) {
      Path next = folder.resolve(i % 2 == 0 ? "b" : "a");
      Files.move(file, next);
      file = next;
    }
    full.countDown();

    slow.untilHeard("lost");
    otherHeard.untilHeard("lost");
    Files.createFile(folder.resolve("after"));
    slow.untilHeard("closed after");
  }

  @Test
  void aListenerThatFailsHarmsNobodyElse() throws IOException {
    Heard heard = new Heard();
    watcher.watch(
        folder,
        new Heard() {
          @Override
          public void opened(FileName name) {
            throw new IllegalStateException("on purpose");
          }

          @Override
          public void closed(FileName name) {
            throw new AssertionError("on purpose");
          }
        });
    watcher.watch(folder, heard);

    Files.createFile(folder.resolve("a"));
    heard.untilHeard("closed a");
    Files.createFile(folder.resolve("b"));

    heard.untilHeard("closed b");
  }

  @Test
  void pollsWhileTheKernelHasNoRoomAndNoLonger() throws IOException {
    Full inotify = new Full();
    Heard heard = new Heard();
    try (FolderWatcher full =
        new FolderWatcher("test-full", inotify, NativeFiles::kindOf, RETRY, CHECK)) {
      FolderWatcher.Watch watch = full.watch(folder, heard);
      assertTrue(watch.isPolling());
      assertTrue(watch.whyPolling().contains("fs.inotify.max_user_watches"), watch::whyPolling);

      inotify.full = false;

      heard.untilHeard("lost");
      assertFalse(watch.isPolling());
      assertEquals("", watch.whyPolling());
      Files.createFile(folder.resolve("a"));
      heard.untilHeard("closed a");
    }
  }

  /** A kernel that has no room for one more watch. */
  private static final class Full extends Inotify {
    volatile boolean full = true;

    Full() throws IOException {}

    @Override
    int add(Path path) throws IOException {
      if (full) {
        throw new LimitReached("no room: fs.inotify.max_user_watches");
      }
      return super.add(path);
    }
  }

  @Test
  void pollsWhereOtherMachinesWriteAndNeverTouchesThatFolderAgain() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    Links.Kinds nfs =
        path -> {
          boolean remote = path.endsWith("remote");
          asked.addAndGet(remote ? 1 : 0);
          return remote ? new FileSystemKind(Place.NETWORK, "nfs") : NativeFiles.kindOf(path);
        };
    Path remote = Files.createDirectory(folder.resolve("remote"));
    Path local = folder.resolve("local");
    Heard heard = new Heard();
    Heard localHeard = new Heard();
    try (FolderWatcher both = new FolderWatcher("test-nfs", new Inotify(), nfs, RETRY, CHECK)) {
      FolderWatcher.Watch watch = both.watch(remote, heard);
      both.watch(local, localHeard);

      assertTrue(watch.isPolling());
      assertTrue(watch.whyPolling().contains("nfs"), watch::whyPolling);
      Files.createFile(remote.resolve("a"));
      localHeard.untilHeard("gone");
      Files.createDirectory(local);
      localHeard.untilHeard("back");
    }
    assertEquals(List.of(), heard.events);
    assertEquals(1, asked.get());
  }

  @Test
  void closingEndsTheThreadAndGivesItsDescriptorsBack() throws Exception {
    int before = descriptors();
    for (int i = 0; i < 20; i++) {
      FolderWatcher more = FolderWatcher.start("test-more");
      more.watch(folder, new Heard());
      more.close();
      more.close();
    }
    assertEquals(before, descriptors());

    watcher.close();
    assertThrows(IllegalStateException.class, () -> watcher.watch(folder, new Heard()));
  }

  @Test
  void aClosedWatchHearsNothing() throws IOException {
    Heard closed = new Heard();
    Heard open = new Heard();
    Path inbox = Files.createDirectory(folder.resolve("inbox"));
    watcher.watch(inbox, closed).close();
    watcher.watch(folder, open);

    Files.createFile(inbox.resolve("a"));
    Files.createFile(folder.resolve("b"));

    open.untilHeard("closed b");
    assertEquals(List.of(), closed.events);
  }

  /** Not by Files.readString: it reads one byte first, and a sysctl has nothing behind that. */
  private static int maxQueuedEvents() throws IOException {
    try (var sysctl = new FileInputStream("/proc/sys/fs/inotify/max_queued_events")) {
      return Integer.parseInt(new String(sysctl.readAllBytes(), StandardCharsets.US_ASCII).strip());
    }
  }

  private static int descriptors() {
    return new File("/proc/self/fd").list().length;
  }

  private static boolean run(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5));
  }
}
