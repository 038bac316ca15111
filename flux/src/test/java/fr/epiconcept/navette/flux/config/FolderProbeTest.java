package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link ConfigCheckTest} cannot bring about: a change between two steps of a probe. */
class FolderProbeTest {
  @TempDir Path root;

  @Test
  void aLinkPutInThePlaceOfTheProbeGivesNobodyTheFileThatItLeadsTo() throws IOException {
    assumeTrue(DaemonUser.current().isRoot(), "only root gives files away");
    Path theirs = Files.createFile(root.resolve("theirs"));
    Path folder = Files.createDirectory(root.resolve("out"));
    Path probe = Files.createSymbolicLink(folder.resolve("probe"), theirs);

    Optional<String> complaint =
        new FolderProbe(folder, (fileSystem, trial) -> trial.get())
            .giveAway(probe, Optional.of("nobody"), Optional.empty());

    assertEquals(Optional.empty(), complaint);
    assertEquals("root", Files.getOwner(theirs).getName());
    assertEquals("nobody", Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS).getName());
  }

  @Test
  void aFolderIsTriedOnceAndItsFileSystemToo() throws IOException {
    List<Object> synced = new ArrayList<>();
    FolderProbe.Syncs syncs =
        (fileSystem, trial) -> {
          synced.add(fileSystem);
          return trial.get();
        };
    assertEquals(Optional.empty(), new FolderProbe(root, syncs).complaint(none(), none()));
    assertEquals(List.of(Files.getAttribute(root, "unix:dev")), synced);

    Probes probes = new Probes();
    Path folder = Files.createDirectory(root.resolve("folder"));
    assertEquals(Optional.empty(), probes.complaint(folder));
    Files.delete(folder);
    assertEquals(Optional.empty(), probes.complaint(folder), "it is not tried again");
    assertTrue(probes.complaint(folder, Optional.of("root"), none()).isPresent());
    assertEquals(
        Optional.empty(),
        new Probes().complaintIfCreated(root.resolve("new/folder")),
        "its parent");
  }

  /** Each flux is told of a file system that refuses to sync. */
  @Test
  void aFileSystemThatRefusesASyncIsAFaultOfAllFoldersOnIt() {
    FolderProbe.Syncs refuses = (fileSystem, trial) -> Optional.of("cannot sync");
    assertEquals(
        Optional.of("cannot sync"), new FolderProbe(root, refuses).complaint(none(), none()));
  }

  private static Optional<String> none() {
    return Optional.empty();
  }
}
