package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.view.Trace;
import fr.epiconcept.navette.flux.view.Waiting;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What {@code show --json} prints: see docs/json.md. */
record ShownLives(
    String sought,
    List<Life> files,
    List<Trace> inbox,
    List<Known.Look> searched,
    List<String> notes) {

  /** One file's life; of those that are only listed, without events. */
  record Life(
      FileId id,
      FluxName flux,
      String name,
      Optional<Long> bytes,
      Optional<String> sha256,
      Instant received,
      Optional<FileId> replayOf,
      Optional<FileId> replayedAs,
      String state,
      String words,
      Optional<String> next,
      List<Story.Answer> answers,
      List<Waiting> waiting,
      List<Trace> traces,
      List<Heard> events) {

    static Life of(Story story, NowOf now, List<Waiting> waiting, boolean whole) {
      return new Life(
          story.id(),
          story.flux(),
          story.name(),
          story.bytes(),
          story.sha256(),
          story.received(),
          story.replayOf(),
          story.replayedAs(),
          now.state(),
          now.words(),
          now.next(),
          story.answers(),
          waiting,
          story.traces(),
          whole ? story.events() : List.of());
    }
  }
}
