package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.ask.Place;
import fr.epiconcept.navette.broker.fetch.Serving;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Where the bytes are that workers fetch. Safe for several threads. */
final class LargeFiles implements Serving.Source {
  /** An account that loses a flux loses its links too; this is only for a file that is read. */
  private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Place place;
  private final Supplier<List<FluxIngest>> running;
  private final LongSupplier nanoTime;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(Set<FluxName> fluxes, long at) {}

  LargeFiles(Place place, Supplier<List<FluxIngest>> running, LongSupplier nanoTime) {
    this.place = place;
    this.running = running;
    this.nanoTime = nanoTime;
  }

  @Override
  public Set<FluxName> fluxesOf(String account) throws IOException {
    long now = nanoTime.getAsLong();
    Known last = known.get(account);
    if (last == null || now - last.at() > REMEMBERED_NANOS) {
      last = new Known(place.fluxesOf(account), now);
      known.put(account, last);
    }
    return last.fluxes();
  }

  @Override
  public Optional<Path> file(FluxName flux, FileId id) throws IOException {
    for (FluxIngest each : running.get()) {
      if (each.name().equals(flux)) {
        return each.bytes(id);
      }
    }
    throw new IOException("flux " + flux + " does not run here now");
  }
}
