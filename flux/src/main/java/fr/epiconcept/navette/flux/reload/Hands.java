package fr.epiconcept.navette.flux.reload;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FluxConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What a daemon does to its fluxes when a {@link Lineup} asks. For one flux never two calls at
 * once; for several, yes.
 *
 * @param <F> a flux that runs
 */
public interface Hands<F> {
  /** The folders that no two fluxes may take files from at the same time. */
  Set<Path> holds(FluxConfig flux);

  /** Those of them that it still has while it winds up. */
  Set<Path> holdsWindingUp(FluxConfig flux);

  /**
   * Starts it.
   *
   * @throws IOException if its folders cannot be used now: tried again later
   */
  F open(FluxConfig flux) throws IOException;

  /**
   * Why it must not become {@code to}, in one line; nothing if it may. Asked before it is closed,
   * and again when it is, for something may have come between.
   */
  Optional<String> obstacle(F flux, FluxConfig from, FluxConfig to) throws IOException;

  /** Takes nothing new; what is under way goes on. Returns at once. May be called twice. */
  void windUp(F flux);

  /** What is still under way after {@link #windUp}, in a few words; nothing if all has ended. */
  Optional<String> underWay(F flux) throws IOException;

  /** Ends it in order: waits for what must not be cut off, and keeps what can go on later. */
  void close(F flux) throws InterruptedException;

  /** It was removed from the configuration, and is closed or was never open. */
  void removed(FluxName flux);

  /** It cannot start; said once for each reason. */
  void fails(FluxConfig flux, String why);

  /** It has started after it had failed. */
  void recovered(FluxConfig flux);
}
