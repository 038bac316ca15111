package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.view.Period;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * What reached a flux on the processing server, by its marks. Whether more came in on the file
 * server cannot be known from here.
 *
 * @param received all of the period that have a mark
 * @param processed their script said yes
 * @param failed it said no, or was interrupted for good
 * @param underWay neither yet
 */
public record WorkerBooks(long received, long processed, long failed, long underWay) {

  /**
   * Counts; nothing is made or changed.
   *
   * @param state the daemon's state folder
   */
  public static WorkerBooks of(FluxName flux, Path state, Period period) throws IOException {
    Marks marks = Marks.at(state.resolve("flux").resolve(flux.value()).resolve("deposits"));
    Count count = new Count(marks, period);
    count.all(marks.open());
    for (LocalDate day : marks.doneDays()) {
      if (period.touches(day)) {
        count.all(marks.done(day));
      }
    }
    return count.books();
  }

  private static final class Count {
    private final Marks marks;
    private final Period period;
    private long processed;
    private long failed;
    private long underWay;

    Count(Marks marks, Period period) {
      this.marks = marks;
      this.period = period;
    }

    void all(List<FileId> ids) throws IOException {
      for (FileId id : ids) {
        if (period.has(id)) {
          one(marks.read(id));
        }
      }
    }

    private void one(List<MarkLine> steps) {
      Optional<Progress.Finished> finished = Progress.of(steps).finished();
      if (finished.isEmpty()) {
        underWay++;
      } else if (finished.get().result() == Result.PROCESSED) {
        processed++;
      } else {
        failed++;
      }
    }

    WorkerBooks books() {
      return new WorkerBooks(processed + failed + underWay, processed, failed, underWay);
    }
  }
}
