package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.time.Instant;
import java.util.Optional;

/**
 * A file that has not come to its end, where it is and why it does not go on.
 *
 * @param flux its flux
 * @param place where it waits
 * @param id once it has one
 * @param name as people can read it: control characters and bytes that are no UTF-8 are spelled out
 * @param bytes its size
 * @param since when it came to this place, as far as that is known
 * @param why one line, without the name
 * @param next when it will be looked at or tried again, where that is known
 * @param path where its bytes stand on the machine that says so, spelled like the name
 */
public record Waiting(
    FluxName flux,
    Place place,
    Optional<FileId> id,
    String name,
    long bytes,
    Instant since,
    String why,
    Optional<Instant> next,
    Optional<String> path) {

  /** The same file at another place, for another reason. */
  public Waiting at(Place other, String reason) {
    return new Waiting(flux, other, id, name, bytes, since, reason, next, path);
  }

  /** In the order of a file's way. */
  public enum Place {
    /** In the partner's reach: still growing, without its marker, ignored, no right to read it… */
    INBOX,
    /** Claimed, and not yet on its way. */
    SPOOL,
    /** The broker has it. */
    QUEUE,
    /** On the processing server: being received, or its script runs. */
    PROCESSING,
    /** Its script asked for another run. */
    LATER,
    /** It would be next, but its flux is held. */
    HELD,
    /** Given up: among the dead letters. */
    DEAD,
    /** Refused by the flux's check, or no regular file. */
    QUARANTINE,
    /**
     * On its way home: an acknowledgement, or the outcome of a file that the script is done with.
     */
    ANSWER
  }
}
