package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.turn.Turns;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/** Whether the daemon as a whole makes progress. A broker that is away is no fault of ours. */
final class Health {
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final Collection<FileServer> fileServers;
  private final Turns turns;

  Health(Collection<FileServer> fileServers, Turns turns) {
    this.fileServers = fileServers;
    this.turns = turns;
  }

  /** Why it makes none, in one line. Does not wait. */
  Optional<String> stalled() {
    if (!fileServers.stream().allMatch(FileServer::isTrying)) {
      return Optional.of("a link to a file server is neither up nor made again");
    }
    Duration silence = turns.lastBeat();
    return silence.compareTo(SILENCE) > 0
        ? Optional.of("no flux was woken for " + silence.toSeconds() + " s")
        : Optional.empty();
  }
}
