package fr.epiconcept.navette.flux.fastcgi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class RecordsFuzzTest {
  /** Whatever comes: records are given on, or the answer is broken. */
  @Property
  void anyBytesAreRecordsOrABrokenAnswer(@ForAll @Size(max = 3000) byte[] bytes) {
    AtomicInteger given = new AtomicInteger();
    Records records = new Records((type, content) -> given.addAndGet(content.remaining()));
    try {
      feed(records, bytes, 7);
    } catch (BrokenAnswer noFastCgi) {
      assertEquals(0, given.get() > bytes.length ? 1 : 0);
    }
  }

  @Property
  void recordsComeWholeHoweverTheyAreCut(
      @ForAll @Size(max = 70_000) byte[] body,
      @ForAll @IntRange(max = 255) int padding,
      @ForAll @IntRange(min = 1, max = 70_000) int piece)
      throws BrokenAnswer {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (int at = 0; at < body.length; at += 65_535) {
      record(stream, Arrays.copyOfRange(body, at, Math.min(body.length, at + 65_535)), padding);
    }
    ByteArrayOutputStream came = new ByteArrayOutputStream();
    Records records =
        new Records(
            (type, content) -> {
              assertEquals(Records.STDOUT, type);
              byte[] part = new byte[content.remaining()];
              content.get(part);
              came.writeBytes(part);
            });
    feed(records, stream.toByteArray(), piece);
    assertArrayEquals(body, came.toByteArray());
  }

  private static void record(ByteArrayOutputStream out, byte[] content, int padding) {
    out.writeBytes(
        new byte[] {
          1,
          Records.STDOUT,
          0,
          1,
          (byte) (content.length >> 8),
          (byte) content.length,
          (byte) padding,
          0
        });
    out.writeBytes(content);
    out.writeBytes(new byte[padding]);
  }

  private static void feed(Records records, byte[] bytes, int piece) throws BrokenAnswer {
    for (int at = 0; at < bytes.length; ) {
      ByteBuffer room = records.room();
      int size = Math.min(Math.min(piece, bytes.length - at), room.remaining());
      room.put(bytes, at, size);
      at += size;
      records.came();
    }
  }
}
