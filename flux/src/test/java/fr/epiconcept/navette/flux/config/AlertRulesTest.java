package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sections {@code alerts}. */
class AlertRulesTest {
  private static final List<String> MAIL = List.of("/bin/mail", "ops@example.org");

  @TempDir Path temp;

  private Configuration read(String ofDaemons, String ofFlux) throws IOException {
    return ConfigFolder.in(temp)
        .main(ofDaemons + ConfigFolder.MAIN)
        .flux("labo", ConfigFolder.INGEST + ofFlux)
        .read();
  }

  private static AlertRules daemons(Configuration configuration) {
    assertEquals(List.of(), configuration.faults());
    return configuration.daemon().orElseThrow().alerts();
  }

  @Test
  void withoutASectionNobodyIsCalled() throws IOException {
    Configuration configuration = read("", "");

    assertTrue(daemons(configuration).isOff());
    assertEquals(AlertRules.NONE, configuration.fluxes().get(0).alerts());
  }

  @Test
  void aSectionHasDefaultsAndAFluxInheritsThem() throws IOException {
    Configuration configuration =
        read("alerts: {command: [/bin/mail, ops@example.org]}\n", "alerts: {silence: 24h}\n");

    AlertRules daemon = daemons(configuration);
    assertEquals(
        new AlertRules(
            MAIL,
            Map.of(),
            Duration.ofMinutes(15),
            Optional.of(Duration.ofHours(1)),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Duration.ofMinutes(10)),
            Optional.of(Duration.ofDays(30))),
        daemon);
    AlertRules flux = configuration.fluxes().get(0).alerts();
    assertEquals(MAIL, flux.commandFor(AlertClass.DEAD));
    assertEquals(Optional.of(Duration.ofDays(1)), flux.silence());
    assertEquals(Optional.of(Duration.ofHours(1)), flux.oldest());
  }

  @Test
  void aClassMayHaveACommandOfItsOwnOrNone() throws IOException {
    AlertRules rules =
        daemons(
            read(
                """
                alerts:
                  command: [/bin/mail, ops@example.org]
                  commands: {dead: [/bin/page], quarantined: none}
                  oldest: none
                """,
                ""));

    assertEquals(List.of("/bin/page"), rules.commandFor(AlertClass.DEAD));
    assertFalse(rules.wants(AlertClass.QUARANTINED));
    assertEquals(MAIL, rules.commandFor(AlertClass.DISK));
    assertEquals(Optional.empty(), rules.oldest());
  }

  @Test
  void aFluxesOwnCommandIsForAllItsClasses() throws IOException {
    String main = "alerts: {command: [/bin/mail], commands: {dead: [/bin/page]}}\n";

    AlertRules own = read(main, "alerts: {command: [/bin/sms]}\n").fluxes().get(0).alerts();
    AlertRules silent = read(main, "alerts: {command: none}\n").fluxes().get(0).alerts();
    AlertRules more =
        read(main, "alerts: {commands: {held: [/bin/sms]}}\n").fluxes().get(0).alerts();

    assertEquals(List.of("/bin/sms"), own.commandFor(AlertClass.DEAD));
    assertTrue(silent.isOff());
    assertEquals(List.of("/bin/page"), more.commandFor(AlertClass.DEAD));
    assertEquals(List.of("/bin/sms"), more.commandFor(AlertClass.HELD));
  }

  @Test
  void eachFaultIsNamedWithItsPlace() throws IOException {
    List<String> faults =
        read(
                """
                alerts:
                  comand: [x]
                  commands: {daed: [/bin/page], dead: /bin/page}
                  oldest: 1
                """,
                "alerts: {worker-away: 2m, commands: {disk: [/bin/x]}, at-most: 8d}\n")
            .faults()
            .stream()
            .map(fault -> fault.file().getFileName() + ":" + fault.line() + ": " + fault.what())
            .toList();

    assertEquals(7, faults.size(), faults::toString);
    assertTrue(
        faults.get(0).contains("labo.yml:5: unknown key 'worker-away' in alerts"), faults.get(0));
    assertTrue(faults.get(1).contains("labo.yml:5: unknown key 'disk' in alerts.commands"));
    assertTrue(faults.get(2).contains("labo.yml:5: alerts.at-most: '8d' is out of range"));
    assertTrue(
        faults.get(3).contains("navette.yml:2: unknown key 'comand' in alerts: did you mean"));
    assertTrue(faults.get(4).contains("navette.yml:3: unknown key 'daed' in alerts.commands: did"));
    assertTrue(faults.get(5).contains("navette.yml:3: alerts.commands.dead: expected a list"));
    assertTrue(faults.get(6).contains("navette.yml:4: alerts.oldest: '1' is a bare number"));
  }

  @Test
  void aSectionWithoutACommandIsAFault() throws IOException {
    List<Fault> faults = read("alerts: {oldest: 2h}\n", "").faults();

    assertEquals("alerts: missing 'command'", faults.get(0).what());
    assertEquals(1, faults.get(0).line());
  }

  @Test
  void aProgramThatIsNotThereIsAWarningAndKeepsNothingDown() throws IOException {
    Path there = Files.createFile(temp.resolve("no-program"));
    Configuration configuration =
        read(
            "alerts: {command: [/nowhere/mail], commands: {dead: [" + there + "]}}\n",
            "alerts: {command: [no-such-program-at-all]}\n");

    List<String> warnings =
        ConfigCheck.check(configuration, EnumSet.noneOf(Side.class)).stream()
            .filter(fault -> fault.what().startsWith("alerts."))
            .map(
                fault ->
                    fault.file().getFileName()
                        + ":"
                        + fault.line()
                        + ": "
                        + fault.severity()
                        + " "
                        + fault.what())
            .sorted()
            .toList();

    assertEquals(
        List.of(
            "labo.yml:5: WARNING alerts.command: nobody will be called: no program"
                + " 'no-such-program-at-all' on PATH: say its absolute path",
            "navette.yml:1: WARNING alerts.command: nobody will be called: /nowhere/mail does not"
                + " exist",
            "navette.yml:1: WARNING alerts.commands.dead: nobody will be called: "
                + there
                + " is no executable file"),
        warnings);
  }

  @Test
  void theDescriptionShowsWhoIsCalled() throws IOException {
    String text =
        read("alerts: {command: [/bin/mail], commands: {dead: none}}\n", "alerts: {oldest: 2h}\n")
            .describe();

    assertTrue(text.contains("\n  alerts.command: [\"/bin/mail\"]\n"), text);
    assertTrue(text.contains("\n  alerts.commands.dead: none\n"), text);
    assertTrue(text.contains("\n  alerts.oldest: 2h\n"), text);
    assertTrue(text.contains("\n  alerts.certificate: 30d  (default)\n"), text);
    assertTrue(read("", "").describe().contains("\n  alerts: none  (default)\n"));
  }
}
