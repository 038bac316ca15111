package fr.epiconcept.navette.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.link.Tuning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import javax.jms.Connection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EraTest {
  private static final Tuning ONE = Tuning.receiving(0);

  @TempDir Path root;
  private Site site;
  private Path state;

  @BeforeEach
  void site() throws Exception {
    site = new Site(root).withWorker();
    state = root.resolve("state").resolve("era");
  }

  /** One run of ingest. */
  private Era run() throws Exception {
    try (EmbeddedBroker broker = site.start();
        Connection inside = broker.inVm().open(ONE)) {
      return EraKeeper.open(inside, state, broker.journalWasDamaged());
    }
  }

  @Test
  void beginsOnceAndLastsOverRestarts() throws Exception {
    Era first = run();
    assertTrue(first.fresh());
    for (int i = 0; i < 3; i++) {
      assertEquals(new Era(first.id(), false), run());
    }
  }

  @Test
  void isReadByWorkers() throws Exception {
    try (EmbeddedBroker broker = site.start();
        Connection worker = site.worker(broker).open(ONE);
        Connection inside = broker.inVm().open(ONE)) {
      assertEquals(Optional.empty(), EraReader.read(worker));
      Era era = EraKeeper.open(inside, state, false);
      assertEquals(Optional.of(era.id()), EraReader.read(worker));
      EraKeeper.renew(inside, state);
      assertEquals(Optional.of(era.id()), EraReader.read(worker));
    }
  }

  @Test
  void beginsAnewAfterAWipe() throws Exception {
    Era first = run();
    Site.deleteFolder(site.data());
    Era second = run();
    assertTrue(second.fresh());
    assertNotEquals(first.id(), second.id());
    assertFalse(run().fresh());
  }

  @Test
  void beginsAnewAfterABackupWasBroughtBack() throws Exception {
    run();
    Path backup = root.resolve("backup");
    Site.copyFolder(site.data(), backup);
    Era later = run();
    Site.deleteFolder(site.data());
    Files.move(backup, site.data());
    Era restored = run();
    assertTrue(restored.fresh());
    assertNotEquals(later.id(), restored.id());
  }

  @Test
  void beginsAnewAfterABackupOfTheSameRunThanksToRenewal() throws Exception {
    Path backup = root.resolve("backup");
    try (EmbeddedBroker broker = site.start();
        Connection inside = broker.inVm().open(ONE)) {
      EraKeeper.open(inside, state, false);
      Site.copyFolder(site.data(), backup);
      EraKeeper.renew(inside, state);
    }
    Site.deleteFolder(site.data());
    Files.move(backup, site.data());
    assertTrue(run().fresh());
  }

  @Test
  void beginsAnewAfterDamage() throws Exception {
    Era first = run();
    EmbeddedBrokerTest.truncateJournal(site.data(), 20_000);
    Era second = run();
    assertTrue(second.fresh());
    assertNotEquals(first.id(), second.id());
  }

  @Test
  void beginsAnewIfTheBrokerIsDoubted() throws Exception {
    Era first = run();
    EraKeeper.doubt(state);
    EraKeeper.doubt(state);
    Era second = run();
    assertTrue(second.fresh());
    assertNotEquals(first.id(), second.id());
    assertFalse(run().fresh());
  }

  @Test
  void beginsAnewIfOurOwnMarkIsLost() throws Exception {
    run();
    Files.delete(state);
    assertTrue(run().fresh());
  }

  @Test
  void survivesACrashBetweenMessageAndMark() throws Exception {
    Era first = run();
    Path announced = root.resolve("announced");
    // The mark as it stands after "this token is next", before the broker has it.
    String before = Files.readString(state);
    String token = before.replaceAll("(?s).*token=(\\w+).*", "$1");
    Files.writeString(announced, before.replaceAll("next=\\w+", "next=0123"));
    Files.copy(announced, state, StandardCopyOption.REPLACE_EXISTING);
    assertEquals(new Era(first.id(), false), run());
    // And as it stands after the broker has it, before the mark is final.
    String after = Files.readString(state);
    Files.writeString(state, after.replaceAll("token=\\w+", "token=" + token));
    assertEquals(new Era(first.id(), false), run());
  }

  @Test
  void beginsAnewIfOurOwnMarkIsDamaged() throws Exception {
    run();
    for (byte[] damaged : List.of(new byte[] {'e', (byte) 0xE9}, "era=\\u00zz".getBytes(UTF_8))) {
      Files.write(state, damaged);
      assertTrue(run().fresh());
      assertFalse(run().fresh());
    }
  }
}
