package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A file as {@link KeptFolder} keeps it.
 *
 * @param id its id
 * @param time 1, or how often a file of that id was kept before, plus 1
 * @param name its own name, and the sub-folder in which it stood
 * @param file where it stands
 */
public record Kept(FileId id, int time, TreeName name, Path file) {

  /** What is kept in the folder of a day, by id; of several of one id the first. */
  public static Map<FileId, Kept> in(Path day) throws IOException {
    Map<FileId, Kept> all = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(day)) {
      for (Path file : files) {
        of(file).ifPresent(kept -> all.merge(kept.id(), kept, Kept::earlier));
      }
    } catch (NoSuchFileException | NotDirectoryException noDay) {
      return Map.of();
    }
    return all;
  }

  private static Kept earlier(Kept one, Kept other) {
    return one.time() <= other.time() ? one : other;
  }

  private static Optional<Kept> of(Path file) throws IOException {
    byte[] bytes = FileName.of(file).bytes();
    if (bytes.length < FileId.LENGTH) {
      return Optional.empty();
    }
    Optional<FileId> id = FileId.parse(ascii(bytes, 0, FileId.LENGTH));
    if (id.isEmpty()) {
      return Optional.empty();
    }
    int at = FileId.LENGTH;
    while (at < bytes.length && bytes[at] != '-') {
      at++;
    }
    Optional<Integer> time = time(ascii(bytes, FileId.LENGTH, at));
    if (time.isEmpty()) {
      return Optional.empty();
    }
    if (at == bytes.length) {
      return inFolder(id.get(), time.get(), file);
    }
    return at + 1 == bytes.length
        ? Optional.empty()
        : Optional.of(
            new Kept(
                id.get(),
                time.get(),
                TreeName.of(FileName.of(Arrays.copyOfRange(bytes, at + 1, bytes.length))),
                file));
  }

  /** A name too long to carry its id, or one from a sub-folder. */
  private static Optional<Kept> inFolder(FileId id, int time, Path own) throws IOException {
    for (TreeName name : below(own)) {
      if (!name.name().toString().equals(TemporaryName.of(id))) {
        return Optional.of(new Kept(id, time, name, name.in(own)));
      }
    }
    return Optional.empty();
  }

  /** What stands in the folder of an id, wherever in it; nothing if it is none. */
  public static List<TreeName> below(Path own) throws IOException {
    List<TreeName> names = new ArrayList<>();
    try {
      new TreeWalk(own, true, SubFolder::whyNever).all((name, way) -> names.add(name));
    } catch (NoSuchFileException | NotDirectoryException other) {
      return List.of();
    }
    Collections.sort(names);
    return names;
  }

  private static Optional<Integer> time(String text) {
    if (text.isEmpty()) {
      return Optional.of(1);
    }
    return text.matches("\\.[1-9][0-9]{0,3}")
        ? Optional.of(Integer.valueOf(text.substring(1)))
        : Optional.empty();
  }

  private static String ascii(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
