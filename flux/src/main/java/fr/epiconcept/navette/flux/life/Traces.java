package fr.epiconcept.navette.flux.life;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.Kept;
import fr.epiconcept.navette.flux.file.TreeWalk;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.view.Trace;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Looks for what stands on this server's disk of a file, beside its waiting. */
final class Traces {
  private static final String REASON = ".reason.txt";

  private final Searchable where;
  private final ZoneId zone;
  private final Consumer<String> unread;

  /**
   * The look at one flux's folders.
   *
   * @param unread is told what could not be looked at
   */
  Traces(Searchable where, ZoneId zone, Consumer<String> unread) {
    this.where = where;
    this.zone = zone;
    this.unread = unread;
  }

  /** What is kept of a file that has an id. */
  List<Trace> of(FileId id) {
    List<Trace> traces = new ArrayList<>();
    for (Map.Entry<String, Path> kept : where.kept().entrySet()) {
      kept(id, kept.getKey(), kept.getValue(), traces);
    }
    where.marks().ifPresent(folder -> marks(id, folder, traces));
    return traces;
  }

  /** The day is that of the daemon's time zone, which may not be ours. */
  private void kept(FileId id, String word, Path folder, List<Trace> traces) {
    LocalDate day = LocalDate.ofInstant(id.time(), zone);
    int before = traces.size();
    for (LocalDate each : List.of(day, day.minusDays(1), day.plusDays(1))) {
      if (traces.size() == before) {
        look(
            folder.resolve(each.toString()),
            id + "*",
            file -> {
              FileName name = FileName.of(file);
              if (!name.toString().equals(id + REASON)) {
                kept(id, word, file, name, traces);
              }
            });
      }
    }
  }

  private void kept(FileId id, String word, Path file, FileName name, List<Trace> traces)
      throws IOException {
    FileIdentity looks = FileIdentity.of(file);
    if (looks.isFolder()) {
      for (TreeName inner : Kept.below(file)) {
        lookAt(inner.in(file), way -> add(id, word, way, inner, traces));
      }
      return;
    }
    String encoded = name.encoded();
    int dash = encoded.indexOf('-');
    FileName own = dash < 0 ? name : FileName.decode(encoded.substring(dash + 1));
    add(id, word, file, TreeName.of(own), traces);
  }

  private void add(FileId id, String word, Path file, TreeName name, List<Trace> traces)
      throws IOException {
    traces.add(
        new Trace(
            where.flux(),
            Optional.of(id),
            word,
            OneLine.of(name),
            OneLine.of(file),
            Optional.of(FileIdentity.of(file).size()),
            Optional.empty()));
  }

  private void marks(FileId id, Path folder, List<Trace> traces) {
    try {
      List<MarkLine> lines = Marks.at(folder).read(id);
      for (MarkLine line : lines) {
        if (line.step().equals("finished")) {
          traces.add(
              new Trace(
                  where.flux(),
                  Optional.of(id),
                  "marks",
                  lines.get(0).get("sub").map(below -> below + "/").orElse("")
                      + lines.get(0).get("name").orElse(""),
                  OneLine.of(folder),
                  Optional.empty(),
                  Optional.of(end(line))));
        }
      }
    } catch (IOException | RuntimeException e) {
      unread.accept("the marks of " + id + " cannot be read: " + e);
    }
  }

  private static String end(MarkLine line) {
    return line.get("result").orElse("ended")
        + line.get("exit").map(exit -> ", exit " + exit).orElse("")
        + line.get("attempts").map(attempts -> ", attempts " + attempts).orElse("")
        + line.get("reason")
            .filter(reason -> !reason.isEmpty())
            .map(reason -> ": " + OneLine.of(reason))
            .orElse("");
  }

  /** Files of that name that nobody has taken. */
  List<Trace> inbox(Sought sought) {
    List<Trace> traces = new ArrayList<>();
    if (sought.isName() && where.inbox().isPresent()) {
      Path inbox = where.inbox().get();
      try {
        new TreeWalk(inbox, where.recursive(), SubFolder::whyNever)
            .all((name, way) -> waiting(sought, inbox, name, way, traces));
      } catch (NoSuchFileException | NotDirectoryException none) {
        return traces;
      } catch (IOException e) {
        unread.accept(OneLine.of(inbox) + " cannot be looked at: " + e);
      }
    }
    return traces;
  }

  private void waiting(Sought sought, Path inbox, TreeName name, Path way, List<Trace> traces)
      throws IOException {
    if (sought.matches(name)) {
      lookAt(
          way,
          file ->
              traces.add(
                  new Trace(
                      where.flux(),
                      Optional.empty(),
                      "inbox",
                      OneLine.of(name),
                      OneLine.of(name.in(inbox)),
                      Optional.of(FileIdentity.of(file).size()),
                      Optional.empty())));
    }
  }

  private interface Look {
    void at(Path file) throws IOException;
  }

  private static void lookAt(Path file, Look look) throws IOException {
    try {
      look.at(file);
    } catch (NoSuchFileException movedMeanwhile) {
      return;
    }
  }

  private void look(Path folder, String glob, Look look) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
      for (Path file : files) {
        lookAt(file, look);
      }
    } catch (NoSuchFileException | NotDirectoryException none) {
      return;
    } catch (IOException | DirectoryIteratorException e) {
      unread.accept(OneLine.of(folder) + " cannot be looked at: " + e);
    }
  }
}
