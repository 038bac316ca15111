package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.cli.Sight.Source;
import fr.epiconcept.navette.cli.Trouble.Weight;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.view.DaemonStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.BrokerStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.CertificateStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.LinkStatus;
import fr.epiconcept.navette.flux.view.FluxStatus;
import fr.epiconcept.navette.flux.view.FluxStatus.LastError;
import fr.epiconcept.navette.flux.view.FluxStatus.Scan;
import fr.epiconcept.navette.flux.view.FluxStatus.Waits;
import fr.epiconcept.navette.flux.view.Held;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

/** What is wrong, and that it comes first. */
class TroublesTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  private static DaemonStatus ingest(boolean room, long days, boolean linked) {
    return new DaemonStatus(
        Side.INGEST,
        "files1",
        Optional.of("0.1.0"),
        7,
        NOON.minus(Duration.ofDays(3)),
        Optional.empty(),
        Optional.of(
            new BrokerStatus(
                true,
                "tls://files1:61616",
                Optional.of(40L << 30),
                512L << 20,
                room,
                false,
                Optional.of(
                    new CertificateStatus("server.crt", Optional.of(days), Optional.empty())))),
        List.of(
            new LinkStatus(
                "front1",
                Optional.empty(),
                linked,
                Optional.empty(),
                linked ? Optional.empty() : Optional.of("it is not linked"),
                List.of("labo", "radio"))));
  }

  private static FluxStatus flux(
      String name, long dead, int takers, Optional<Held> held, Optional<LastError> error) {
    return new FluxStatus(
        new FluxName(name),
        Side.INGEST,
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.of(
            new Scan(
                Optional.of(NOON.minusSeconds(2)),
                Duration.ofSeconds(30),
                false,
                Optional.empty())),
        Waits.NOTHING,
        0,
        Optional.empty(),
        0,
        dead,
        0,
        Optional.of(takers),
        held,
        Optional.empty(),
        error);
  }

  private static FluxStatus well(String name) {
    return flux(name, 0, 1, Optional.empty(), Optional.empty());
  }

  private static FluxStatus stalled(String name) {
    return FluxStatus.unknown(
        new FluxName(name),
        Side.INGEST,
        true,
        "its inbox is not listed any more: /inbox",
        Optional.empty(),
        Optional.empty());
  }

  private static Sight sight(DaemonStatus daemon, FluxStatus... fluxes) {
    return new Sight(
        List.of(new Sight.Daemon(Optional.empty(), daemon)),
        List.of(),
        List.of(),
        Arrays.stream(fluxes)
            .map(flux -> new Sight.Flux(Optional.empty(), Source.LIVE, flux))
            .toList());
  }

  private static List<Weight> weights(Sight sight) {
    return Troubles.in(sight, NOON).stream().map(Trouble::weight).toList();
  }

  @Test
  void nothingIsWrongWhereAllIsWell() {
    assertEquals(List.of(), weights(sight(ingest(true, 31, true), well("labo"))));
  }

  @Test
  void whatStopsAllComesBeforeWhatStopsOne() {
    assertEquals(
        List.of(Weight.DAEMON, Weight.NO_PROGRESS, Weight.DEAD, Weight.SOON),
        weights(
            sight(
                ingest(false, 29, true),
                flux("dead", 2, 1, Optional.empty(), Optional.empty()),
                stalled("labo"))));
  }

  @Test
  void theWorstComesFirstWhateverItsName() {
    DaemonStatus daemon = ingest(true, 29, false);
    FluxStatus down =
        FluxStatus.unknown(
            new FluxName("d"),
            Side.INGEST,
            false,
            "no archive",
            Optional.empty(),
            Optional.empty());
    Held held =
        new Held(new FluxName("c"), Side.INGEST, NOON, Optional.empty(), "", Optional.empty());
    LastError lasting = new LastError(NOON, "suspended", Optional.empty(), "no room", true);
    LastError recent = new LastError(NOON, "refused-message", Optional.empty(), "r", false);
    Sight all =
        new Sight(
            List.of(new Sight.Daemon(Optional.empty(), daemon)),
            List.of(new Sight.Absent(Side.WORKER, "no daemon runs")),
            List.of(new Sight.Silent("front2", "no answer for 10 s")),
            Arrays.stream(
                    new FluxStatus[] {
                      flux("a", 0, 1, Optional.empty(), Optional.of(recent)),
                      flux("b", 1, 1, Optional.empty(), Optional.empty()),
                      flux("c", 0, 1, Optional.of(held), Optional.empty()),
                      down,
                      flux("e", 0, 1, Optional.empty(), Optional.of(lasting)),
                      stalled("f"),
                      flux("g", 1, 0, Optional.empty(), Optional.empty())
                    })
                .map(flux -> new Sight.Flux(Optional.empty(), Source.LIVE, flux))
                .toList());
    assertEquals(
        List.of(
            "DAEMON -",
            "LINK -",
            "LINK -",
            "FLUX_DOWN d",
            "NO_PROGRESS f",
            "FAULT e",
            "HELD c",
            "NOT_TAKEN g",
            "DEAD b",
            "DEAD g",
            "RECENT_ERROR a",
            "SOON -"),
        Troubles.in(all, NOON).stream()
            .map(each -> each.weight() + " " + each.flux().map(FluxName::value).orElse("-"))
            .toList());
  }

  @Test
  void whatOnlyTheDiskTellsIsNotCalledDownTwice() {
    Sight disk =
        new Sight(
            List.of(),
            List.of(new Sight.Absent(Side.INGEST, "no daemon runs")),
            List.of(),
            List.of(
                new Sight.Flux(
                    Optional.empty(),
                    Source.DISK,
                    flux("labo", 1, 0, Optional.empty(), Optional.empty()))));
    assertEquals(List.of(Weight.DAEMON, Weight.DEAD), weights(disk));
    assertTrue(text(disk, false).startsWith("ingest  NOT RUNNING\n"), text(disk, false));
  }

  @Test
  void aCertificateIsNamedThirtyDaysBeforeItsEndAndStopsLinksAfterIt() {
    assertEquals(List.of(), weights(sight(ingest(true, 30, true))));
    assertEquals(List.of(Weight.SOON), weights(sight(ingest(true, 29, true))));
    assertEquals(List.of(Weight.SOON), weights(sight(ingest(true, 0, true))));
    assertEquals(List.of(Weight.LINK), weights(sight(ingest(true, -1, true))));
    String text = text(sight(ingest(true, 29, true)), false);
    assertTrue(text.contains("its certificate ends in 29 days: server.crt"), text);
    assertTrue(text.contains(", certificate 29 days"), text);
  }

  @Test
  void aDiskThatIsTooShortSaysWhatIsLeftAndWhatIsKept() {
    Trouble only = Troubles.in(sight(ingest(false, 99, true)), NOON).get(0);
    assertEquals(Weight.DAEMON, only.weight());
    assertTrue(only.what().endsWith("nothing is published: 40 GiB free, 512 MiB kept free"));
    assertEquals("make room; it goes on by itself", only.then());
  }

  @Test
  void aWorkerWithoutItsLinkSaysToWhomSinceWhenAndWhy() {
    DaemonStatus worker =
        new DaemonStatus(
            Side.WORKER,
            "front1",
            Optional.empty(),
            7,
            NOON.minusSeconds(200),
            Optional.of("no flux was woken for 40 s"),
            Optional.empty(),
            List.of(
                new LinkStatus(
                    "files1",
                    Optional.of("tls://files1:61616"),
                    false,
                    Optional.of(NOON.minusSeconds(180)),
                    Optional.of("nothing listens there"),
                    List.of())));
    Sight sight =
        new Sight(
            List.of(new Sight.Daemon(Optional.of("front1"), worker)),
            List.of(),
            List.of(),
            List.of());
    assertEquals(
        List.of(
            "front1: worker makes no progress: no flux was woken for 40 s",
            "front1: worker: no link to files1 (tls://files1:61616) since 3 min: nothing listens"
                + " there"),
        Troubles.in(sight, NOON).stream().map(Trouble::what).toList());
    assertTrue(
        text(sight, false).startsWith("front1: worker  running since 3 min, link to files1 DOWN"));
  }

  @Test
  void aScanThatDoesNotComeIsTold() {
    Trouble only = Troubles.in(sight(ingest(true, 99, true), stalled("labo")), NOON).get(0);
    assertTrue(only.what().contains("not listed any more: /inbox"), only::what);
  }

  @Test
  void aFaultIsWrongWhileItLastsAndAnHourIfItIsNoState() {
    LastError recent =
        new LastError(NOON.minusSeconds(3599), "refused-message", Optional.empty(), "r", false);
    LastError old =
        new LastError(NOON.minusSeconds(3601), "refused-message", Optional.empty(), "r", false);
    LastError lasting =
        new LastError(NOON.minus(Duration.ofDays(2)), "suspended", Optional.empty(), "r", true);
    DaemonStatus daemon = ingest(true, 99, true);
    assertEquals(
        List.of(Weight.RECENT_ERROR),
        weights(sight(daemon, flux("a", 0, 1, Optional.empty(), Optional.of(recent)))));
    assertEquals(
        List.of(), weights(sight(daemon, flux("a", 0, 1, Optional.empty(), Optional.of(old)))));
    assertEquals(
        List.of(Weight.FAULT),
        weights(sight(daemon, flux("a", 0, 1, Optional.empty(), Optional.of(lasting)))));
  }

  @Test
  void aWorkerThatIsAwayIsSaidOnceAndItsFluxesAreMarked() {
    Sight sight =
        sight(
            ingest(true, 99, false),
            flux("labo", 0, 0, Optional.empty(), Optional.empty()),
            flux("radio", 0, 0, Optional.empty(), Optional.empty()));
    assertEquals(List.of(Weight.LINK), weights(sight));
    String text = text(sight, true);
    assertTrue(text.contains("worker front1 is not linked"), text);
    assertTrue(text.contains("0 of 1 worker linked"), text);
    assertTrue(text.contains("labo   ALONE"), text);
  }

  @Test
  void aFluxThatNobodyTakesThoughItsWorkerIsThereIsWrong() {
    assertEquals(
        List.of(Weight.NOT_TAKEN),
        weights(
            sight(ingest(true, 99, true), flux("labo", 0, 0, Optional.empty(), Optional.empty()))));
  }

  @Test
  void aHeldFluxSaysWhoAndWhy() {
    Held held =
        new Held(
            new FluxName("labo"),
            Side.INGEST,
            NOON.minus(Duration.ofHours(3)),
            Optional.of("anna"),
            "new schema",
            Optional.empty());
    Sight sight =
        sight(ingest(true, 99, true), flux("labo", 0, 0, Optional.of(held), Optional.empty()));
    assertEquals(List.of(Weight.HELD), weights(sight));
    String text = text(sight, false);
    assertTrue(text.contains("held on ingest for 3 h: new schema (anna)"), text);
    assertTrue(text.contains("labo  HELD "), text);
  }

  @Test
  void wrongFluxesComeFirstAndWrongAloneCanBeAskedFor() {
    Sight sight =
        sight(
            ingest(true, 99, true), well("a"), flux("z", 1, 1, Optional.empty(), Optional.empty()));
    String all = text(sight, false);
    assertTrue(all.indexOf("\nz  WRONG") > 0 && all.indexOf("\nz  WRONG") < all.indexOf("\na  ok"));
    assertEquals(-1, text(sight, true).indexOf("\na  ok"));
  }

  private static String text(Sight sight, boolean onlyWrong) {
    StringWriter text = new StringWriter();
    new StatusText(new PrintWriter(text, true), Ansi.OFF, NOON)
        .print(sight, Troubles.in(sight, NOON), onlyWrong);
    return text.toString();
  }
}
