package fr.epiconcept.navette.chaos;

import fr.epiconcept.navette.chaos.Site.Room;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All that there is of one flux when nothing is under way any more.
 *
 * @param archive on the file server
 * @param kept in the archives of its workers
 * @param answers in the file server's out
 * @param letters among the dead letters
 * @param chronicle of its scripts
 * @param files log of the file server
 * @param front log of its processing servers
 */
record Found(
    Flux flux,
    List<Kept> archive,
    List<Kept> quarantine,
    List<Kept> kept,
    List<Answer> answers,
    List<DeadLetters.Letter> letters,
    Chronicle chronicle,
    LogBook files,
    LogBook front) {
  /** How a file is kept for people, below the day: {@code ID[.n]-NAME}, or {@code ID[.n]/TREE}. */
  private static final Pattern KEPT =
      Pattern.compile("([0-9A-HJKMNP-TV-Z]{26})(?:\\.\\d+)?[-/](.*)");

  /**
   * A file that is kept for people.
   *
   * @param name with its sub-folder
   */
  record Kept(String id, String name, String sha256, Instant modified, Path path) {}

  /**
   * An acknowledgement that came home.
   *
   * @param line its first one
   * @param rest SHA-256 of what follows
   * @param sha256 of all of it
   */
  record Answer(String line, String rest, Path path, String sha256) {}

  static Found of(Site site, Flux flux, List<DeadLetters.Letter> letters) throws IOException {
    List<Kept> kept = new ArrayList<>();
    List<Path> logs = new ArrayList<>();
    for (Front front : Front.of(flux)) {
      kept.addAll(kept(site.room(flux, Room.WORKER_ARCHIVE, front)));
      logs.add(site.log(front.label, flux));
    }
    return new Found(
        flux,
        kept(site.room(flux, Room.ARCHIVE)),
        kept(site.quarantine(flux)),
        kept,
        answers(site.room(flux, Room.OUT)),
        letters,
        Chronicle.of(site.journal(flux)),
        LogBook.of(List.of(site.log("files", flux))),
        LogBook.of(logs));
  }

  private static List<Kept> kept(Path folder) throws IOException {
    List<Kept> kept = new ArrayList<>();
    for (Path file :
        UnderWay.files(folder, path -> !path.getFileName().toString().endsWith(".reason.txt"))) {
      Path below = folder.relativize(file);
      Path place = below.getNameCount() > 1 ? below.subpath(1, below.getNameCount()) : below;
      Matcher parts = KEPT.matcher(place.toString());
      boolean known = parts.matches();
      kept.add(
          new Kept(
              known ? parts.group(1) : "",
              known ? parts.group(2) : place.toString(),
              Content.sha256(file),
              Files.getLastModifiedTime(file).toInstant(),
              file));
    }
    return kept;
  }

  private static List<Answer> answers(Path folder) throws IOException {
    List<Answer> answers = new ArrayList<>();
    for (Path file : UnderWay.files(folder, any -> true)) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n' && line.size() < 1000; b = in.read()) {
          line.write(b);
        }
        String rest = Content.sha256(in);
        answers.add(
            new Answer(line.toString(StandardCharsets.UTF_8), rest, file, Content.sha256(file)));
      }
    }
    return answers;
  }
}
