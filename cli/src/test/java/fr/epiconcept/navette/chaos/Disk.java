package fr.epiconcept.navette.chaos;

import fr.epiconcept.navette.e2e.Tool;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A partition of a server: a file system in memory of its own, that can be made full at once and
 * whatever stands on it, by making it as small as what it holds. Where nobody may mount, a plain
 * folder that is never full.
 */
final class Disk {
  private static final long MIB = 1 << 20;

  private final Path folder;
  private final long mebibytes;
  private final boolean mounted;

  private Disk(Path folder, long mebibytes, boolean mounted) {
    this.folder = folder;
    this.mebibytes = mebibytes;
    this.mounted = mounted;
  }

  static Disk at(Path folder, long mebibytes) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    boolean mounted =
        Tool.isRoot()
            && Tool.run(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "mode=755,size=" + mebibytes + "m",
                        "tmpfs",
                        folder.toString())
                    .exit()
                == 0;
    return new Disk(folder, mebibytes, mounted);
  }

  /** Whether it can be made full. */
  boolean isOwn() {
    return mounted;
  }

  /**
   * Leaves so many kibibytes.
   *
   * @return whether it is full now: not if somebody wrote meanwhile
   */
  boolean fill(int left) throws IOException, InterruptedException {
    FileStore store = Files.getFileStore(folder);
    long used = store.getTotalSpace() - store.getUnallocatedSpace();
    return mounted && resize((used >> 10) + left + "k");
  }

  void empty() throws IOException, InterruptedException {
    if (mounted) {
      resize(mebibytes + "m");
    }
  }

  private boolean resize(String size) throws IOException, InterruptedException {
    return Tool.run("mount", "-o", "remount,size=" + size, folder.toString()).exit() == 0;
  }

  /** How much stands on it, in mebibytes. */
  long used() throws IOException {
    FileStore store = Files.getFileStore(folder);
    return (store.getTotalSpace() - store.getUnallocatedSpace()) / MIB;
  }

  void unmount() throws IOException, InterruptedException {
    if (mounted) {
      Tool.run("umount", "-l", folder.toString());
    }
  }
}
