package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.EmbeddedBroker;
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

  void answer(Question question, List<FluxIngest> fluxes, Reply reply)
      throws Refusal, IOException, InterruptedException {
    Period period;
    try {
      period = Period.of(question);
    } catch (DateTimeException e) {
      throw new Refusal("no period: " + e.getMessage());
    }
    boolean deep = question.get("deep").filter("true"::equals).isPresent();
    for (FluxIngest flux : fluxes) {
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
