package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.view.LifeEvent;
import fr.epiconcept.navette.flux.view.Searched;
import fr.epiconcept.navette.flux.view.Trace;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the servers told, made into one story a file. */
final class Known {
  private final Map<String, List<LifeEvent>> told = new LinkedHashMap<>();
  private final List<Trace> traces = new ArrayList<>();
  private final List<Look> looks = new ArrayList<>();
  private final Set<LifeEvent> before = new HashSet<>();

  /**
   * Where was looked.
   *
   * @param server who did, as in {@link Heard}
   * @param source {@code daemon}, or {@code disk} if this command did by itself
   */
  record Look(
      String server,
      String source,
      @com.fasterxml.jackson.annotation.JsonUnwrapped Searched searched) {}

  /**
   * Takes a server's whole answer. One that was heard already, by another way, says nothing new.
   */
  void add(String server, String source, List<JsonNode> items) throws IOException {
    List<LifeEvent> events = told.computeIfAbsent(server, name -> new ArrayList<>());
    List<LifeEvent> fresh = new ArrayList<>();
    for (JsonNode item : items) {
      if (item.has("event")) {
        LifeEvent event = read(item.get("event"), LifeEvent.class);
        if (!before.contains(event)) {
          fresh.add(event);
        }
      } else if (item.has("trace")) {
        Trace trace = read(item.get("trace"), Trace.class);
        if (!traces.contains(trace)) {
          traces.add(trace);
        }
      } else if (item.has("searched")) {
        looks.add(new Look(server, source, read(item.get("searched"), Searched.class)));
      }
    }
    events.addAll(fresh);
    before.addAll(fresh);
  }

  private static <T> T read(JsonNode item, Class<T> type) throws IOException {
    return LiveJson.mapper().treeToValue(item, type);
  }

  List<Look> looks() {
    return looks;
  }

  /** Files of that name that nobody has taken. */
  List<Trace> inbox() {
    return traces.stream().filter(trace -> trace.id().isEmpty()).toList();
  }

  /** The stories, the newest first. */
  List<Story> stories() {
    Map<FileId, FileId> deposits = new HashMap<>();
    told.values().forEach(events -> events.forEach(event -> note(event, deposits)));
    Map<FileId, List<Heard>> events = new TreeMap<>(Comparator.<FileId>reverseOrder());
    for (Heard heard : inOrder()) {
      FileId id = heard.event().id().orElseThrow();
      events.computeIfAbsent(deposits.getOrDefault(id, id), story -> new ArrayList<>()).add(heard);
    }
    for (Trace trace : traces) {
      trace.id().ifPresent(id -> events.computeIfAbsent(id, story -> new ArrayList<>()));
    }
    List<Story> stories = new ArrayList<>();
    events.forEach((id, its) -> stories.add(story(id, its)));
    return stories;
  }

  private static void note(LifeEvent event, Map<FileId, FileId> deposits) {
    event
        .story()
        .filter(story -> !event.id().equals(Optional.of(story)))
        .ifPresent(story -> deposits.put(event.id().orElseThrow(), story));
    event
        .idAt("answer")
        .filter(answer -> !event.id().equals(Optional.of(answer)))
        .ifPresent(answer -> deposits.put(answer, event.id().orElseThrow()));
  }

  private Story story(FileId id, List<Heard> events) {
    List<Trace> its = traces.stream().filter(t -> t.id().equals(Optional.of(id))).toList();
    FluxName flux = events.isEmpty() ? its.get(0).flux() : events.get(0).event().flux();
    return new Story(id, flux, events, its);
  }

  /** By time, but what one server wrote stays in its order: clocks differ, and may step back. */
  private List<Heard> inOrder() {
    Map<String, Deque<LifeEvent>> rest = new LinkedHashMap<>();
    told.forEach((server, events) -> rest.put(server, new ArrayDeque<>(events)));
    List<Heard> all = new ArrayList<>();
    while (true) {
      Optional<Map.Entry<String, Deque<LifeEvent>>> next =
          rest.entrySet().stream()
              .filter(each -> !each.getValue().isEmpty())
              .min(Comparator.comparing(each -> each.getValue().getFirst().time()));
      if (next.isEmpty()) {
        return all;
      }
      LifeEvent event = next.get().getValue().removeFirst();
      if (event.id().isPresent()) {
        all.add(new Heard(next.get().getKey(), event));
      }
    }
  }
}
