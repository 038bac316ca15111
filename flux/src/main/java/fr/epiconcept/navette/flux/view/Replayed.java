package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FileId;
import java.util.Optional;

/**
 * A file that was chosen for a replay.
 *
 * @param id its own
 * @param as the id under which it is processed once more; nothing if it is not, or only would be
 * @param name as people can read it; empty if it is not known
 * @param bytes its size; 0 if it is not known
 * @param dead whether it is, or was, a dead letter
 * @param path where its content stands, spelled like the name; nothing if it is not known
 * @param problem why it is not processed once more
 */
public record Replayed(
    FileId id,
    Optional<FileId> as,
    String name,
    long bytes,
    boolean dead,
    Optional<String> path,
    Optional<String> problem) {}
