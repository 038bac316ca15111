package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.util.Optional;

/**
 * What stands on a server's disk of a file that does not wait: it outlives the logs.
 *
 * @param flux its flux
 * @param id its id; none for a file in an inbox
 * @param where {@code inbox}, {@code archive}, {@code quarantine}, {@code worker-archive} or {@code
 *     marks}
 * @param name the file's name, spelled for people
 * @param path where it is, spelled likewise
 * @param bytes its size; none of marks
 * @param says what a mark says of its end
 */
public record Trace(
    FluxName flux,
    Optional<FileId> id,
    String where,
    String name,
    String path,
    Optional<Long> bytes,
    Optional<String> says) {}
