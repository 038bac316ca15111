package fr.epiconcept.navette.broker.carry;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.inbox.Inbox;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What {@link Departures} that run know of the files that wait. Safe on any thread.
 *
 * @param full why nothing more is taken from the inbox for now, if that is so
 */
record OwnMemory(
    Optional<Inbox> inbox,
    Rests rests,
    DepartureLink link,
    Complaint collecting,
    Complaint sending,
    Supplier<Optional<String>> full,
    InstantSource clock)
    implements Memory {

  @Override
  public Optional<Note> known(TreeName name) {
    return inbox
        .flatMap(watched -> watched.known(name))
        .map(known -> new Note(known.reason(), Note.in(known.lookAgain(), clock)));
  }

  @Override
  public Note complete() {
    return new Note(collecting.present().or(full).orElse("it is complete, and taken next"));
  }

  @Override
  public Note unsent(FileId id) {
    return rests
        .why(id, clock)
        .orElseGet(
            () ->
                link.present().isEmpty()
                    ? new Note("there is no link to the broker")
                    : new Note(sending.present().orElse("it is sent next")));
  }
}
