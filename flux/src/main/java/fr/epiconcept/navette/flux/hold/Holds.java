package fr.epiconcept.navette.flux.hold;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.view.Held;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The holds of one daemon's fluxes: a file {@code <state>/hold/<flux>} each, the reason on its
 * first line and what else is known on its second. To remove the file ends the hold. For the
 * daemon, and for a command while the daemon is down.
 *
 * <p>Nothing is kept in memory, and nothing is made before the first hold is put.
 */
public final class Holds {
  private static final String STEP = "held";

  private final Path folder;
  private final Side side;

  /**
   * The holds of the daemon of that side.
   *
   * @param state its state folder
   */
  public Holds(Path state, Side side) {
    this.folder = state.resolve("hold");
    this.side = side;
  }

  /** The file that holds a flux. */
  public Path file(FluxName flux) {
    return folder.resolve(flux.value());
  }

  /** Whether a flux is held. What cannot be asked is taken for a hold: nothing is lost by it. */
  public boolean isOn(FluxName flux) {
    return !Files.notExists(file(flux));
  }

  /**
   * The hold of a flux, or nothing. A file that somebody wrote by hand is a hold too, and its text
   * the reason.
   */
  public Optional<Held> of(FluxName flux) throws IOException {
    Path file = file(flux);
    try {
      // Whoever wrote it by hand may have used another encoding than ours.
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
      Instant written = Files.getLastModifiedTime(file).toInstant();
      return Optional.of(parse(flux, text, written));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  private Held parse(FluxName flux, String text, Instant written) {
    int end = text.lastIndexOf('\n');
    Optional<MarkLine> line =
        MarkLine.parse(text.substring(end + 1))
            .filter(mark -> mark.step().equals(STEP) && mark.get("since").isPresent());
    try {
      if (line.isPresent()) {
        MarkLine mark = line.get();
        return new Held(
            flux,
            side,
            Instant.parse(mark.get("since").orElseThrow()),
            mark.get("by"),
            end < 0 ? mark.get("why").orElse("") : oneLine(text.substring(0, end)),
            mark.get("until").map(Instant::parse));
      }
    } catch (DateTimeException notOurSpelling) {
      // Whatever it says, the flux is held.
    }
    return new Held(flux, side, written, Optional.empty(), oneLine(text), Optional.empty());
  }

  /** All holds, by flux. */
  public List<Held> all() throws IOException {
    List<Held> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Optional<FluxName> flux = FluxName.parse(file.getFileName().toString());
        if (flux.isPresent()) {
          of(flux.get()).ifPresent(all::add);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException none) {
      return List.of();
    }
    all.sort(Comparator.comparing(Held::flux));
    return all;
  }

  /**
   * Holds a flux, on disk when this returns; in place of the hold that there may be.
   *
   * @param by who
   * @param why one line; what is more is made one line
   */
  public Held put(FluxName flux, String by, String why, Instant since, Optional<Instant> until)
      throws IOException {
    Held held = new Held(flux, side, since, Optional.of(by), oneLine(why), until);
    String line =
        MarkLine.of(STEP, "since", since, "by", by, "until", until.orElse(null)).toString();
    // Root may write what the daemon is to remove, so the folder must be the daemon's.
    DurableFile.makeFolderForSameOwner(folder);
    DurableFile.replaceForSameOwner(file(flux), held.why() + "\n" + line + "\n", "rw-r-----");
    return held;
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }

  /**
   * Ends a hold, on disk when this returns.
   *
   * @return whether there was one
   */
  public boolean end(FluxName flux) throws IOException {
    boolean was = Files.deleteIfExists(file(flux));
    if (was) {
      NativeFiles.syncFolder(folder);
    }
    return was;
  }
}
