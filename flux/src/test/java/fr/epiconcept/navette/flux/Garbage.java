package fr.epiconcept.navette.flux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** What a partner, a worn disk or a hand at the keyboard may give us to read. */
public final class Garbage {
  private Garbage() {}

  /** Bytes without any sense. */
  public static Arbitrary<byte[]> bytes(int most) {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(most);
  }

  /** Any text: control characters, halves of pairs, what turns the direction of reading. */
  public static Arbitrary<String> text(int most) {
    return Arbitraries.strings().withCharRange('\0', '\uffff').ofMaxLength(most);
  }

  /** Text of these pieces in any order, with any text between some of them. */
  public static Arbitrary<String> soup(int most, String... pieces) {
    return Arbitraries.frequencyOf(
            Tuple.of(9, Arbitraries.of(pieces)),
            Tuple.of(1, Arbitraries.strings().ascii().ofMaxLength(4)),
            Tuple.of(1, text(3)))
        .list()
        .ofMaxSize(most)
        .map(words -> String.join("", words));
  }

  /** Some of {@code whole}, damaged in one to four places. */
  public static Arbitrary<byte[]> damaged(Arbitrary<byte[]> whole, String... pieces) {
    Arbitrary<Wound> wound =
        Combinators.combine(
                Arbitraries.of(Wound.Kind.values()),
                Arbitraries.integers().between(0, Integer.MAX_VALUE),
                Arbitraries.integers().between(0, 80),
                Arbitraries.of(pieces))
            .as(Wound::new);
    return Combinators.combine(whole, wound.list().ofMinSize(1).ofMaxSize(4))
        .as(
            (bytes, wounds) -> {
              byte[] now = bytes;
              for (Wound each : wounds) {
                now = each.inflict(now);
              }
              return now;
            });
  }

  /**
   * One damage.
   *
   * @param at where, from the beginning and round again
   * @param length how much of it
   * @param pasted what comes in between
   */
  record Wound(Kind kind, int at, int length, String pasted) {
    enum Kind {
      FLIP,
      ZEROS,
      CUT_END,
      CUT_OUT,
      REPEAT,
      PASTE,
      LINE_OUT,
      LINE_TWICE
    }

    byte[] inflict(byte[] bytes) {
      if (bytes.length == 0) {
        return inserted();
      }
      int from = at % bytes.length;
      int to = Math.min(bytes.length, from + length);
      return switch (kind) {
        case FLIP -> {
          byte[] flipped = bytes.clone();
          flipped[from] ^= (byte) (1 << (length & 7));
          yield flipped;
        }
        case ZEROS -> joined(part(bytes, 0, from), new byte[to - from], part(bytes, to));
        case CUT_END -> part(bytes, 0, from);
        case CUT_OUT -> joined(part(bytes, 0, from), part(bytes, to));
        case REPEAT -> joined(part(bytes, 0, to), part(bytes, from));
        case PASTE -> joined(part(bytes, 0, from), inserted(), part(bytes, from));
        case LINE_OUT -> lines(bytes, false);
        case LINE_TWICE -> lines(bytes, true);
      };
    }

    private byte[] inserted() {
      return pasted.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] lines(byte[] bytes, boolean twice) {
      List<String> lines =
          new ArrayList<>(
              List.of(new String(bytes, StandardCharsets.ISO_8859_1).split("(?<=\n)", -1)));
      int which = at % lines.size();
      if (twice) {
        lines.add(length % lines.size(), lines.get(which));
      } else {
        lines.remove(which);
      }
      return String.join("", lines).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] part(byte[] bytes, int from) {
      return part(bytes, from, bytes.length);
    }

    private static byte[] part(byte[] bytes, int from, int to) {
      return java.util.Arrays.copyOfRange(bytes, from, to);
    }
  }

  /** One after the other. */
  public static byte[] joined(byte[]... parts) {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Any id that can be spelled. */
  public static Arbitrary<FileId> ids() {
    return Combinators.combine(
            Arbitraries.longs().between(0, (1L << 48) - 1),
            Arbitraries.bytes().array(byte[].class).ofSize(10))
        .as(FileId::of);
  }

  /** Any name that a file can have. */
  public static Arbitrary<FileName> names() {
    return Arbitraries.bytes()
        .filter(b -> b != 0 && b != '/')
        .array(byte[].class)
        .ofMinSize(1)
        .ofMaxSize(FileName.MAX_BYTES)
        .filter(bytes -> bytes[0] != '.' || bytes.length > 2 || bytes[bytes.length - 1] != '.')
        .map(FileName::of);
  }
}
