package fr.epiconcept.navette.flux.ledger;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.marks.MarkLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The books as they are read; nothing is made or changed, also while a daemon writes. */
public final class LedgerView {
  private final Path folder;

  /** The books of the spool in that folder. */
  public static LedgerView of(Path spool) {
    return new LedgerView(Ledger.folder(spool));
  }

  LedgerView(Path folder) {
    this.folder = folder;
  }

  /** The days in UTC on which the books have files, first to last. */
  public NavigableSet<LocalDate> days() throws IOException {
    NavigableSet<LocalDate> days = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        day(file).ifPresent(days::add);
      }
    } catch (NoSuchFileException | NotDirectoryException none) {
      return days;
    }
    return days;
  }

  private static Optional<LocalDate> day(Path file) {
    try {
      return Optional.of(LocalDate.parse(file.getFileName().toString()));
    } catch (DateTimeParseException notOurs) {
      return Optional.empty();
    }
  }

  /**
   * The files of one day that are {@code wanted}, in order of arrival: some 300 bytes of memory
   * each. What is no line of ours, or was cut short, is left out.
   */
  public Map<FileId, Booked> read(LocalDate day, Predicate<FileId> wanted) throws IOException {
    Map<FileId, Booked> booked = new TreeMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Files.newInputStream(folder.resolve(day.toString())),
                // Our lines are ASCII; damage must not end the reading.
                StandardCharsets.ISO_8859_1))) {
      for (String text = lines.readLine(); text != null; text = lines.readLine()) {
        take(text, day, wanted, booked);
      }
    } catch (NoSuchFileException none) {
      return booked;
    }
    return booked;
  }

  private static void take(
      String text, LocalDate day, Predicate<FileId> wanted, Map<FileId, Booked> booked) {
    MarkLine.parse(text)
        .ifPresent(
            line ->
                line.get("id")
                    .flatMap(FileId::parse)
                    .filter(id -> day(id).equals(day) && wanted.test(id))
                    .ifPresent(
                        id ->
                            booked.put(id, booked.computeIfAbsent(id, Booked::unknown).and(line))));
  }

  /** The newest id in the books, also of files that have ended since. */
  public Optional<FileId> newest() throws IOException {
    NavigableSet<LocalDate> days = days();
    Optional<FileId> newest = Optional.empty();
    // A day may hold nothing but damage.
    while (newest.isEmpty() && !days.isEmpty()) {
      newest = newest(days.pollLast());
    }
    return newest;
  }

  private Optional<FileId> newest(LocalDate day) throws IOException {
    try (Stream<String> lines =
        Files.lines(folder.resolve(day.toString()), StandardCharsets.ISO_8859_1)) {
      return lines
          .flatMap(text -> MarkLine.parse(text).flatMap(line -> line.get("id")).stream())
          .flatMap(text -> FileId.parse(text).stream())
          .filter(id -> day(id).equals(day))
          .max(Comparator.naturalOrder());
    } catch (NoSuchFileException removedMeanwhile) {
      return Optional.empty();
    }
  }

  /** The day under which the books have a file: that of its id, in UTC. */
  public static LocalDate day(FileId id) {
    return LocalDate.ofInstant(id.time(), ZoneOffset.UTC);
  }
}
