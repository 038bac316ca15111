package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.LiveClient.Answer;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.view.Balance;
import fr.epiconcept.navette.flux.view.Period;
import fr.epiconcept.navette.flux.view.Unbalanced;
import fr.epiconcept.navette.ingest.Balancing;
import fr.epiconcept.navette.worker.WorkerBooks;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The balances of this machine's fluxes: of those that come in here from the daemon or, if that is
 * silent, from the disk; of all others from their file server.
 */
final class Balances {
  private static final long BETWEEN_LOOKS_MILLIS = 500;

  private final Machine machine;
  private final Period period;
  private final boolean deep;
  private final List<Found> found = new ArrayList<>();
  private final Set<String> notes = new LinkedHashSet<>();
  private boolean failed;
  private boolean silent;

  Balances(Machine machine, Period period, boolean deep) {
    this.machine = machine;
    this.period = period;
    this.deep = deep;
  }

  /**
   * One flux's.
   *
   * @param source {@code daemon}, {@code disk}, or the file server that said so
   */
  record Found(Balance sum, List<Unbalanced> files, String source) {
    boolean isHere() {
      return source.equals("daemon") || source.equals("disk");
    }
  }

  /** Gets them; what goes wrong with one flux keeps no other. */
  void ask(Optional<FluxName> only) throws InterruptedException {
    for (FluxConfig flux : machine.fluxes(only)) {
      try {
        if (flux.ingest().isPresent()) {
          here(flux.name(), flux.ingest().get());
        } else {
          elsewhere(flux.name());
        }
      } catch (IOException e) {
        failed = true;
        notes.add("flux " + flux.name() + ": " + ExitCode.explain(e));
      }
    }
  }

  private Question question(FluxName flux) {
    return period.in(
        Question.of("balance").with("flux", flux.value()).with("deep", Boolean.toString(deep)));
  }

  private void here(FluxName flux, IngestSection section) throws IOException, InterruptedException {
    Items items = new Items();
    Answer answer = machine.ask(Side.INGEST, question(flux), items::add);
    if (answer instanceof Answer.Whole) {
      items.foundBy("daemon");
      return;
    }
    String why =
        answer instanceof Answer.Refused refused ? refused.why() : ((Answer.Nobody) answer).why();
    notes.add(why + "; from the disk alone, the queues are not looked at");
    List<Unbalanced> files = new ArrayList<>();
    Balance sum =
        Balancing.fromDisk(
                flux,
                section,
                () -> TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS_MILLIS),
                InstantSource.system())
            .balance(period, deep, files::add);
    found.add(new Found(sum, files, "disk"));
  }

  private void elsewhere(FluxName flux) throws IOException {
    Items items = new Items();
    int before = found.size();
    Answer answer =
        machine.askElsewhere(
            Side.WORKER,
            question(flux),
            new Machine.Others() {
              @Override
              public void item(String from, JsonNode item) throws IOException {
                items.add(item);
                if (items.isWhole()) {
                  items.foundBy(from);
                }
              }

              @Override
              public void silent(String from, String why) {
                notes.add("flux " + flux + ": " + from + " is silent: " + why);
              }
            });
    if (answer instanceof Answer.Refused refused) {
      notes.add("flux " + flux + ": its file server cannot be asked: " + refused.why());
    } else if (answer instanceof Answer.Nobody nobody) {
      notes.add("flux " + flux + ": its file server cannot be asked: " + nobody.why());
    }
    if (found.size() == before) {
      silent = true;
      notes.add("flux " + flux + ": " + fromMarks(flux));
    }
  }

  /** What this server knows by itself. */
  private String fromMarks(FluxName flux) throws IOException {
    String unknown = "whether anything is missing is not known; ask on the file server";
    Optional<DaemonConfig.WorkerDaemon> worker = machine.daemon().worker();
    if (worker.isEmpty()) {
      return unknown;
    }
    WorkerBooks books = WorkerBooks.of(flux, worker.get().state(), period);
    return "received here %d = processed %d + failed %d + under way %d; %s"
        .formatted(books.received(), books.processed(), books.failed(), books.underWay(), unknown);
  }

  /** One flux's answer, as it comes. */
  private final class Items {
    private final List<Unbalanced> files = new ArrayList<>();
    private Optional<Balance> sum = Optional.empty();

    void add(JsonNode item) throws IOException {
      if (item.has("file")) {
        files.add(LiveJson.mapper().treeToValue(item.get("file"), Unbalanced.class));
      } else if (item.has("sum")) {
        sum = Optional.of(LiveJson.mapper().treeToValue(item.get("sum"), Balance.class));
      }
    }

    boolean isWhole() {
      return sum.isPresent();
    }

    void foundBy(String source) throws IOException {
      Balance whole = sum.orElseThrow(() -> new IOException("the answer has no sum"));
      found.add(new Found(whole, files, source));
    }
  }

  List<Found> found() {
    return found;
  }

  /** What the user must know of how they were got. */
  Set<String> notes() {
    return notes;
  }

  ExitCode exitCode() {
    if (failed || found.stream().anyMatch(each -> each.sum().remainder() > 0)) {
      return ExitCode.FAILED;
    }
    return silent ? ExitCode.UNREACHABLE : ExitCode.DONE;
  }
}
