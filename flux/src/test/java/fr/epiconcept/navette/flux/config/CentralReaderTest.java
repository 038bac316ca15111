package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CentralReaderTest {
  private static final String CENTRAL =
      """
      x-common: &common
        archive: /space/archives
        quarantine: /space/quarantine
      macros:
        - &ready {quiet: 2s}
      fluxes:
        labo:
          hosts: [files1, front1]
          ingest:
            <<: *common
            inbox: /space/labo
            ready: {<<: *ready, match: ["*.hl7"]}
          worker:
            storage: {path: /space/hl7, mode: 0640}
            script: [php, /srv/import.php, "{file}"]
        radio:
          ingest:
            <<: *common
            inbox: /space/radio
            archive: /space/archives/radio
      """;

  @TempDir Path temp;

  @Test
  void anchorsAndMergesAreResolvedAndEachTextSaysWhatTheFluxSays() throws IOException {
    Central central = read(CENTRAL);

    assertEquals(List.of(), central.faults());
    assertEquals(
        List.of("labo", "radio"),
        central.fluxes().stream().map(flux -> flux.name().value()).toList());
    Central.Flux labo = central.fluxes().get(0);
    Central.Flux radio = central.fluxes().get(1);
    assertTrue(labo.isFor("front1") && !labo.isFor("files2") && radio.isFor("files2"));
    assertEquals(Path.of("/space/archives"), labo.config().ingest().orElseThrow().archive());
    assertEquals(Path.of("/space/archives/radio"), radio.config().ingest().orElseThrow().archive());
    for (Central.Flux flux : central.fluxes()) {
      Path file = Files.writeString(temp.resolve(flux.name() + ".yml"), flux.text());
      FluxConfig again = ConfigReader.fluxFile(flux.name(), file).orElseThrow();
      for (Side side : Side.values()) {
        assertEquals(
            List.of(),
            Settings.changes(Settings.of(flux.config(), side), Settings.of(again, side)));
      }
    }
  }

  /** A wrong line is put in the place of a right one. */
  static Stream<Arguments> slips() {
    return Stream.of(
        arguments(
            "ready: {<<: *ready, match: [\"*.hl7\"]}",
            "raedy: {}",
            "12:7: unknown key 'raedy' in ingest: did you mean 'ready'?"),
        arguments("quiet: 2s", "quiet: 2", "5:20: ingest.ready.quiet: '2' is a bare number"),
        arguments("macros:", "macro:", "4:1: unknown key 'macro': did you mean 'macros'?"),
        arguments("fluxes:", "x-fluxes:", "1:1: missing 'fluxes'"),
        arguments("  radio:", "  ra.dio:", "16:3: 'ra.dio' cannot name a flux"),
        arguments(
            "hosts: [files1, front1]", "hosts: files1", "8:12: fluxes.labo.hosts: expected a list"),
        arguments(
            "[files1, front1]", "[files1, ../x]", "8:21: fluxes.labo.hosts: expected names of"),
        arguments("<<: *common\n", "<<: *comon\n", "10:11: '*comon' refers to no anchor"),
        arguments(
            "    archive: /space/archives/radio",
            "    after: [nobody]",
            "20:7: ingest.after: there is no flux 'nobody' with an inbox"));
  }

  @ParameterizedTest
  @MethodSource("slips")
  void whatIsWrongIsToldWhereItStandsInTheCentralFile(String right, String wrong, String told)
      throws IOException {
    assertTrue(CENTRAL.contains(right), right);

    int at = CENTRAL.indexOf(right);
    Central central =
        read(CENTRAL.substring(0, at) + wrong + CENTRAL.substring(at + right.length()));

    assertTrue(central.hasErrors());
    String wanted = temp.resolve("central.yml") + ":" + told;
    assertTrue(
        central.faults().stream().anyMatch(fault -> fault.toString().startsWith(wanted)),
        central.faults()::toString);
  }

  @Test
  void aFluxWithoutASectionIsToldAtItsName() throws IOException {
    Central central = read("fluxes:\n  labo:\n    alerts: {silence: 1d}\n");

    assertEquals(1, central.faults().size());
    assertTrue(
        central.faults().get(0).toString().contains(":2:3: fluxes.labo: neither 'ingest' nor"),
        central.faults()::toString);
  }

  @Test
  void noFluxAtAllIsNoFault() throws IOException {
    assertEquals(new Central(List.of(), List.of()), read("fluxes:\n"));
    assertEquals(new Central(List.of(), List.of()), read("fluxes: {}\n"));
  }

  private Central read(String yaml) throws IOException {
    return CentralReader.read(Files.writeString(temp.resolve("central.yml"), yaml));
  }
}
