package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/**
 * Which files of a flux an operator means. What is given narrows; at least one thing is.
 *
 * @param dead dead letters only
 * @param id that one only
 * @param name a glob over the name that the partner gave; one with a slash, over the name with its
 *     sub-folder
 * @param from deposited then or later
 * @param to deposited before
 */
public record ReplayOrder(
    boolean dead,
    Optional<FileId> id,
    Optional<String> name,
    Optional<Instant> from,
    Optional<Instant> to) {
  private static final Path HERE = Path.of("/");

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  public ReplayOrder {
    if (!dead && id.isEmpty() && name.isEmpty() && from.isEmpty() && to.isEmpty()) {
      throw new IllegalArgumentException("which files? --dead, --id, --name, or --from and --to");
    }
    if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
      throw new IllegalArgumentException("--from is not before --to");
    }
    name.ifPresent(ReplayOrder::matcher);
  }

  private static PathMatcher matcher(String glob) {
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + glob);
    } catch (PatternSyntaxException wrong) {
      throw new IllegalArgumentException(
          "'" + glob + "' is no pattern for names: " + wrong.getDescription(), wrong);
    }
  }

  /** The same words as a question. */
  public Question asked(String verb) {
    Question question = Question.of(verb);
    question = dead ? question.with("dead", "true") : question;
    question = id.isPresent() ? question.with("id", id.get().value()) : question;
    question = name.isPresent() ? question.with("name", name.get()) : question;
    question = from.isPresent() ? question.with("from", from.get().toString()) : question;
    return to.isPresent() ? question.with("to", to.get().toString()) : question;
  }

  /** What {@link #asked} said. */
  static ReplayOrder of(Question question) throws Refusal {
    try {
      return new ReplayOrder(
          question.get("dead").isPresent(),
          question.get("id").map(FileId::new),
          question.get("name"),
          question.get("from").map(Instant::parse),
          question.get("to").map(Instant::parse));
    } catch (IllegalArgumentException | DateTimeException wrong) {
      throw new Refusal(wrong.getMessage());
    }
  }

  /** Whether a file of that id can be meant, as far as the id says it. */
  boolean mayTake(FileId file) {
    Instant deposited = file.time();
    return (id.isEmpty() || id.get().equals(file))
        && (from.isEmpty() || !deposited.isBefore(from.get()))
        && (to.isEmpty() || deposited.isBefore(to.get()));
  }

  /** Whether files of that name are meant. */
  boolean takes(TreeName file) {
    if (name.isEmpty()) {
      return true;
    }
    Path whole = HERE.relativize(file.in(HERE));
    boolean withFolder = name.get().indexOf('/') >= 0;
    return matcher(name.get()).matches(withFolder ? whole : whole.getFileName());
  }
}
