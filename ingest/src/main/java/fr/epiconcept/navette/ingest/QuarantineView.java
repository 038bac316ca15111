package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.Kept;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.view.Listing;
import fr.epiconcept.navette.flux.view.Selection;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a flux's quarantine keeps, with the reason beside each file. A file that somebody took out
 * of it is not listed, though its reason may still be there.
 */
final class QuarantineView {
  private static final String REASON = ".reason.txt";
  private static final String REASON_LINE = "reason: ";
  private static final String NAME_LINE = "flux-file: ";

  private final FluxName flux;
  private final Path folder;
  private final ZoneId zone;

  QuarantineView(FluxName flux, Path folder, ZoneId zone) {
    this.flux = flux;
    this.folder = folder;
    this.zone = zone;
  }

  /** Only the folders of the days that are asked for are read. */
  void list(Selection selection, Listing listing) throws IOException {
    for (Path day : days(selection, listing)) {
      for (FileName kept : names(day, listing)) {
        Optional<FileId> id = idOf(kept);
        if (id.isPresent() && isAskedFor(id.get(), selection)) {
          one(day, kept, id.get(), listing);
        }
      }
    }
  }

  private boolean isAskedFor(FileId id, Selection selection) {
    // Whoever asks for one file wants it, however old.
    return selection.id().isPresent()
        ? selection.id().get().equals(id)
        : !id.time().isBefore(selection.quarantinedSince());
  }

  private List<Path> days(Selection selection, Listing listing) throws IOException {
    if (selection.id().isPresent()) {
      return List.of(
          folder.resolve(LocalDate.ofInstant(selection.id().get().time(), zone).toString()));
    }
    LocalDate first = LocalDate.ofInstant(selection.quarantinedSince(), zone);
    List<Path> days = new ArrayList<>();
    for (FileName name : names(folder, listing)) {
      if (isDayFrom(first, name.toString())) {
        days.add(name.in(folder));
      }
    }
    return days;
  }

  private static boolean isDayFrom(LocalDate first, String name) {
    try {
      return !LocalDate.parse(name).isBefore(first);
    } catch (DateTimeException notOurs) {
      return false;
    }
  }

  private List<FileName> names(Path in, Listing listing) throws IOException {
    List<FileName> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(in)) {
      files.forEach(file -> names.add(FileName.of(file)));
    } catch (NoSuchFileException | NotDirectoryException none) {
      return names;
    } catch (IOException | DirectoryIteratorException e) {
      listing.unseen(flux, "cannot list " + OneLine.of(in) + ": " + e);
    }
    names.sort(null);
    return names;
  }

  /** {@code ID-NAME}, {@code ID.2-NAME} or a folder {@code ID}; not the reason beside it. */
  private static Optional<FileId> idOf(FileName kept) {
    String text = kept.toString();
    boolean reason = text.length() == FileId.LENGTH + REASON.length() && text.endsWith(REASON);
    return text.length() >= FileId.LENGTH && !reason
        ? FileId.parse(text.substring(0, FileId.LENGTH))
        : Optional.empty();
  }

  private void one(Path day, FileName kept, FileId id, Listing listing) throws IOException {
    Path file = kept.in(day);
    Waiting waiting;
    try {
      FileIdentity looks = FileIdentity.of(file);
      if (looks.isFolder()) {
        List<TreeName> inner = Kept.below(file);
        if (inner.isEmpty()) {
          return;
        }
        file = inner.get(0).in(file);
        looks = FileIdentity.of(file);
      }
      Reason reason = reason(day.resolve(id + REASON));
      waiting =
          new Waiting(
              flux,
              Place.QUARANTINE,
              Optional.of(id),
              reason.name().orElse(OneLine.of(kept)),
              looks.size(),
              looks.changed().toInstant(),
              reason.text(),
              Optional.empty(),
              Optional.of(OneLine.of(file)));
    } catch (NoSuchFileException takenOut) {
      return;
    } catch (IOException e) {
      listing.unseen(flux, "cannot look at " + OneLine.of(file) + ": " + e);
      return;
    }
    listing.waiting(waiting);
  }

  private record Reason(Optional<String> name, String text) {}

  /** The two lines that we wrote; what the check printed follows and may be anything. */
  private static Reason reason(Path file) throws IOException {
    Optional<String> name = Optional.empty();
    Optional<String> text = Optional.empty();
    // As bytes: the check's output need not be UTF-8.
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      for (int n = 0; n < 2; n++) {
        String line = Optional.ofNullable(lines.readLine()).orElse("");
        if (line.startsWith(NAME_LINE)) {
          name = Optional.of(OneLine.of(TreeName.decode(line.substring(NAME_LINE.length()))));
        } else if (line.startsWith(REASON_LINE)) {
          text = Optional.of(OneLine.of(line.substring(REASON_LINE.length())));
        }
      }
    } catch (NoSuchFileException | IllegalArgumentException none) {
      return new Reason(Optional.empty(), "its reason is not there");
    }
    return new Reason(name, text.orElse("its reason is not there"));
  }
}
