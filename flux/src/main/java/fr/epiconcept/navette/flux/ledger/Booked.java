package fr.epiconcept.navette.flux.ledger;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.marks.MarkLine;
import java.util.Optional;

/**
 * What the books say of one file.
 *
 * @param name nothing if the line of its claim is lost
 * @param bytes as it was published, or else as it was claimed
 * @param sha256 as it was published
 * @param end nothing while it has not ended
 */
public record Booked(
    FileId id,
    Optional<TreeName> name,
    Optional<Long> bytes,
    Optional<String> sha256,
    Optional<End> end) {

  /** A file of which the books say nothing. */
  public static Booked unknown(FileId id) {
    return new Booked(id, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Whether it has come to its end, and is no dead letter. */
  public boolean isOver() {
    return end.filter(End::isFinal).isPresent();
  }

  /** With one line more; a line may be there twice, the last one of its kind counts. */
  Booked and(MarkLine line) {
    return switch (line.step()) {
      case Ledger.CLAIMED ->
          new Booked(
              id, name(line).or(() -> name), sha256.isPresent() ? bytes : bytes(line), sha256, end);
      case Ledger.SENT -> new Booked(id, name, bytes(line), line.get("sha256"), end);
      case Ledger.ENDED ->
          new Booked(id, name, bytes, sha256, line.get("as").flatMap(End::parse).or(() -> end));
      default -> this;
    };
  }

  private static Optional<TreeName> name(MarkLine line) {
    try {
      SubFolder folder = SubFolder.decode(line.get("sub").orElse(""));
      return line.get("name").map(FileName::decode).map(name -> new TreeName(folder, name));
    } catch (IllegalArgumentException damaged) {
      return Optional.empty();
    }
  }

  private static Optional<Long> bytes(MarkLine line) {
    try {
      return line.get("bytes").map(Long::valueOf);
    } catch (NumberFormatException damaged) {
      return Optional.empty();
    }
  }
}
