package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Lists a folder, and where that is wanted all that lie below it: never through a link, never into
 * another file system, and no deeper than a {@link SubFolder} may lie. A folder that cannot be read
 * keeps none of the others from being listed.
 */
public final class TreeWalk {
  private final Path top;
  private final boolean recursive;
  private final Function<FileName, Optional<String>> whyIgnored;

  /**
   * A walk through the tree in {@code top}.
   *
   * @param recursive whether folders are entered; else they are names like any other
   * @param whyIgnored why a folder of a name is left alone with all that it holds; nothing if it is
   *     entered
   */
  public TreeWalk(Path top, boolean recursive, Function<FileName, Optional<String>> whyIgnored) {
    this.top = top;
    this.recursive = recursive;
    this.whyIgnored = whyIgnored;
  }

  /** Is told what is met. */
  public interface Visitor {
    /**
     * Something that is no folder, as far as a walk that enters folders can tell.
     *
     * @param way the way to it, for this call
     */
    void met(TreeName name, Path way) throws IOException;

    /** Whether a name is known to be no folder, so that nobody need look. */
    default boolean isKnown(TreeName name) {
      return false;
    }

    /** Whether nothing more need be told. */
    default boolean isOver() {
      return false;
    }

    /** A folder that is entered, before it is listed. */
    default void enters(Branch folder) throws IOException {}

    /**
     * A folder that is not entered because of its name.
     *
     * @param above the folder in which it lies
     */
    default void ignored(Branch above, FileName folder, String why) throws IOException {}

    /** A folder that should be entered and cannot be; nothing in it is told. */
    default void refused(TreeName folder, String why) throws IOException {}
  }

  /**
   * Walks all of it.
   *
   * @throws IOException if the top cannot be listed, or the visitor fails there
   */
  public void all(Visitor visitor) throws IOException {
    list(Branch.top(top), visitor);
  }

  /**
   * Walks one folder in {@code above}, and what lies below it.
   *
   * @return false if there is no such folder
   */
  public boolean below(SubFolder above, FileName folder, Visitor visitor) throws IOException {
    Optional<Branch> found = Branch.open(top, above);
    if (found.isEmpty()) {
      return false;
    }
    try (Branch from = found.get()) {
      return enter(from, folder, visitor);
    }
  }

  private void list(Branch folder, Visitor visitor) throws IOException {
    List<FileName> below = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder.path())) {
      for (Path each : all) {
        if (visitor.isOver()) {
          return;
        }
        FileName name = FileName.of(each);
        TreeName known = new TreeName(folder.folder(), name);
        if (recursive && !visitor.isKnown(known) && isFolder(each)) {
          below.add(name);
        } else {
          visitor.met(known, each);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    for (FileName each : below) {
      if (!visitor.isOver()) {
        enter(folder, each, visitor);
      }
    }
  }

  private static boolean isFolder(Path path) {
    try {
      return FileIdentity.of(path).isFolder();
    } catch (IOException goneOrClosedToUs) {
      return false;
    }
  }

  private boolean enter(Branch above, FileName name, Visitor visitor) throws IOException {
    Optional<String> ignored = whyIgnored.apply(name);
    if (ignored.isPresent()) {
      visitor.ignored(above, name, ignored.get());
      return true;
    }
    TreeName known = new TreeName(above.folder(), name);
    Optional<String> never = above.folder().whyNot(name);
    if (never.isPresent()) {
      visitor.refused(known, never.get());
      return true;
    }
    Optional<Branch> found;
    try {
      found = above.into(name);
    } catch (IOException e) {
      visitor.refused(known, reason(e));
      return true;
    }
    if (found.isEmpty()) {
      return false;
    }
    try (Branch folder = found.get()) {
      if (folder.device() != Branch.top(top).device()) {
        visitor.refused(known, "another file system is mounted there");
      } else {
        visitor.enters(folder);
        list(folder, visitor);
      }
    } catch (NoSuchFileException gone) {
      return false;
    } catch (IOException e) {
      visitor.refused(known, reason(e));
    }
    return true;
  }

  private static String reason(IOException fault) {
    String why = fault instanceof FileSystemException named ? named.getReason() : null;
    return "cannot be read: " + (why == null ? fault.toString() : why);
  }
}
