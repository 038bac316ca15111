package fr.epiconcept.navette.flux.ledger;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.Garbage;
import fr.epiconcept.navette.flux.marks.MarkLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class LedgerFuzzTest {
  private static final FileId ID = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");
  private static final FileId LAST = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRT");
  private static final LocalDate DAY = LedgerView.day(ID);

  private static Path folder;

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("ledger");
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    Files.deleteIfExists(folder.resolve(DAY.toString()));
    Files.delete(folder);
  }

  @Provide
  Arbitrary<byte[]> books() {
    String whole =
        claimed(ID)
            + MarkLine.of(Ledger.SENT, "id", ID, "bytes", 12, "sha256", "00")
            + "\n"
            + MarkLine.of(Ledger.ENDED, "id", ID, "as", End.DEAD.spelled())
            + "\n";
    return Garbage.damaged(
        net.jqwik.api.Arbitraries.just(whole.getBytes(US_ASCII)),
        " id=" + ID,
        "as=",
        "bytes=x",
        "name=%2F",
        "\r",
        "=",
        "%",
        "é");
  }

  private static String claimed(FileId id) {
    FileName name = FileName.of("a b");
    return MarkLine.of(Ledger.CLAIMED, "id", id, "bytes", 7, "name", name.encoded()) + "\n";
  }

  @Property
  void damageHidesNoOtherLine(@ForAll("books") byte[] damaged) throws IOException {
    Files.write(
        folder.resolve(DAY.toString()),
        Garbage.joined(damaged, "\n".getBytes(US_ASCII), claimed(LAST).getBytes(US_ASCII)));
    LedgerView view = new LedgerView(folder);
    assertEquals(java.util.Set.of(DAY), view.days());
    Map<FileId, Booked> booked = view.read(DAY, id -> true);
    assertTrue(booked.containsKey(LAST));
    booked.forEach((id, known) -> assertEquals(DAY, LedgerView.day(id)));
  }
}
