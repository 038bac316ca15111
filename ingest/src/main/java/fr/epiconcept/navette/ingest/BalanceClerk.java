package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.flux.view.Balance;
import fr.epiconcept.navette.flux.view.Period;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Answers {@code balance}: for each flux its files of the remainder as {@code {"file": …}}, then
 * {@code {"sum": …}}.
 */
final class BalanceClerk {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final EmbeddedBroker broker;
  private final InstantSource clock;

  BalanceClerk(EmbeddedBroker broker, InstantSource clock) {
    this.broker = broker;
    this.clock = clock;
  }

  /** Answers about those of {@code fluxes} that the asker may know of. */
  void answer(Question question, Asker asker, List<FluxIngest> fluxes, Reply reply)
      throws Refusal, IOException, InterruptedException {
    Optional<Set<String>> may = question.get("fluxes").map(list -> Set.of(list.split(",", -1)));
    if (!asker.here() && may.isEmpty()) {
      throw new Refusal("nobody said about which fluxes " + asker + " may ask");
    }
    Period period;
    try {
      period = Period.of(question);
    } catch (DateTimeException e) {
      throw new Refusal("no period: " + e.getMessage());
    }
    boolean deep = question.get("deep").filter("true"::equals).isPresent();
    for (FluxIngest flux : fluxes) {
      if (may.filter(names -> !names.contains(flux.name().value())).isPresent()) {
        continue;
      }
      Balance sum =
          new Balancing(
                  flux.name(),
                  flux.section(),
                  Optional.of(() -> Queued.of(broker, flux.name())),
                  () -> TimeUnit.NANOSECONDS.sleep(BETWEEN_LOOKS.toNanos()),
                  clock,
                  ZoneId.systemDefault())
              .balance(period, deep, file -> reply.item(Map.of("file", file)));
      reply.item(Map.of("sum", sum));
    }
  }
}
