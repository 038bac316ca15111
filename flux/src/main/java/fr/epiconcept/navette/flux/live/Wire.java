package fr.epiconcept.navette.flux.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** One end of a socket: lines of JSON, one at a time. Writing is safe for several threads. */
final class Wire implements AutoCloseable {
  /** No honest line is longer: an item is about one file or one flux. */
  private static final int LONGEST = 1024 * 1024;

  private static final ObjectWriter WRITER = LiveJson.mapper().writer();

  private final SocketChannel channel;
  private final java.io.InputStream in;
  private volatile long writingSince;

  Wire(SocketChannel channel) {
    this.channel = channel;
    this.in = new java.io.BufferedInputStream(Channels.newInputStream(channel), 64 * 1024);
  }

  void write(String member, Object value) throws IOException {
    byte[] json = WRITER.writeValueAsBytes(Map.of(member, value));
    write(json);
  }

  void write(Question question) throws IOException {
    write(WRITER.writeValueAsBytes(question));
  }

  private synchronized void write(byte[] json) throws IOException {
    ByteBuffer line = ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n').flip();
    writingSince = System.nanoTime() | 1;
    try {
      while (line.hasRemaining()) {
        channel.write(line);
      }
    } finally {
      writingSince = 0;
    }
  }

  /** For how many nanoseconds a write has waited for the other end; 0 if none does. */
  long stuckNanos() {
    long since = writingSince;
    return since == 0 ? 0 : System.nanoTime() - since;
  }

  /** The next line, or nothing if the other end has closed. */
  Optional<JsonNode> read() throws IOException {
    java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream(256);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return Optional.empty();
      }
      if (line.size() == LONGEST) {
        throw new IOException("a line of more than " + LONGEST + " bytes");
      }
      line.write(b);
    }
    return Optional.of(LiveJson.mapper().readTree(line.toString(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
