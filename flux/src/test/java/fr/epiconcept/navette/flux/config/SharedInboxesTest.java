package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedInboxesTest {
  @TempDir Path temp;
  private ConfigFolder folder;
  private Path inbox;

  @BeforeEach
  void folder() throws IOException {
    folder = ConfigFolder.in(temp.resolve("etc"));
    inbox = Files.createDirectory(temp.resolve("inbox"));
  }

  private void flux(String name, String... lines) throws IOException {
    flux(name, inbox, lines);
  }

  private void flux(String name, Path from, String... lines) throws IOException {
    StringBuilder yaml = new StringBuilder("ingest:\n  inbox: " + from + "\n");
    for (String place : List.of("spool", "archive", "quarantine")) {
      Path own = Files.createDirectories(temp.resolve(name).resolve(place));
      yaml.append("  ").append(place).append(": ").append(own).append('\n');
    }
    yaml.append("  log: ").append(temp.resolve(name + ".log")).append('\n');
    List.of(lines).forEach(line -> yaml.append("  ").append(line).append('\n'));
    folder.flux(name, yaml.toString());
  }

  private Configuration checked() {
    Configuration read = folder.read();
    return read.plus(ConfigCheck.check(read, EnumSet.of(Side.INGEST)));
  }

  private List<String> running(Configuration configuration) {
    return configuration.fluxes().stream().map(flux -> flux.name().value()).toList();
  }

  private String onlyFault(Configuration configuration, String flux) {
    List<Fault> faults = configuration.faultsOf(new FluxName(flux));
    assertEquals(1, faults.size(), faults.toString());
    return faults.get(0).what();
  }

  /** Name and whether it chooses first. */
  private List<String> neighbours(Configuration configuration, String flux) {
    List<String> neighbours = new ArrayList<>();
    configuration
        .flux(new FluxName(flux))
        .orElseThrow()
        .ingest()
        .orElseThrow()
        .ready()
        .neighbours()
        .forEach(each -> neighbours.add(each.flux() + (each.first() ? " first" : " later")));
    return neighbours;
  }

  @Test
  void fluxesThatSayWhoChoosesFirstShareAnInbox() throws IOException {
    flux("hl7", "ready: {match: ['*.hl7']}");
    flux("csv", "ready: {match: ['re:.*\\.csv']}", "after: [hl7]");
    flux("rest", "after: [csv]");

    Configuration configuration = checked();

    assertFalse(configuration.hasErrors(), configuration.faults().toString());
    assertEquals(List.of("csv", "hl7", "rest"), running(configuration));
    assertEquals(List.of("csv later", "rest later"), neighbours(configuration, "hl7"));
    assertEquals(List.of("hl7 first", "rest later"), neighbours(configuration, "csv"));
    assertEquals(List.of("csv first", "hl7 first"), neighbours(configuration, "rest"));
  }

  @Test
  void fluxesThatDoNotSaySoDoNotShareOneAndAreToldHow() throws IOException {
    flux("a", "ready: {match: ['*.hl7']}");
    flux("b", "ready: {match: ['*.csv']}");

    Configuration configuration = checked();

    assertEquals(List.of("a"), running(configuration));
    String told = onlyFault(configuration, "b");
    assertTrue(
        told.endsWith("or share it: ready.match in the first, and 'after: [a]' in this one"), told);
  }

  /** Else it would take what was meant for the other. */
  @Test
  void aFluxWhoseNeighbourIsBrokenOrGoneStaysDown() throws IOException {
    folder.flux("a", "ingest: [");
    flux("b", "after: [a]");
    flux("c", temp.resolve("inbox"), "after: [z]");

    Configuration configuration = checked();

    assertEquals(List.of(), running(configuration));
    assertEquals(
        "ingest.after: there is no flux 'a' with an inbox, or its file is broken: without it nobody"
            + " knows which files are not for this one",
        onlyFault(configuration, "b"));
  }

  /** What its machine lacks keeps it down; its files are left to it all the same. */
  @Test
  void theFilesOfANeighbourThatTheMachineKeepsDownAreLeftToIt() throws IOException {
    flux("a", "ready: {match: ['*.hl7']}");
    flux("b", "after: [a]");
    Files.delete(temp.resolve("a").resolve("archive"));

    Configuration configuration = checked();

    assertEquals(List.of("b"), running(configuration));
    assertEquals(List.of("a first"), neighbours(configuration, "b"));
  }

  @Test
  void whatMakesNoSenseIsToldAtItsPlace() throws IOException {
    Path other = Files.createDirectory(temp.resolve("other"));
    flux("a");
    flux("b", "after: [a]");
    flux("c", other, "after: [a]");
    flux("d", "ready: {match: [x]}", "after: [d]");
    flux("e", "ready: {match: [x]}", "after: [f]");
    flux("f", "ready: {match: [x]}", "after: [e]");
    flux("g", "after: ['../etc']");

    Configuration configuration = folder.read();

    assertEquals(
        "ingest.after: flux 'a' ("
            + folder.fluxFile("a")
            + ") takes every name, and nothing is left: say there with ready.match which it takes",
        onlyFault(configuration, "b"));
    assertEquals(7, configuration.faultsOf(new FluxName("b")).get(0).line());
    assertTrue(onlyFault(configuration, "c").contains("flux 'a' has another inbox, " + inbox));
    assertTrue(onlyFault(configuration, "d").contains("a flux does not come after itself"));
    assertTrue(onlyFault(configuration, "e").contains("these come after each other: e, f"));
    assertTrue(onlyFault(configuration, "f").contains("these come after each other: e, f"));
    assertTrue(onlyFault(configuration, "g").contains("cannot name a flux"));
    assertEquals(List.of("a"), running(configuration));
  }
}
