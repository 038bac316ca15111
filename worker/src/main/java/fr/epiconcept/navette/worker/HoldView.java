package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.marks.MarkLine;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The hold of a flux as whoever only looks sees it; nothing is made.
 *
 * @param why one line for people
 * @param since when it was put
 */
record HoldView(String why, Instant since) {
  /** The hold in the daemon's state folder, or nothing. */
  static Optional<HoldView> of(Path state, FluxName flux) throws IOException {
    Path file = state.resolve("hold").resolve(flux.value());
    try {
      Optional<String> text = DurableFile.read(file).map(String::strip);
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(parse(text.get(), FileIdentity.of(file).modified().toInstant()));
    } catch (NoSuchFileException endedMeanwhile) {
      return Optional.empty();
    }
  }

  /** What somebody wrote by hand is a hold too. */
  private static HoldView parse(String text, Instant written) {
    Optional<MarkLine> line = MarkLine.parse(text).filter(mark -> mark.get("since").isPresent());
    if (line.isEmpty()) {
      return new HoldView(OneLine.of(text), written);
    }
    MarkLine mark = line.get();
    String why =
        mark.get("why").filter(words -> !words.isBlank()).orElse("no reason was given")
            + mark.get("by").map(by -> " (" + by + ")").orElse("")
            + mark.get("until").map(until -> ", until " + until).orElse("");
    return new HoldView(OneLine.of(why), written);
  }
}
