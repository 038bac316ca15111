package fr.epiconcept.navette.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileIdTest {
  private static final long LAST_MILLI = (1L << 48) - 1;

  /** The times are those that the ULID specification and its implementations give. */
  @ParameterizedTest
  @CsvSource({
    "00000000000000000000000000, 0",
    "7ZZZZZZZZZZZZZZZZZZZZZZZZZ, 281474976710655",
    "01ARYZ6S41TSV4RRFFQ69G5FAV, 1469918176385",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV, 1469922850259",
    "01BX5ZZKBKACTAV9WEVGEMMVRZ, 1508808576371"
  })
  void readsTheTimeOfKnownUlids(String text, long millis) {
    assertEquals(Instant.ofEpochMilli(millis), new FileId(text).time());
  }

  @Test
  void spellsTheExtremes() {
    byte[] ones = new byte[10];
    java.util.Arrays.fill(ones, (byte) 0xff);
    assertEquals("00000000000000000000000000", FileId.of(0, new byte[10]).value());
    assertEquals("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", FileId.of(LAST_MILLI, ones).value());
  }

  @Test
  void spellsEachBitOfTheRandomPartAtItsPlace() {
    for (int bit = 0; bit < 80; bit++) {
      byte[] random = new byte[10];
      random[bit / 8] = (byte) (0x80 >> (bit % 8));
      String digits = FileId.of(0, random).value().substring(10);
      int place = bit / 5;
      int value = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(digits.charAt(place));
      assertEquals(16 >> (bit % 5), value, digits);
      assertEquals(15, digits.chars().filter(c -> c == '0').count(), digits);
    }
  }

  @Test
  void theTimeMakesTheRoundTripToTheMillisecond() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      long millis = random.nextLong() & LAST_MILLI;
      byte[] bytes = new byte[10];
      random.nextBytes(bytes);
      assertEquals(millis, FileId.of(millis, bytes).time().toEpochMilli());
    }
  }

  @Test
  void sortsByTimeThenByRandomPart() {
    Random random = new Random(2);
    List<FileId> ids = new ArrayList<>();
    for (long millis = 1; millis < LAST_MILLI / 3; millis *= 3) {
      byte[] low = new byte[10];
      random.nextBytes(low);
      low[0] = 1;
      byte[] high = low.clone();
      high[0] = (byte) 0x80;
      ids.add(FileId.of(millis, low));
      ids.add(FileId.of(millis, high));
    }
    List<FileId> shuffled = new ArrayList<>(ids);
    Collections.shuffle(shuffled, random);
    Collections.sort(shuffled);
    assertEquals(ids, shuffled);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "01ARYZ6S41TSV4RRFFQ69G5FA",
        "01ARYZ6S41TSV4RRFFQ69G5FAVX",
        "81ARYZ6S41TSV4RRFFQ69G5FAV",
        "01ARYZ6S41TSV4RRFFQ69G5FAI",
        "01ARYZ6S41TSV4RRFFQ69G5FAL",
        "01ARYZ6S41TSV4RRFFQ69G5FAO",
        "01ARYZ6S41TSV4RRFFQ69G5FAU",
        "01aryz6s41tsv4rrffq69g5fav",
        "01ARYZ6S41TSV4RRFFQ69G5F/V",
        "01ARYZ6S41TSV4RRFFQ69G5F.V",
        "01ARYZ6S41TSV4RRFFQ69G5F\nV",
        "-1ARYZ6S41TSV4RRFFQ69G5FAV",
        "01ARYZ6S41TSV4RRFFQ69G5FÉV",
        "01ARYZ6S41TSV4RRFFQ69G5F\uffffV"
      })
  void refusesEveryOtherSpelling(String text) {
    assertTrue(FileId.parse(text).isEmpty());
    assertThrows(IllegalArgumentException.class, () -> new FileId(text));
  }
}
