package fr.epiconcept.navette.flux.alert;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.AlertClass;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.marks.MarkLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A flux that is held on this server: there is a file {@code <state>/hold/<flux>}. */
public final class HeldFlux {
  private final FluxName flux;
  private final Path file;

  /** The flux, by the state folder of its daemon. */
  public HeldFlux(FluxName flux, Path state) {
    this.flux = flux;
    this.file = state.resolve("hold").resolve(flux.value());
  }

  /** That it is held, if it is. */
  public Optional<Condition> now() throws IOException {
    Optional<String> text = DurableFile.read(file).map(String::strip);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> values = new TreeMap<>();
    Optional<MarkLine> line = MarkLine.parse(text.get()).filter(it -> it.step().equals("held"));
    for (String key : new String[] {"by", "why", "until"}) {
      line.flatMap(it -> it.get(key)).ifPresent(value -> values.put(key, value));
    }
    if (line.isEmpty()) {
      values.put("why", text.get());
    }
    Instant since = Files.getLastModifiedTime(file).toInstant();
    String why = values.getOrDefault("why", "");
    return Optional.of(
        new Condition(
            AlertClass.HELD,
            Optional.of(flux),
            "",
            since,
            "flux " + flux + " is held: nothing is processed" + (why.isEmpty() ? "" : ": " + why),
            values));
  }
}
