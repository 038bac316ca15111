package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptionTest {
  @TempDir Path temp;

  @Test
  void showsEverySettingAndWhichOnesAreDefaults() throws IOException {
    String text =
        ConfigFolder.in(temp)
            .flux("labo", ConfigFolder.INGEST + "  ready: {quiet: 90s}\n" + ConfigFolder.WORKER)
            .read()
            .describe();

    assertTrue(text.contains("\n  ingest.ready.quiet: 1m30s\n"), text);
    assertTrue(text.contains("\n  ingest.ready.rescan: 30s  (default)\n"), text);
    assertTrue(text.contains("\n  worker.storage: /srv/storage\n"), text);
    assertTrue(text.contains("\n  worker.storage.mode: 0640  (default)\n"), text);
    assertTrue(text.contains("\n  worker.brokers.files1.account: worker1\n"), text);
    assertTrue(text.contains("\n  worker.scripts: 64  (default)\n"), text);
    assertTrue(text.contains("\n  worker.priority: normal  (default)\n"), text);
    assertTrue(text.contains("\n  ingest.broker.min-free: 512MiB  (default)\n"), text);
  }

  @Test
  void showsNoSecret() throws IOException {
    String text =
        ConfigFolder.in(temp)
            .flux(
                "labo",
                ConfigFolder.WORKER
                    + "  env: {DB_PASSWORD: hidden1, DSN: \"my://u:hidden2@h\", SITE: shown}\n")
            .read()
            .describe();

    assertFalse(text.contains("hidden"), text);
    assertTrue(text.contains("worker.env.DB_PASSWORD: (masked)"), text);
    assertTrue(text.contains("worker.env.SITE: \"shown\""), text);
  }
}
