package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
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
        new FolderProbe(folder).giveAway(probe, Optional.of("nobody"), Optional.empty());

    assertEquals(Optional.empty(), complaint);
    assertEquals("root", Files.getOwner(theirs).getName());
    assertEquals("nobody", Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS).getName());
  }
}
