package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** What processes have used, by the kernel's own count. */
final class Usage {
  /** The unit of times in /proc, whatever the kernel ticks by. */
  private static final double TICKS_PER_SECOND = 100;

  private Usage() {}

  /** CPU of these, of all children that have ended, and of those that live: seconds. */
  static double cpu(Collection<ProcessHandle> processes) throws IOException {
    double sum = 0;
    for (ProcessHandle each : processes) {
      try (Stream<ProcessHandle> family = Stream.concat(Stream.of(each), each.descendants())) {
        for (ProcessHandle member : (Iterable<ProcessHandle>) family::iterator) {
          sum += cpu(member.pid());
        }
      }
    }
    return sum;
  }

  private static double cpu(long pid) throws IOException {
    String stat;
    try {
      stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    } catch (NoSuchFileException ended) {
      return 0; // counted with its parent from now on
    }
    // The name, in brackets, may hold spaces; user, system, and both of the children that ended
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = 0;
    for (int field = 11; field <= 14; field++) {
      ticks += Long.parseLong(fields[field]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Resident now, all together: MB of 1,000,000 bytes. */
  static double resident(Collection<ProcessHandle> processes) throws IOException {
    return memory("VmRSS", processes);
  }

  /** The most that each of them ever had resident, all together. */
  static double peak(Collection<ProcessHandle> processes) throws IOException {
    return memory("VmHWM", processes);
  }

  /** Threads that live now. */
  static int threads(ProcessHandle process) throws IOException {
    return names(of(process, "task")).size();
  }

  /** Files, sockets and the like that are open now. */
  static int descriptors(ProcessHandle process) throws IOException {
    return names(of(process, "fd")).size();
  }

  /** Folders and files that it watches by inotify now. */
  static int watches(ProcessHandle process) throws IOException {
    int watches = 0;
    for (String each : names(of(process, "fdinfo"))) {
      try (Stream<String> lines = Files.lines(of(process, "fdinfo").resolve(each))) {
        watches += (int) lines.filter(line -> line.startsWith("inotify wd:")).count();
      } catch (IOException | UncheckedIOException closed) {
        // It was one of those that come and go: no inotify does.
      }
    }
    return watches;
  }

  private static Path of(ProcessHandle process, String what) {
    return Path.of("/proc", Long.toString(process.pid()), what);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(each -> each.getFileName().toString()).toList();
    }
  }

  private static double memory(String key, Collection<ProcessHandle> processes) throws IOException {
    double sum = 0;
    for (ProcessHandle each : processes) {
      Path status = Path.of("/proc", Long.toString(each.pid()), "status");
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith(key + ":")) {
          sum += Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6;
        }
      }
    }
    return sum;
  }
}
