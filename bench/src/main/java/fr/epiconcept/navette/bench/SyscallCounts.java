package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How often a process and its children made each system call: what {@code strace -c} writes. */
final class SyscallCounts {
  /** Those that write, wait for the disk, or change a name. */
  private static final List<String> CALLS =
      List.of(
          "fsync",
          "fdatasync",
          "sync_file_range",
          "syncfs",
          "io_submit",
          "rename",
          "renameat",
          "renameat2",
          "link",
          "linkat",
          "unlink",
          "unlinkat",
          "mkdir",
          "mkdirat",
          "rmdir",
          "open",
          "openat",
          "creat",
          "ftruncate",
          "fallocate",
          "chmod",
          "fchmod",
          "fchmodat",
          "chown",
          "fchown",
          "fchownat",
          "utimensat",
          "write",
          "writev",
          "pwrite64",
          "pwritev",
          "sendfile",
          "copy_file_range",
          "sendto",
          "sendmsg");

  /** A row of the table: % time, seconds, usecs/call, calls, perhaps errors, the call. */
  private static final Pattern ROW =
      Pattern.compile("\\s*[\\d.]+\\s+[\\d.]+\\s+\\d+\\s+(\\d+)(?:\\s+\\d+)?\\s+(\\w+)");

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long INTERVAL = 100;

  private final Map<String, Long> counts;

  private SyscallCounts(Map<String, Long> counts) {
    this.counts = counts;
  }

  /**
   * Words before a command that have it counted. The filter lets all other calls pass at full
   * speed; and the process stays the one that was started, so a signal reaches it and not strace.
   */
  static List<String> counting(String file) {
    // The question mark: not each machine has all of them
    String calls = "trace=?" + String.join(",?", CALLS);
    return List.of("strace", "-D", "-f", "--seccomp-bpf", "-c", "-e", calls, "-o", file);
  }

  /** strace writes when the process has ended, and a moment later. */
  static SyscallCounts awaited(Path file) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      if (Files.exists(file)) {
        SyscallCounts counts = of(Files.readAllLines(file));
        if (counts.counts.containsKey("total")) {
          return counts;
        }
      }
      Thread.sleep(INTERVAL);
    }
    throw new IOException(file + ": strace has not written it");
  }

  static SyscallCounts of(Collection<String> lines) {
    Map<String, Long> counts = new HashMap<>();
    for (String line : lines) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        counts.put(row.group(2), Long.parseLong(row.group(1)));
      }
    }
    return new SyscallCounts(counts);
  }

  /** What each of so many files added to what was counted without them. */
  SortedMap<String, Double> perFile(SyscallCounts without, int files) {
    SortedMap<String, Double> perFile = new TreeMap<>();
    for (String call : new TreeSet<>(counts.keySet())) {
      double more = counts.get(call) - without.counts.getOrDefault(call, 0L);
      if (!call.equals("total") && Math.round(more / files * 100) > 0) {
        perFile.put(call, more / files);
      }
    }
    return perFile;
  }
}
