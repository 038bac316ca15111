package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.view.LifeEvent;
import fr.epiconcept.navette.flux.view.Trace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All that both servers tell of one deposit and of what answers it. */
final class Story {
  private static final Set<String> NAMING =
      Set.of("deposited", "replay", "received", "quarantined", "answer-found");

  private final FileId id;
  private final FluxName flux;
  private final List<Heard> events;
  private final List<Trace> traces;

  /** The story of {@code id}, its events in the order in which they are to be told. */
  Story(FileId id, FluxName flux, List<Heard> events, List<Trace> traces) {
    this.id = id;
    this.flux = flux;
    this.events = List.copyOf(events);
    this.traces = List.copyOf(traces);
  }

  /**
   * An acknowledgement of the file.
   *
   * @param delivered whether the file server has it in {@code out}
   * @param to where it was put there; only the file server tells
   */
  record Answer(FileId id, String name, boolean delivered, Optional<String> to) {}

  FileId id() {
    return id;
  }

  FluxName flux() {
    return flux;
  }

  List<Heard> events() {
    return events;
  }

  List<Trace> traces() {
    return traces;
  }

  /** Its name, spelled for people; empty if nobody knows it. */
  String name() {
    return own()
        .filter(event -> NAMING.contains(event.event()))
        .flatMap(event -> event.value("name").stream())
        .findFirst()
        .or(() -> traces.stream().map(Trace::name).filter(name -> !name.isEmpty()).findFirst())
        .orElse("");
  }

  Optional<Long> bytes() {
    return own()
        .filter(event -> !event.event().equals("acknowledged"))
        .flatMap(event -> event.value("bytes").stream())
        .filter(text -> text.matches("[0-9]{1,18}"))
        .map(Long::valueOf)
        .findFirst()
        .or(() -> traces.stream().flatMap(trace -> trace.bytes().stream()).findFirst());
  }

  Optional<String> sha256() {
    return own()
        .filter(event -> !event.event().equals("acknowledged"))
        .flatMap(event -> event.value("sha256").stream())
        .findFirst();
  }

  /** When it was claimed. */
  Instant received() {
    return id.time();
  }

  Optional<FileId> replayOf() {
    return own()
        .filter(event -> event.event().equals("replay"))
        .flatMap(event -> event.idAt("replay-of").stream())
        .findFirst();
  }

  Optional<FileId> replayedAs() {
    return own()
        .filter(event -> event.event().equals("replayed"))
        .flatMap(event -> event.idAt("as").stream())
        .reduce((first, last) -> last);
  }

  private java.util.stream.Stream<LifeEvent> own() {
    return events.stream().map(Heard::event).filter(event -> event.id().equals(Optional.of(id)));
  }

  /** Its acknowledgements, in the order in which they became known. */
  List<Answer> answers() {
    Map<FileId, Answer> answers = new LinkedHashMap<>();
    for (Heard heard : events) {
      LifeEvent event = heard.event();
      Optional<FileId> answer =
          event.event().startsWith("answer-") ? event.id() : event.idAt("answer");
      if (answer.isPresent() && !answer.get().equals(id)) {
        boolean told = event.event().equals("acknowledged");
        Answer known =
            answers.getOrDefault(
                answer.get(), new Answer(answer.get(), "", false, Optional.empty()));
        answers.put(
            answer.get(),
            new Answer(
                known.id(),
                event.value("name").orElse(known.name()),
                told || known.delivered(),
                told ? event.value("to").or(known::to) : known.to()));
      }
    }
    return new ArrayList<>(answers.values());
  }

  /** The last event that says what became of it: what comes later is believed. */
  Optional<Heard> end() {
    Optional<Heard> end = Optional.empty();
    for (Heard heard : events) {
      switch (heard.event().event()) {
        case "processed" -> {
          // The file server's word has the name of the worker, and comes last by right.
          boolean less = end.filter(known -> known.event().event().equals("processed")).isPresent();
          end = less && heard.event().value("worker").isEmpty() ? end : Optional.of(heard);
        }
        case "failed" -> end = end.filter(Story::isDead).or(() -> Optional.of(heard));
        case "quarantined", "dead", "dead-without-content", "replayed" -> end = Optional.of(heard);
        case "started" -> end = end.filter(known -> known.event().event().equals("replayed"));
        default -> {}
      }
    }
    return end;
  }

  private static boolean isDead(Heard end) {
    return end.event().event().startsWith("dead");
  }
}
