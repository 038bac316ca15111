package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.ConfigReader;
import fr.epiconcept.navette.flux.config.Configuration;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Settings;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.reload.Standing;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reload would do, of real files and folders, with a daemon that runs what stood before. */
class DiffTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final FluxName RADIO = new FluxName("radio");
  private static final String ID = "01M84Z0JV38N63DNTHRZ7PR7PT";

  @TempDir Path folder;
  private Configuration before;
  private Standing.State state = Standing.State.RUNS;
  private Optional<String> why = Optional.empty();

  @BeforeEach
  void layOut() throws IOException {
    daemon("61999", "", "");
    for (String each : List.of("a", "b", "spool/labo/published", "spool/labo/arrived")) {
      Files.createDirectories(folder.resolve(each));
    }
  }

  // --- the files ---

  private void daemon(String port, String more, String ofWorker) throws IOException {
    write(
        "etc/navette.yml",
        """
        logs: ROOT/log
        run: ROOT/run
        ingest:
          spool: ROOT/spool
          state: ROOT/state
          broker: {data: ROOT/broker, listen: "tcp://127.0.0.1:PORT", accounts: ROOT/accounts}
        worker:
          state: ROOT/worker
          brokers:
            files1: {url: "tcp://127.0.0.1:61999", account: a, password-file: ROOT/password}
        """
                .replace("PORT", port)
            + ofWorker
            + more);
  }

  private void flux(FluxName flux, String inbox, String more) throws IOException {
    write(
        "etc/flux.d/" + flux + ".yml",
        """
        ingest:
          inbox: ROOT/INBOX
          archive: ROOT/archive/FLUX
          quarantine: ROOT/quarantine/FLUX
        """
                .replace("INBOX", inbox)
                .replace("FLUX", flux.value())
            + (more.isEmpty() ? "" : "  " + more + "\n"));
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text.replace("ROOT", folder.toString()));
  }

  private void remove(FluxName flux) throws IOException {
    Files.delete(folder.resolve("etc/flux.d").resolve(flux + ".yml"));
  }

  private Configuration read() throws IOException {
    return ConfigReader.read(folder.resolve("etc"));
  }

  /** A daemon runs what stands there now. */
  private void runs() throws IOException {
    before = read();
    assertEquals(List.of(), before.faults());
  }

  private Diff diff(Side side) throws IOException {
    Configuration after = read();
    List<Running> running = new ArrayList<>();
    for (FluxConfig each : Plan.mine(before, side)) {
      Optional<String> asked =
          Plan.mine(after, side).stream()
              .filter(wanted -> wanted.name().equals(each.name()))
              .findFirst()
              .map(wanted -> Settings.of(wanted, side).fingerprint());
      running.add(Running.of(new Standing(each, state, why), side, asked));
    }
    return Diff.of(
        after,
        side,
        new Diff.Answer(
            Optional.empty(), Settings.of(before.daemon().orElseThrow(), side).shown(), running));
  }

  private Diff.One one(FluxName flux) throws IOException {
    return one(diff(Side.INGEST), flux);
  }

  private static Diff.One one(Diff diff, FluxName flux) {
    return diff.fluxes().stream()
        .filter(each -> each.flux().equals(flux))
        .findFirst()
        .orElseThrow();
  }

  private List<String> files(Diff.One one) {
    return one.files().stream()
        .map(each -> each.toString().replace(folder.toString() + "/", ""))
        .toList();
  }

  // --- files that wait ---

  @Test
  void filesWhoseFolderGoesToAnotherFluxAreToldByWhatThatOneTakes() throws IOException {
    flux(LABO, "a", "ready: {match: [\"*.hl7\", \"*.txt\"]}");
    flux(RADIO, "b", "ready: {match: [\"*.hl7\", \"*.dcm\"]}");
    runs();
    flux(LABO, "c", "ready: {match: [\"*.hl7\", \"*.txt\"]}");
    flux(RADIO, "a", "ready: {match: [\"*.hl7\", \"*.dcm\"]}");
    for (String name : List.of("1.hl7", "2.hl7", "3.txt", "4.dcm", "5.dcm", "6.dcm", "7.tmp")) {
      write("a/" + name, "x");
    }
    write("b/8.dcm", "x");

    assertEquals(
        List.of(
            "2 files in a: they would be flux radio's",
            "1 file in a: nobody would take them",
            "3 files in a: they were not taken, and would be flux radio's"),
        files(one(LABO)));
    assertEquals(List.of("1 file in b: nobody would take them"), files(one(RADIO)));
    assertEquals(Diff.What.CHANGED, one(RADIO).what());
    assertEquals(Optional.empty(), one(RADIO).why());
  }

  @Test
  void aNewFluxThatTakesTheFolderOfARemovedOneIsToldAtTheOneThatHasIt() throws IOException {
    flux(LABO, "a", "");
    runs();
    remove(LABO);
    flux(RADIO, "a", "");
    write("a/1.hl7", "x");

    assertEquals(List.of("1 file in a: they would be flux radio's"), files(one(LABO)));
    assertEquals(List.of(), files(one(RADIO)));
    assertEquals(Diff.What.NEW, one(RADIO).what());
  }

  @Test
  void otherPatternsOfOneFluxAreToldByTheirFiles() throws IOException {
    flux(LABO, "a", "ready: {match: [\"*.hl7\"]}");
    runs();
    flux(LABO, "a", "ready: {match: [\"*.dcm\"]}");
    write("a/1.hl7", "x");
    write("a/2.dcm", "x");

    assertEquals(
        List.of(
            "1 file in a: they would not be taken any more",
            "1 file in a: they were not taken, and would be"),
        files(one(LABO)));
  }

  @Test
  void aRemovedFluxWithFilesUnderWayStaysUntilTheyHaveEnded() throws IOException {
    flux(LABO, "a", "");
    flux(RADIO, "b", "");
    runs();
    remove(LABO);
    write("a/1.hl7", "x");
    write("spool/labo/published/" + ID + "/2.hl7", "x");
    write("spool/labo/arrived/01M84Z0K6ZAFNGE5BH3GQ9GNBA", "arrived");

    Diff.One labo = one(LABO);
    assertEquals(Diff.What.REMOVED, labo.what());
    assertEquals(
        List.of(
            "1 file in a: nobody would take them",
            "2 files in spool/labo: it would stay linked until they have come to their end"),
        files(labo));
    assertEquals(Diff.What.UNCHANGED, one(RADIO).what());
  }

  // --- what would not be taken up ---

  @Test
  void aSpoolThatHoldsFilesIsNotMovedAndItsFluxKeepsItsInbox() throws IOException {
    flux(LABO, "a", "");
    flux(RADIO, "b", "");
    runs();
    flux(LABO, "c", "spool: ROOT/other-spool");
    flux(RADIO, "a", "");
    assertEquals(Diff.What.CHANGED, one(LABO).what());
    write("spool/labo/published/" + ID + "/2.hl7", "x");

    Diff.One labo = one(LABO);
    assertEquals(Diff.What.REFUSED, labo.what());
    assertEquals(List.of("1 file in spool/labo: they would be left behind"), files(labo));
    assertEquals(
        Optional.of("it would wait: flux labo still has " + folder + "/a"), one(RADIO).why());
  }

  @Test
  void aFluxWithAFaultGoesOnAndKeepsItsFolderFromANewOne() throws IOException {
    flux(LABO, "a", "");
    runs();
    flux(LABO, "c", "archve: /x");
    flux(RADIO, "a", "");

    Diff.One labo = one(LABO);
    assertEquals(Diff.What.FAULTY, labo.what());
    assertTrue(labo.why().orElse("").startsWith("it would go on as it runs: "), labo::toString);
    assertTrue(labo.why().orElse("").contains("labo.yml:5:3: unknown key 'archve'"));
    assertEquals(
        Optional.of("it would wait: flux labo still has " + folder + "/a"), one(RADIO).why());
  }

  @Test
  void aNewFluxWithAFaultDoesNotRun() throws IOException {
    flux(LABO, "a", "");
    runs();
    flux(RADIO, "b", "archve: /x");

    assertTrue(one(RADIO).why().orElse("").startsWith("it would not run: "));
  }

  @Test
  void withNoFluxLeftOrAFaultOfTheDaemonNothingIsChangedAtAll() throws IOException {
    flux(LABO, "a", "");
    runs();
    remove(LABO);
    Diff empty = diff(Side.INGEST);
    flux(LABO, "a", "");
    daemon("61999", "zzz: 1\n", "");
    Configuration broken = read();

    assertTrue(empty.nothing().orElse("").contains("has no flux that could run here"));
    assertEquals(List.of(), empty.fluxes());
    assertEquals(Optional.empty(), broken.daemon(), "so there is no side that could be asked");
  }

  // --- the daemon's own ---

  @Test
  void onlyWhatTheDaemonCannotTakeUpNeedsARestart() throws IOException {
    flux(LABO, "a", "");
    runs();
    daemon(
        "61998",
        "alerts: {command: [/bin/true]}\n",
        "    files2: {url: \"tcp://127.0.0.1:61997\", account: a, password-file: ROOT/password}\n");

    assertEquals(
        List.of("ingest.broker.listen tcp://127.0.0.1:61999 → tcp://127.0.0.1:61998"),
        diff(Side.INGEST).restart().stream().map(Object::toString).toList());
    assertEquals(List.of(), diff(Side.WORKER).restart());
    assertEquals(Diff.What.CHANGED, one(LABO).what(), "others are called for it");
    daemon(
        "61999", "", "    files1x: {url: \"tcp://127.0.0.1:1\", account: a, password-file: /x}\n");
    write(
        "etc/navette.yml",
        Files.readString(folder.resolve("etc/navette.yml")).replace("account: a,", "account: b,"));
    assertEquals(
        List.of("worker.brokers.files1.account a → b"),
        diff(Side.WORKER).restart().stream().map(Object::toString).toList());
  }

  @Test
  void aDaemonThatCannotBeAskedIsComparedWithNothing() throws IOException {
    flux(LABO, "a", "");
    daemon("61998", "", "");
    write("a/1.hl7", "x");

    Diff diff = Diff.of(read(), Side.INGEST, Diff.Answer.silent("no daemon runs"));

    assertEquals(List.of(), diff.restart());
    assertEquals(Diff.What.NEW, one(diff, LABO).what());
    assertEquals(List.of("1 file in a: they would be taken"), files(one(diff, LABO)));
    StringWriter text = new StringWriter();
    new DiffText(new PrintWriter(text)).say(diff);
    assertTrue(
        text.toString().startsWith("ingest cannot be asked: no daemon runs; compared with nothing"),
        text::toString);
  }

  @Test
  void aFluxThatIsDownThoughNothingHasChangedIsTriedAtOnce() throws IOException {
    flux(LABO, "a", "");
    runs();
    state = Standing.State.DOWN;
    why = Optional.of("no such folder");

    Diff.One labo = one(LABO);
    assertEquals(Diff.What.CHANGED, labo.what());
    assertEquals(List.of(), labo.changes());
    assertEquals(Optional.of("no such folder"), labo.why());
  }
}
