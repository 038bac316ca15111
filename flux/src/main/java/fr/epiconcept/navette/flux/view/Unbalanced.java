package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.util.Optional;

/**
 * A file of the remainder: not where it should be.
 *
 * @param name as people can read it; {@code ?} if nobody knows it any more
 * @param bytes as they were published or claimed, where that is known
 * @param what where it should be, and what is there instead; one line
 * @param then what to do; one line
 */
public record Unbalanced(
    FluxName flux, FileId id, String name, Optional<Long> bytes, String what, String then) {}
