package fr.epiconcept.navette.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.broker.message.CorruptPayload;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.file.Hashing;
import fr.epiconcept.navette.flux.file.NewFile;
import fr.epiconcept.navette.flux.log.FluxLogs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchedFileTest {
  private static final FileId ID = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");
  private static final String CONTENT = "the content of the file";

  @TempDir Path root;

  private final FluxLogs logs = new FluxLogs();
  private final List<Long> asked = new ArrayList<>();
  private Path name;
  private String kept = CONTENT;
  private boolean cut;

  @BeforeEach
  void name() {
    name = root.resolve("file");
  }

  @AfterEach
  void close() {
    logs.close();
  }

  private void complete() throws IOException {
    complete(CONTENT);
  }

  private void complete(String content) throws IOException {
    String hash = HexFormat.of().formatHex(Hashing.newDigest().digest(content.getBytes(UTF_8)));
    Deposit deposit =
        new Deposit(
            Front.LABO,
            ID,
            FileName.of("a.hl7"),
            content.length(),
            Instant.EPOCH,
            1,
            Optional.empty(),
            Optional.of(hash),
            SubFolder.TOP);
    FetchedFile fetched =
        new FetchedFile(
            deposit,
            hash,
            (of, from, out, over) -> {
              asked.add(from);
              int length = cut ? 7 : kept.length() - (int) from;
              out.write(kept.getBytes(UTF_8), (int) from, length);
              if (cut) {
                throw new IOException("the link is down");
              }
            },
            () -> false,
            logs.open(Front.LABO, root.resolve("log")));
    Optional<NewFile> begun = NewFile.goOn(name);
    try (NewFile file = begun.isPresent() ? begun.get() : NewFile.make(name)) {
      fetched.completeIn(file);
    }
  }

  private void has(String beginning) throws IOException {
    try (NewFile file = NewFile.make(name)) {
      file.out().write(beginning.getBytes(UTF_8));
    }
  }

  @Test
  void allOfItIsFetchedIfThereIsNothing() throws IOException {
    complete();
    assertEquals(CONTENT, Files.readString(name));
    assertEquals(List.of(0L), asked);
  }

  @Test
  void whatIsThereIsNotFetchedAgain() throws IOException {
    has("the con");
    complete();
    assertEquals(CONTENT, Files.readString(name));
    assertEquals(List.of(7L), asked);
  }

  @Test
  void whatIsNoBeginningOfItIsFetchedAnewAndIsNoFaultOfTheSender() throws IOException {
    has("the cod");
    complete();
    assertEquals(CONTENT, Files.readString(name));
    assertEquals(List.of(7L, 0L), asked);
  }

  @Test
  void whatIsLongerThanItIsNoBeginningOfIt() throws IOException {
    has(CONTENT + " and more");
    complete();
    assertEquals(CONTENT, Files.readString(name));
    assertEquals(List.of(0L), asked);
  }

  @Test
  void bytesThatAreNotWhatWasPromisedAreCorruptAndNotKept() throws IOException {
    kept = CONTENT.replace("file", "fill");
    assertThrows(CorruptPayload.class, this::complete);
    assertEquals("", Files.readString(name));
    kept = CONTENT;
    complete();
    assertEquals(CONTENT, Files.readString(name));
  }

  /** What a cut leaves is kept; what a full disk leaves would keep it full, for everybody. */
  @Test
  void aFileThatFillsItsDiskLeavesItAsItWas() throws Exception {
    Path disk = Files.createDirectory(root.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()),
        "only root mounts a small file system");
    try {
      name = disk.resolve("file");
      kept = "x".repeat(2 << 20);
      IOException full = assertThrows(IOException.class, () -> complete(kept));
      assertEquals(IOException.class, full.getClass(), full.toString());
      assertEquals(0, Files.size(name));
    } finally {
      run("umount", disk.toString());
    }
  }

  @Test
  void whatCameBeforeACutIsKept() throws IOException {
    cut = true;
    assertThrows(IOException.class, this::complete);
    assertEquals("the con", Files.readString(name));
    cut = false;
    complete();
    assertEquals(List.of(0L, 7L), asked);
  }

  private static boolean run(String... words) throws Exception {
    return new ProcessBuilder(words).inheritIO().start().waitFor() == 0;
  }
}
