package fr.epiconcept.navette.flux.command;

import com.sun.jna.Memory;
import java.util.List;

/** A {@code char *[]} in memory of its own, ended by a null pointer. */
final class CStrings implements AutoCloseable {
  private final Memory memory;

  CStrings(List<byte[]> texts) {
    long pointers = (texts.size() + 1L) * Long.BYTES;
    memory = new Memory(pointers + texts.stream().mapToLong(text -> text.length + 1L).sum());
    long at = pointers;
    for (int i = 0; i < texts.size(); i++) {
      byte[] text = texts.get(i);
      memory.setPointer((long) i * Long.BYTES, memory.share(at));
      memory.write(at, text, 0, text.length);
      memory.setByte(at + text.length, (byte) 0);
      at += text.length + 1L;
    }
    memory.setPointer(pointers - Long.BYTES, null);
  }

  Memory pointer() {
    return memory;
  }

  @Override
  public void close() {
    memory.close();
  }
}
