package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Changes the configuration that {@link TwoServers} has laid out, as an administrator would. */
final class Yaml {
  private Yaml() {}

  /** Changes one text of a flux's file; {@code side} is etc-files or etc-front. */
  static void change(TwoServers servers, String side, String flux, String from, String to)
      throws IOException {
    change(servers.root().resolve(side).resolve("flux.d").resolve(flux + ".yml"), from, to);
  }

  static void change(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    assertTrue(text.contains(from), () -> file + " has no '" + from + "'");
    Files.writeString(file, text.replace(from, to));
  }
}
