package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever stands in a central file, it is fluxes that can be read again, or faults. */
class CentralFuzzTest {
  @Property
  void anyFileIsFluxesOrFaults(@ForAll("lines") List<String> lines) throws IOException {
    Path file = Files.createTempFile("central", ".yml");
    Path flux = Files.createTempFile("flux", ".yml");
    try {
      Files.writeString(file, String.join("\n", lines) + "\n");
      Central central = CentralReader.read(file);
      central.faults().forEach(fault -> assertEquals(1, fault.toString().split("\n", -1).length));
      assertFalse(central.fluxes().isEmpty() && central.faults().isEmpty() && isWhole(lines));
      for (Central.Flux each : central.fluxes()) {
        Files.writeString(flux, each.text());
        FluxConfig again = ConfigReader.fluxFile(each.name(), flux).orElseThrow();
        for (Side side : Side.values()) {
          assertEquals(Settings.of(each.config(), side), Settings.of(again, side));
        }
      }
    } finally {
      Files.delete(file);
      Files.delete(flux);
    }
  }

  private static boolean isWhole(List<String> lines) {
    return lines.equals(whole());
  }

  private static List<String> whole() {
    return List.of(
        "x-a: &a {quiet: 2s, ignore: ['*.x']}",
        "fluxes:",
        "  labo: &labo",
        "    hosts: [h1]",
        "    ingest: &in",
        "      inbox: /in",
        "      archive: /a",
        "      quarantine: /q",
        "      ready: {<<: *a, match: ['re:\\d+']}",
        "    worker:",
        "      storage: {path: /s, mode: 0640}",
        "      script: [php, '{file}', \"a: b #\\u0085\", 010, yes]",
        "      env: {A: ~x, B: \"\\n\", C: 1e3}",
        "  radio:",
        "    ingest: {<<: *in, inbox: /radio}");
  }

  @Provide
  Arbitrary<List<String>> lines() {
    Arbitrary<String> odd =
        Arbitraries.of(
            "    <<: *labo",
            "  labo: *labo",
            "  x: *x",
            "fluxes: *a",
            "    ingest: *in",
            "macros: [*a]",
            "  - a",
            "\t",
            "    hosts: [*a]",
            "    hosts: {}",
            "  'a b': {}",
            "x-b: &b [*b]",
            "--- ",
            "      check: [x, 'é\u2028']",
            "    alerts: {silence: 1d}",
            "      after: [radio]",
            "# c");
    return Arbitraries.integers()
        .between(0, whole().size() - 1)
        .list()
        .ofMaxSize(3)
        .flatMap(gone -> odd.list().ofMaxSize(2).flatMap(more -> places(gone, more)));
  }

  private static Arbitrary<List<String>> places(List<Integer> gone, List<String> more) {
    return Arbitraries.integers()
        .between(0, whole().size())
        .map(
            place -> {
              List<String> lines = new ArrayList<>();
              for (int i = 0; i < whole().size(); i++) {
                if (i == place) {
                  lines.addAll(more);
                }
                if (!gone.contains(i)) {
                  lines.add(whole().get(i));
                }
              }
              return lines;
            });
  }
}
