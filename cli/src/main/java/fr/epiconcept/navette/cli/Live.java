package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.LiveSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a daemon can be asked: {@code ingest.sock} and {@code worker.sock} in the run folder. */
final class Live {
  private static final Logger LOG = LoggerFactory.getLogger(Live.class);

  private Live() {}

  /** The socket of that side's daemon. */
  static Path socket(Path run, Side side) {
    return run.resolve(side.name().toLowerCase(Locale.ROOT) + ".sock");
  }

  /** Lets {@code desk} be asked. Files go their way without it, so it never ends a daemon. */
  static Optional<LiveSocket> open(Path run, Side side, Desk desk) {
    Path socket = socket(run, side);
    try {
      Files.createDirectories(run);
      return Optional.of(LiveSocket.open(socket, desk));
    } catch (IOException e) {
      LOG.error(
          "{} cannot be made: {}; files go on, but commands see only what is on disk, and replay,"
              + " rescan and reload do not work",
          socket,
          e.toString());
      return Optional.empty();
    }
  }
}
