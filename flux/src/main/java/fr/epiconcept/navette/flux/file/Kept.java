package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A file as {@link KeptFolder} keeps it.
 *
 * @param id its id
 * @param time 1, or how often a file of that id was kept before, plus 1
 * @param name its own name
 * @param file where it stands
 */
public record Kept(FileId id, int time, FileName name, Path file) {

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
                FileName.of(Arrays.copyOfRange(bytes, at + 1, bytes.length)),
                file));
  }

  /** A name too long to carry its id. */
  private static Optional<Kept> inFolder(FileId id, int time, Path own) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(own)) {
      for (Path file : files) {
        FileName name = FileName.of(file);
        if (!name.toString().equals(TemporaryName.of(id))) {
          return Optional.of(new Kept(id, time, name, file));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException other) {
      return Optional.empty();
    }
    return Optional.empty();
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
