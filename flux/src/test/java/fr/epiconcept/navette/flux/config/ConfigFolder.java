package fr.epiconcept.navette.flux.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real configuration folder for a test. */
record ConfigFolder(Path path) {
  /** A {@code navette.yml} without a fault, for both daemons, with one broker. */
  static final String MAIN =
      """
      ingest:
        broker:
          listen: tcp://127.0.0.1:61616
      worker:
        brokers:
          files1:
            url: tcp://localhost:61616
            account: worker1
            password-file: /etc/navette/worker1.password
      """;

  /** The least that an ingest flux says. */
  static final String INGEST =
      """
      ingest:
        inbox: /srv/in
        archive: /srv/archive
        quarantine: /srv/quarantine
      """;

  /** The least that a worker flux says. */
  static final String WORKER =
      """
      worker:
        storage: /srv/storage
        script: [php, /srv/import.php, "{file}"]
      """;

  static ConfigFolder in(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("flux.d"));
    return new ConfigFolder(folder).main(MAIN);
  }

  ConfigFolder main(String yaml) throws IOException {
    Files.writeString(path.resolve("navette.yml"), yaml);
    return this;
  }

  ConfigFolder flux(String name, String yaml) throws IOException {
    Files.writeString(fluxFile(name), yaml);
    return this;
  }

  Path fluxFile(String name) {
    return path.resolve("flux.d").resolve(name + ".yml");
  }

  Configuration read() {
    return ConfigReader.read(path);
  }
}
