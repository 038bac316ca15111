package fr.epiconcept.navette.flux.fastcgi;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The records of FastCGI 1.0: one request of ours, and what comes back. */
final class Records {
  static final int STDOUT = 6;
  static final int STDERR = 7;
  static final int END_REQUEST = 3;

  private static final int VERSION = 1;
  private static final int BEGIN_REQUEST = 1;
  private static final int PARAMS = 4;
  private static final int STDIN = 5;
  private static final int RESPONDER = 1;
  private static final int REQUEST = 1;
  private static final int HEADER = 8;

  /** Of the content of one record. */
  private static final int MOST = 65_535;

  /** A header, the longest content, the longest padding. */
  private static final int LONGEST = HEADER + MOST + 255;

  private final Taker taker;
  private final ByteBuffer buffer = ByteBuffer.allocate(LONGEST);

  /** Takes the contents of records as they come. */
  @FunctionalInterface
  interface Taker {
    /**
     * One record.
     *
     * @param content to be read before this returns
     */
    void record(int type, ByteBuffer content) throws BrokenAnswer;
  }

  Records(Taker taker) {
    this.taker = taker;
  }

  /**
   * A whole request without a body. The connection is closed when it is answered.
   *
   * @throws IllegalArgumentException if a variable is too long for PHP, which reads each record by
   *     itself
   */
  static byte[] request(Map<String, byte[]> params) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    append(out, BEGIN_REQUEST, new byte[] {0, RESPONDER, 0, 0, 0, 0, 0, 0});
    ByteArrayOutputStream pairs = new ByteArrayOutputStream();
    params.forEach(
        (name, value) -> {
          byte[] pair = pair(name, value);
          if (pair.length > MOST) {
            throw new IllegalArgumentException("the variable " + name + " is longer than 64 KiB");
          }
          if (pairs.size() + pair.length > MOST) {
            append(out, PARAMS, pairs.toByteArray());
            pairs.reset();
          }
          pairs.writeBytes(pair);
        });
    append(out, PARAMS, pairs.toByteArray());
    append(out, PARAMS, new byte[0]);
    append(out, STDIN, new byte[0]);
    return out.toByteArray();
  }

  private static void append(ByteArrayOutputStream out, int type, byte[] content) {
    out.write(VERSION);
    out.write(type);
    out.write(REQUEST >> 8);
    out.write(REQUEST);
    out.write(content.length >> 8);
    out.write(content.length);
    out.write(0);
    out.write(0);
    out.writeBytes(content);
  }

  private static byte[] pair(String name, byte[] value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    appendLength(out, bytes.length);
    appendLength(out, value.length);
    out.writeBytes(bytes);
    out.writeBytes(value);
    return out.toByteArray();
  }

  private static void appendLength(ByteArrayOutputStream out, int length) {
    if (length < 0x80) {
      out.write(length);
    } else {
      out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(length | 0x8000_0000).array());
    }
  }

  /** Where the next bytes that come are to be put; {@link #came} looks at them then. */
  ByteBuffer room() {
    return buffer;
  }

  /** Gives on all records that are complete. */
  void came() throws BrokenAnswer {
    buffer.flip();
    while (buffer.remaining() >= HEADER) {
      int at = buffer.position();
      int content = Short.toUnsignedInt(buffer.getShort(at + 4));
      int whole = HEADER + content + Byte.toUnsignedInt(buffer.get(at + 6));
      if (buffer.get(at) != VERSION || buffer.getShort(at + 2) != REQUEST) {
        throw new BrokenAnswer("what answers there speaks no FastCGI");
      }
      if (buffer.remaining() < whole) {
        break;
      }
      taker.record(buffer.get(at + 1), buffer.slice(at + HEADER, content));
      buffer.position(at + whole);
    }
    buffer.compact();
  }
}
