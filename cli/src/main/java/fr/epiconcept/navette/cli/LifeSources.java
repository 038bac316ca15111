package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.life.Lives;
import fr.epiconcept.navette.flux.life.Searchable;
import fr.epiconcept.navette.flux.life.Sought;
import fr.epiconcept.navette.flux.live.LiveClient.Answer;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.view.Searched;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Asks both servers for the life of a file. Of the daemon here the logs and the disk take the place
 * where it does not answer; the other server can only be asked.
 */
final class LifeSources {
  private final Machine machine;
  private final Sought sought;
  private final Optional<FluxName> only;
  private final boolean all;
  private final Known known;
  private final Consumer<String> say;

  /**
   * The question.
   *
   * @param known takes what is told
   * @param say is told what the user has to know beside it, one line at a time
   */
  LifeSources(
      Machine machine,
      Sought sought,
      Optional<FluxName> only,
      boolean all,
      Known known,
      Consumer<String> say) {
    this.machine = machine;
    this.sought = sought;
    this.only = only;
    this.all = all;
    this.known = known;
    this.say = say;
  }

  void ask() throws IOException {
    for (Side side : Side.values()) {
      if (machine.sides().contains(side)) {
        here(side);
      }
    }
    for (Side side : Side.values()) {
      if (machine.sides().contains(side)) {
        elsewhere(side);
      }
    }
  }

  private static String word(Side side) {
    return side.name().toLowerCase(Locale.ROOT);
  }

  private Question question() {
    Question question = Lives.question(sought, all);
    return only.isPresent() ? question.with("flux", only.get().value()) : question;
  }

  // --- this machine ---

  private void here(Side side) throws IOException {
    List<JsonNode> items = new ArrayList<>();
    Optional<String> silence = silence(side, items);
    if (silence.isPresent()) {
      say.accept(
          "navette "
              + word(side)
              + " does not answer: "
              + silence.get()
              + "; its logs and its disk are read instead");
      items.clear();
    }
    known.add(word(side), "daemon", items);
    List<Searchable> left = new ArrayList<>(searchables(side));
    left.removeIf(each -> isSearched(each.flux(), items));
    List<JsonNode> found = new ArrayList<>();
    Lives.tell(sought, all, left, item -> found.add(LiveJson.mapper().valueToTree(item)));
    known.add(word(side), "disk", found);
    sayUnread(word(side), items);
    sayUnread(word(side), found);
  }

  private Optional<String> silence(Side side, List<JsonNode> items) {
    try {
      Answer answer = machine.ask(side, question(), items::add);
      if (answer instanceof Answer.Whole) {
        return Optional.empty();
      }
      return Optional.of(
          answer instanceof Answer.Nobody nobody ? nobody.why() : ((Answer.Refused) answer).why());
    } catch (IOException e) {
      return Optional.of(ExitCode.explain(e));
    }
  }

  private static boolean isSearched(FluxName flux, List<JsonNode> items) {
    return items.stream()
        .anyMatch(item -> item.path("searched").path("flux").asText().equals(flux.value()));
  }

  private List<Searchable> searchables(Side side) {
    List<Searchable> searchables = new ArrayList<>();
    for (FluxConfig flux : machine.fluxes(only)) {
      if (side == Side.INGEST) {
        flux.ingest().ifPresent(it -> searchables.add(Searchable.of(flux.name(), it)));
      } else {
        Optional<Path> state = machine.daemon().worker().map(worker -> worker.state());
        flux.worker()
            .filter(it -> state.isPresent())
            .ifPresent(it -> searchables.add(Searchable.of(flux.name(), it, state.get())));
      }
    }
    return searchables;
  }

  private void sayUnread(String server, List<JsonNode> items) throws IOException {
    for (JsonNode item : items) {
      if (item.has("searched")) {
        Searched searched = LiveJson.mapper().treeToValue(item.get("searched"), Searched.class);
        searched.unread().forEach(why -> say.accept(server + ": " + why));
      }
    }
  }

  // --- the other machines ---

  /** One flux at a time: a server tells another only of those that it serves. */
  private void elsewhere(Side side) throws IOException {
    Map<String, List<JsonNode>> items = new TreeMap<>();
    Set<String> silent = new HashSet<>();
    for (FluxName flux : meant(side)) {
      Optional<String> silence = elsewhere(side, flux, items, silent);
      if (silence.isPresent()) {
        say.accept(
            "the other servers cannot be asked: " + silence.get() + "; told is what is known here");
        break;
      }
    }
    for (Map.Entry<String, List<JsonNode>> each : items.entrySet()) {
      known.add(each.getKey(), "daemon", each.getValue());
      sayUnread(each.getKey(), each.getValue());
    }
  }

  /** Where the file is known here, the others need not look in the logs of other fluxes. */
  private Set<FluxName> meant(Side side) {
    Set<FluxName> mine = new java.util.TreeSet<>();
    searchables(side).forEach(each -> mine.add(each.flux()));
    Set<FluxName> found = new java.util.TreeSet<>();
    known.stories().forEach(story -> found.add(story.flux()));
    found.retainAll(mine);
    return found.isEmpty() ? mine : found;
  }

  private Optional<String> elsewhere(
      Side side, FluxName flux, Map<String, List<JsonNode>> items, Set<String> silent)
      throws IOException {
    Machine.Others others =
        new Machine.Others() {
          @Override
          public void item(String from, JsonNode item) {
            items.computeIfAbsent(from, name -> new ArrayList<>()).add(item);
          }

          @Override
          public void silent(String from, String why) {
            if (silent.add(from)) {
              say.accept(
                  from + " does not answer: " + why + "; what it knows of the file is not told");
            }
          }
        };
    try {
      Question question = Lives.question(sought, all).with("flux", flux.value());
      Answer answer = machine.askElsewhere(side, question, others);
      if (answer instanceof Answer.Refused refused) {
        return Optional.of(refused.why());
      }
      return answer instanceof Answer.Nobody
          ? Optional.of("navette " + word(side) + " does not run here")
          : Optional.empty();
    } catch (IOException e) {
      return Optional.of(ExitCode.explain(e));
    }
  }
}
