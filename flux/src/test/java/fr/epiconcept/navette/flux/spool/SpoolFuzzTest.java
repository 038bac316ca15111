package fr.epiconcept.navette.flux.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.Garbage;
import fr.epiconcept.navette.flux.file.Kept;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** A foreign or damaged name in our own folders hides none of ours. */
class SpoolFuzzTest {
  private static final FileId ID = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");

  private static Path folder;

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("spool");
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    Files.delete(folder);
  }

  @Provide
  Arbitrary<FileName> names() {
    Arbitrary<byte[]> damaged =
        Garbage.damaged(
            Arbitraries.of(ID.value(), ID + "." + ID, ID + ".2-a.hl7", ID + "-a", ".new-" + ID)
                .map(text -> text.getBytes(StandardCharsets.US_ASCII)),
            ".",
            "-",
            "é",
            "..",
            "\n",
            ".9999999999-");
    return Arbitraries.oneOf(
        Garbage.names(),
        damaged
            .filter(bytes -> bytes.length > 2 && bytes.length < 256)
            .filter(bytes -> new String(bytes, StandardCharsets.ISO_8859_1).matches("[^/\0]+"))
            .map(FileName::of));
  }

  @Property
  void aFolderOfTheSpoolHasALabelOrIsLeftAlone(@ForAll("names") FileName name) {
    Label.of(name.in(folder)).ifPresent(label -> assertEquals(name, FileName.of(label.spelled())));
  }

  @Property
  void anyNameBesideOursIsLeftAlone(@ForAll("names") FileName name) throws IOException {
    // What Records leaves half written, it removes: those are names of ours.
    Assume.that(!name.display().startsWith(".new-"));
    Path other = name.in(folder);
    Path ours = folder.resolve(ID + "-ours");
    Files.createFile(ours);
    boolean made = !Files.exists(other);
    if (made) {
      Files.createFile(other);
    }
    try {
      assertTrue(Kept.in(folder).containsKey(ID));
      assertEquals(Set.copyOf(new Records(folder).list()), Set.copyOf(ids(name)));
      SpoolView.foldersIn(folder);
    } finally {
      Files.delete(ours);
      if (made) {
        Files.delete(other);
      }
    }
  }

  private static List<FileId> ids(FileName name) {
    return FileId.parse(name.display()).stream().toList();
  }
}
