package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A page that people write, but for what stands between two marks. */
final class Document {
  private static final String BEGIN = "<!-- figures: written by \"make bench\" -->";
  private static final String END = "<!-- end of figures -->";

  private final Path page;

  Document(Path page) {
    this.page = page;
  }

  /** Puts {@code text} between the marks; what stood there is gone. */
  void replace(String text) throws IOException {
    Path hidden = page.resolveSibling("." + page.getFileName() + ".new");
    Files.writeString(hidden, spliced(Files.readString(page), text));
    Files.move(hidden, page, StandardCopyOption.REPLACE_EXISTING);
  }

  static String spliced(String page, String text) {
    int begin = page.indexOf(BEGIN);
    int end = page.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException("the page has no " + BEGIN + " before " + END);
    }
    return page.substring(0, begin + BEGIN.length())
        + "\n"
        + text.strip()
        + "\n"
        + page.substring(end);
  }
}
