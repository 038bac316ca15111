package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.live.Question;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Files by the time of their claim.
 *
 * @param from the first instant; absent: from the beginning
 * @param to the first instant that is not in it any more; absent: until now
 */
public record Period(Optional<Instant> from, Optional<Instant> to) {

  /**
   * The period of a question.
   *
   * @throws DateTimeException if it is none
   */
  public static Period of(Question question) {
    return new Period(
        question.get("from").map(Instant::parse), question.get("to").map(Instant::parse));
  }

  /** The same question, about this period. */
  public Question in(Question question) {
    Question with = question;
    if (from.isPresent()) {
      with = with.with("from", from.get().toString());
    }
    return to.isPresent() ? with.with("to", to.get().toString()) : with;
  }

  /** This period, ended at {@code now} if it would end later. */
  public Period until(Instant now) {
    return new Period(from, Optional.of(to.filter(now::isAfter).orElse(now)));
  }

  /** Whether a file was claimed in it. */
  public boolean has(FileId id) {
    Instant time = id.time();
    return from.filter(time::isBefore).isEmpty() && to.filter(end -> !time.isBefore(end)).isEmpty();
  }

  /** Whether a file that was claimed on that day in UTC may be in it. */
  public boolean touches(LocalDate day) {
    Instant begins = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant ends = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    return from.filter(first -> !first.isBefore(ends)).isEmpty()
        && to.filter(end -> !begins.isBefore(end)).isEmpty();
  }
}
