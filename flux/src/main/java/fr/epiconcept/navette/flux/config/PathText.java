package fr.epiconcept.navette.flux.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** How a path is written: absolute, without any variable. */
final class PathText {
  private static final Pattern URL = Pattern.compile("[a-z][a-z0-9+.-]*://.*");

  private PathText() {}

  static Parsed<Path> parse(String text) {
    if (URL.matcher(text.toLowerCase(Locale.ROOT)).matches()) {
      return Parsed.bad("'" + text + "' is a URL: expected a folder or file such as /srv/navette");
    }
    if (!text.startsWith("/")) {
      return Parsed.bad("'" + text + "' is a relative path: expected one that begins with '/'");
    }
    try {
      return Parsed.good(Path.of(text));
    } catch (InvalidPathException e) {
      // Only two things can be wrong with an absolute path: a NUL, and letters that the locale
      // under which the Java runtime was started does not know.
      return Parsed.bad(
          "'"
              + text
              + "' cannot be a path here: it holds a NUL, or letters beyond ASCII while the locale"
              + " is not UTF-8 (start with LC_ALL=C.UTF-8)");
    }
  }
}
