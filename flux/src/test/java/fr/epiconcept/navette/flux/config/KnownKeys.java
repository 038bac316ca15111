package fr.epiconcept.navette.flux.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the readers know: asked by {@code zzz}, a key that no section can know. */
final class KnownKeys {
  private static final Pattern KNOWN =
      Pattern.compile("unknown key 'zzz'(?: in ([\\w.-]+))?.* known keys: (.*)");

  private KnownKeys() {}

  /** All keys of sections that hold {@code zzz}, of the file that ends so: {@code section.key}. */
  static Set<String> of(Path temp, String main, String flux, String file) throws IOException {
    Set<String> keys = new TreeSet<>();
    for (Fault fault : ConfigFolder.in(temp).main(main).flux("f", flux).read().faults()) {
      Matcher known = KNOWN.matcher(fault.what());
      if (fault.file().endsWith(file) && known.find()) {
        String section = known.group(1) == null ? "" : known.group(1) + ".";
        for (String key : known.group(2).split(", ", -1)) {
          keys.add(section + key);
        }
      }
    }
    return keys;
  }
}
