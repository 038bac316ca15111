package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FluxName;
import java.time.Instant;
import java.util.Optional;

/**
 * The sum of a flux's books: {@code received = processed + quarantined + dead + waiting + replayed
 * + remainder}.
 *
 * @param from files that were claimed at that instant or later; absent: all that the books have
 * @param to files that were claimed before
 * @param received all that were claimed
 * @param processed their script said yes, and the archive has them
 * @param quarantined the check refused them, and quarantine has them
 * @param dead they were given up; their letters and their files are there
 * @param waiting they are on their way, and are where they should be
 * @param replayed they were dead letters and go their way again, each counted under another id too
 * @param remainder they are not where they should be: each is named by an {@link Unbalanced}
 * @param unbooked of those counted, so many are not in the books but stand on the disk
 * @param purged of those processed, so many are older than anything that the archive still has
 * @param queuesChecked whether the broker was asked too; if not, only the disk was looked at
 */
public record Balance(
    FluxName flux,
    Optional<Instant> from,
    Instant to,
    long received,
    long processed,
    long quarantined,
    long dead,
    long waiting,
    long replayed,
    long remainder,
    long unbooked,
    long purged,
    boolean queuesChecked) {}
