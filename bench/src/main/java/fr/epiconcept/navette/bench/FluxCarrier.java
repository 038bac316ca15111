package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Navette, seen as one of its fluxes. */
final class FluxCarrier implements Carrier {
  private final Site site;
  private final String flux;

  FluxCarrier(Site site, String flux) {
    this.site = site;
    this.flux = flux;
  }

  @Override
  public String system() {
    return Results.NAVETTE;
  }

  @Override
  public Path inbox() {
    return site.inbox(flux);
  }

  @Override
  public Path storage() {
    return site.storage(flux);
  }

  @Override
  public Path archive() {
    return site.archive(flux);
  }

  @Override
  public Path staging() {
    return site.staging(flux);
  }

  @Override
  public Path script() {
    return site.script(flux);
  }

  @Override
  public Collection<ProcessHandle> processes() {
    return site.both();
  }

  /** The outcome of each is home, and its record closed. */
  @Override
  public void settle() throws IOException, InterruptedException {
    Path spool = site.spool(flux);
    Emptiness.await(
        Stream.concat(
                Stream.of(inbox()),
                List.of("claimed", "again", "published", "arrived").stream().map(spool::resolve))
            .toList());
  }
}
