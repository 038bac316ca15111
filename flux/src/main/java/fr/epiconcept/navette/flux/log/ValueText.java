package fr.epiconcept.navette.flux.log;

import fr.epiconcept.navette.flux.FileName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The text of a value, before quotes. */
final class ValueText {
  private static final char REPLACEMENT = '\uFFFD';

  private ValueText() {}

  /** The text of {@code value}; null if there is nothing to say. */
  static String of(Object value) {
    if (value == null) {
      return null;
    }
    if (value instanceof Optional<?> optional) {
      return of(optional.orElse(null));
    }
    if (value instanceof FileName name) {
      return name.display();
    }
    if (value instanceof Path path) {
      return of(path);
    }
    if (value instanceof Duration duration) {
      return of(duration);
    }
    return value.toString();
  }

  private static String of(Path path) {
    String text = path.toString();
    if (text.indexOf(REPLACEMENT) < 0) {
      return text;
    }
    // Some bytes are no UTF-8: each name has its own spelling for them
    StringBuilder spelled = new StringBuilder();
    for (Path name : path) {
      if (path.isAbsolute() || spelled.length() > 0) {
        spelled.append('/');
      }
      spelled.append(FileName.of(name).display());
    }
    return spelled.toString();
  }

  private static String of(Duration duration) {
    long millis = duration.toMillis();
    String thousandths = Long.toString(1000 + Math.abs(millis % 1000)).substring(1);
    return (millis < 0 ? "-" : "") + Math.abs(millis / 1000) + "." + thousandths + "s";
  }
}
