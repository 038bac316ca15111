package fr.epiconcept.navette.flux.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The text of a configuration file: small, UTF-8, without control characters. */
final class ConfigText {
  /** The largest file that is looked at; a real one has a few KiB. */
  static final int MAX_BYTES = 1 << 20;

  private ConfigText() {}

  /** The text of {@code file}, or nothing once {@code faults} holds the reason. */
  static Optional<String> read(Path file, FaultList faults) {
    try {
      if (!Files.isRegularFile(file)) {
        faults.error(
            Mark.NONE, Files.exists(file) ? "is no regular file" : "there is no such file");
        return Optional.empty();
      }
      if (Files.size(file) > MAX_BYTES) {
        faults.error(
            Mark.NONE, "is larger than " + SizeText.spell(MAX_BYTES) + ": is it a configuration?");
        return Optional.empty();
      }
      return decode(Files.readAllBytes(file), faults);
    } catch (IOException e) {
      faults.error(
          Mark.NONE,
          "cannot be read by user '" + DaemonUser.current().name() + "': " + Reason.of(e));
      return Optional.empty();
    }
  }

  static Optional<String> decode(byte[] bytes, FaultList faults) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer chars = CharBuffer.allocate(bytes.length + 1);
    CoderResult end = decoder.decode(ByteBuffer.wrap(bytes), chars, true);
    chars.flip();
    String text = chars.toString();
    if (end.isError()) {
      faults.error(markOf(text, text.length()), "a byte that is no UTF-8: save the file as UTF-8");
      return Optional.empty();
    }
    String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
    for (int i = 0; i < plain.length(); i += Character.charCount(plain.codePointAt(i))) {
      int c = plain.codePointAt(i);
      if (!isPrintable(c)) {
        faults.error(
            markOf(plain, i), String.format("a character that no text has (U+%04X): remove it", c));
        return Optional.empty();
      }
    }
    return Optional.of(plain);
  }

  /** What YAML allows in a file. */
  private static boolean isPrintable(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0x7e)
        || c == 0x85
        || (c >= 0xa0 && c <= 0xd7ff)
        || (c >= 0xe000 && c <= 0xfffd && c != 0xfeff)
        || c >= 0x10000;
  }

  private static Mark markOf(String text, int index) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < index; i += Character.charCount(text.codePointAt(i))) {
      column++;
      if (text.charAt(i) == '\n') {
        line++;
        column = 1;
      }
    }
    return new Mark(line, column);
  }
}
