package fr.epiconcept.navette.flux.pulse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.view.FluxStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InquiriesTest {
  private static final FluxName HANGS = new FluxName("hangs");
  private static final FluxName WELL = new FluxName("well");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch disk = new CountDownLatch(1);
  private final AtomicInteger looks = new AtomicInteger();
  private final Inquiries inquiries = new Inquiries(threads, Duration.ofMillis(200));

  @AfterEach
  void end() {
    disk.countDown();
    threads.shutdownNow();
  }

  private FluxStatus hang() {
    looks.incrementAndGet();
    try {
      disk.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return seen(HANGS);
  }

  private static FluxStatus seen(FluxName flux) {
    return FluxStatus.unknown(flux, Side.INGEST, true, "seen", Optional.empty(), Optional.empty());
  }

  @Test
  void oneThatHangsKeepsNobodyFromTheOthersAndNoMoreThanOneThread() throws Exception {
    for (int i = 0; i < 3; i++) {
      Inquiries.Round round = inquiries.round();
      assertEquals(Optional.empty(), round.ask(HANGS, this::hang));
      assertEquals(Optional.of(seen(WELL)), round.ask(WELL, () -> seen(WELL)));
    }
    assertEquals(1, looks.get());
    disk.countDown();
    Awaitility.await()
        .untilAsserted(
            () -> assertTrue(inquiries.round().ask(HANGS, () -> seen(HANGS)).isPresent()));
  }
}
