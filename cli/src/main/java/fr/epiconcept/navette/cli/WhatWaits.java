package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.cli.Merger.Told;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.DaemonConfig.WorkerDaemon;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.live.LiveClient.Answer;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.view.Held;
import fr.epiconcept.navette.flux.view.Listing;
import fr.epiconcept.navette.flux.view.More;
import fr.epiconcept.navette.flux.view.Selection;
import fr.epiconcept.navette.flux.view.Selection.Part;
import fr.epiconcept.navette.flux.view.Serving;
import fr.epiconcept.navette.flux.view.Unseen;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import fr.epiconcept.navette.ingest.IngestView;
import fr.epiconcept.navette.worker.WorkerView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Asks both servers what waits, and gives each file once to a {@link PendingOutput}. Of the daemon
 * here the disk takes the place where it does not answer; the other server can only be asked.
 */
final class WhatWaits {
  private static final String VERB = "pending";

  /** What the file server says of files that a processing server may know more exactly. */
  private static final Set<Place> SHARED =
      EnumSet.of(Place.SPOOL, Place.QUEUE, Place.PROCESSING, Place.DEAD);

  private final Machine machine;
  private final Optional<FluxName> only;
  private final Selection wanted;
  private final PendingOutput output;
  private final Consumer<String> say;
  private final Merger merger;
  private final Set<FluxName> begun = new HashSet<>();
  private final Set<String> told = new HashSet<>();

  /** Other servers that had something to say. */
  private final Set<String> heard = new HashSet<>();

  /** Fluxes that the processing server's daemon here said that it serves. */
  private final Set<FluxName> served = new HashSet<>();

  private boolean whole = true;
  private boolean allAsked = true;

  /**
   * The question.
   *
   * @param say is told what the user has to know beside the list, one line at a time
   */
  WhatWaits(
      Machine machine,
      Optional<FluxName> only,
      Selection wanted,
      PendingOutput output,
      Consumer<String> say,
      Merger merger) {
    this.machine = machine;
    this.only = only;
    this.wanted = wanted;
    this.output = output;
    this.say = say;
    this.merger = merger;
  }

  /** Tells all; false if something could not be looked at. */
  boolean tell() throws IOException {
    boolean files = machine.sides().contains(Side.INGEST);
    boolean processes = machine.sides().contains(Side.WORKER);
    if (processes) {
      here(Side.WORKER, everyDeposit(), this::fromWorker);
    }
    if (files) {
      elsewhere(Side.INGEST, everyDeposit(), this::fromWorker);
    }
    boolean anyWorker = !heard.isEmpty();
    merger.workersHeard();
    boolean known = false;
    if (files) {
      here(Side.INGEST, wanted.in(asked()).of(Part.DEPOSITS), this::fromFileServer);
      known = true;
    }
    if (processes) {
      known |= elsewhere(Side.WORKER, wanted.in(asked()).of(Part.DEPOSITS), this::fromFileServer);
    }
    for (Told told : merger.rest(!known)) {
      show(told);
    }
    if (wanted.wants(Place.ANSWER)) {
      answers(processes, anyWorker);
      answersForPartners(files, processes && known);
    }
    return whole;
  }

  /** Whether every other server answered too: without them something may wait that nobody sees. */
  boolean heardAll() {
    return whole && allAsked;
  }

  private void answers(boolean processes, boolean anyWorker) throws IOException {
    Selection answers = wanted.of(Part.ANSWERS);
    if (processes) {
      here(Side.WORKER, answers, (file, live) -> show(new Told(file, live)));
    }
    if (anyWorker) {
      elsewhere(Side.INGEST, answers, (file, live) -> show(new Told(file, live)));
    }
  }

  /** They came home, and are to be put onto a partner's own server. */
  private void answersForPartners(boolean files, boolean anyFileServer) throws IOException {
    Selection answers = wanted.of(Part.ANSWERS);
    if (files
        && fluxes(Side.INGEST).stream()
            .anyMatch(flux -> flux.ingest().orElseThrow().outElsewhere().isPresent())) {
      here(Side.INGEST, answers, (file, live) -> show(new Told(file, live)));
    }
    if (anyFileServer) {
      elsewhere(Side.WORKER, answers, (file, live) -> show(new Told(file, live)));
    }
  }

  /** Of a processing server they are few, and each one counts for the merging. */
  private Selection everyDeposit() {
    return wanted.in(EnumSet.allOf(Place.class)).of(Part.DEPOSITS).atMost(0);
  }

  /**
   * What to ask the file server for: whether an outcome still waits, and the name of a file that is
   * being worked on, only it can tell.
   */
  private Set<Place> asked() {
    Set<Place> places = EnumSet.noneOf(Place.class);
    places.addAll(wanted.places());
    if (places.stream().anyMatch(place -> place != Place.INBOX && place != Place.QUARANTINE)) {
      places.addAll(SHARED);
    }
    return places;
  }

  private void fromWorker(Waiting file, boolean live) {
    merger.worker(file, live);
  }

  private void fromFileServer(Waiting file, boolean live) throws IOException {
    if (begun.add(file.flux())) {
      for (Told told : merger.first(file.flux())) {
        show(told);
      }
    }
    Optional<Told> told = merger.fileServer(file, live);
    if (told.isPresent()) {
      show(told.get());
    }
  }

  private void show(Told told) throws IOException {
    if (wanted.wants(told.file().place())) {
      output.waiting(told.file(), told.live());
    }
  }

  /** Takes what a server knows of a file. */
  @FunctionalInterface
  private interface Hearing {
    void hear(Waiting file, boolean live) throws IOException;
  }

  // --- this machine ---

  private void here(Side side, Selection selection, Hearing hearing) throws IOException {
    Map<FluxName, String> down = new HashMap<>();
    Answer answer =
        machine.ask(
            side,
            question(selection),
            item -> {
              if (item.has("concurrency")) {
                served.add(LiveJson.mapper().treeToValue(item, Serving.class).flux());
              }
              live(item, hearing, Optional.of(down));
            });
    if (answer instanceof Answer.Whole) {
      if (side == Side.WORKER) {
        fluxes(side).forEach(flux -> notServed(flux.name(), down));
      }
      for (FluxConfig flux : fluxes(side)) {
        if (down.containsKey(flux.name())) {
          disk(side, flux, selection, hearing, Optional.of(down.get(flux.name())));
        }
      }
      return;
    }
    String why =
        answer instanceof Answer.Nobody nobody ? nobody.why() : ((Answer.Refused) answer).why();
    once(daemon(side) + " does not answer: " + why + "; shown is what stands on its disk");
    for (FluxConfig flux : fluxes(side)) {
      disk(side, flux, selection, hearing, Optional.empty());
    }
  }

  /** One whose folders are not there yet, or that the daemon has not taken up. */
  private void notServed(FluxName flux, Map<FluxName, String> down) {
    if (!served.contains(flux)) {
      down.put(flux, "navette worker does not serve the flux now; its log says why");
      once(flux + ": " + down.get(flux));
    }
  }

  private static String daemon(Side side) {
    return side == Side.INGEST ? "navette ingest" : "navette worker";
  }

  private Question question(Selection selection) {
    Question question = selection.in(Question.of(VERB));
    return only.isPresent() ? question.with("flux", only.get().value()) : question;
  }

  private List<FluxConfig> fluxes(Side side) {
    return machine.fluxes(only).stream()
        .filter(flux -> side == Side.INGEST ? flux.ingest().isPresent() : flux.worker().isPresent())
        .toList();
  }

  /** An item of a daemon's; what is none that we know is of a later version. */
  private void live(JsonNode item, Hearing hearing, Optional<Map<FluxName, String>> down)
      throws IOException {
    if (item.has("more")) {
      More files = merger.counted(LiveJson.mapper().treeToValue(item, More.class));
      if (wanted.wants(files.place())) {
        output.more(files);
      }
    } else if (item.has("place")) {
      hearing.hear(LiveJson.mapper().treeToValue(item, Waiting.class), true);
    } else if (item.has("concurrency")) {
      merger.serves(LiveJson.mapper().treeToValue(item, Serving.class));
    } else if (item.has("unseen")) {
      Unseen unseen = LiveJson.mapper().treeToValue(item, Unseen.class);
      if (unseen.all() && down.isPresent()) {
        down.get().put(unseen.flux(), unseen.unseen());
        once(unseen.flux() + ": " + unseen.unseen());
      } else {
        unseen(unseen.flux(), unseen.unseen());
      }
    }
  }

  private void unseen(FluxName flux, String why) {
    whole = false;
    once(flux + ": " + why);
  }

  private void disk(
      Side side, FluxConfig flux, Selection selection, Hearing hearing, Optional<String> why)
      throws IOException {
    Listing listing =
        new Listing() {
          @Override
          public void waiting(Waiting file) throws IOException {
            hearing.hear(file, false);
          }

          @Override
          public void unseen(FluxName name, String reason) {
            WhatWaits.this.unseen(name, reason);
          }
        };
    if (side == Side.INGEST) {
      Path state = machine.daemon().ingest().orElseThrow().state();
      Optional<Held> held = new Holds(state, Side.INGEST).of(flux.name());
      IngestView.of(flux.name(), flux.ingest().orElseThrow(), why, held).list(selection, listing);
    } else {
      Path state = machine.daemon().worker().orElseThrow().state();
      WorkerView view = WorkerView.of(flux.name(), flux.worker().orElseThrow(), state, why);
      if (selection.wants(Part.DEPOSITS)) {
        merger.serves(view.serving());
      }
      view.list(selection, listing);
    }
  }

  // --- the other machines ---

  /** Asks them; false unless at least one answered, and none was silent. */
  private boolean elsewhere(Side side, Selection selection, Hearing hearing) throws IOException {
    Set<String> silentNow = new HashSet<>();
    Answer answer =
        machine.askElsewhere(
            side,
            question(selection),
            new Machine.Others() {
              @Override
              public void item(String from, JsonNode item) throws IOException {
                heard.add(from);
                if (!isHere(side, from, item)) {
                  live(item, hearing, Optional.empty());
                }
              }

              @Override
              public void silent(String from, String why) {
                silentNow.add(from);
                if (heard.contains(from)) {
                  whole = false;
                  once(from + " did not say all: " + why);
                } else if (!isAccountHere(side, from)) {
                  allAsked = false;
                  once(from + " does not answer: " + why + "; " + missing(side));
                }
              }
            });
    allAsked &= answer instanceof Answer.Whole;
    if (answer instanceof Answer.Refused refused) {
      once("the other servers cannot be asked: " + refused.why() + "; " + missing(side));
      return false;
    }
    // Nobody: the daemon here does not answer, and that was said already.
    return answer instanceof Answer.Whole && silentNow.isEmpty();
  }

  private static String missing(Side side) {
    return side == Side.INGEST
        ? "of what it works on, only what this server knows is shown"
        : "what waits there is not shown";
  }

  /** Whether it is of a daemon of this machine, which was asked itself. */
  private boolean isHere(Side side, String from, JsonNode item) {
    if (side == Side.INGEST) {
      return isAccountHere(side, from);
    }
    String flux = item.path("flux").asText();
    return machine.fluxes().stream()
        .anyMatch(each -> each.ingest().isPresent() && each.name().value().equals(flux));
  }

  private boolean isAccountHere(Side side, String from) {
    return side == Side.INGEST
        && machine
            .daemon()
            .worker()
            .map(WorkerDaemon::brokers)
            .map(Map::values)
            .map(all -> all.stream().map(BrokerAccess::account).collect(Collectors.toSet()))
            .orElse(Set.of())
            .contains(from);
  }

  private void once(String line) {
    if (told.add(line)) {
      say.accept(line);
    }
  }
}
