package fr.epiconcept.navette.flux.life;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds where one of several texts stands in a block of bytes. It skips as Horspool's search does,
 * by the shortest of them: a log of a gigabyte is looked through in about a second.
 */
final class Needles {
  /** The bytes by which a window is compared before whole texts are, if the texts have as many. */
  private static final int TAIL = 4;

  private final int window;
  private final int tail;
  private final int[] skips = new int[256];
  private final boolean[] ends = new boolean[256];
  private final Map<Integer, List<byte[]>> byTail = new HashMap<>();

  /**
   * The search for any of {@code texts}.
   *
   * @param texts at least one, and none empty: the shorter the shortest, the slower the search
   */
  Needles(List<byte[]> texts) {
    window = texts.stream().mapToInt(text -> text.length).min().orElseThrow();
    if (window == 0) {
      throw new IllegalArgumentException("an empty text stands everywhere");
    }
    tail = Math.min(TAIL, window);
    Arrays.fill(skips, window);
    for (byte[] text : texts) {
      for (int i = 0; i < window - 1; i++) {
        int skip = window - 1 - i;
        int at = text[i] & 0xff;
        skips[at] = Math.min(skips[at], skip);
      }
      ends[text[window - 1] & 0xff] = true;
      byTail.computeIfAbsent(tail(text, window - 1), each -> new ArrayList<>()).add(text);
    }
  }

  /** Where the first of them begins in {@code block}, within {@code from} and {@code to}; or -1. */
  int find(byte[] block, int from, int to) {
    int last = from + window - 1;
    while (last < to) {
      int at = block[last] & 0xff;
      if (ends[at] && standsAt(block, last, to)) {
        return last - window + 1;
      }
      last += skips[at];
    }
    return -1;
  }

  private boolean standsAt(byte[] block, int last, int to) {
    List<byte[]> candidates = byTail.get(tail(block, last));
    return candidates != null && isAny(candidates, block, last - window + 1, to);
  }

  private static boolean isAny(List<byte[]> texts, byte[] block, int at, int to) {
    for (byte[] text : texts) {
      int end = at + text.length;
      if (end <= to && Arrays.equals(block, at, end, text, 0, text.length)) {
        return true;
      }
    }
    return false;
  }

  private int tail(byte[] bytes, int last) {
    int read = 0;
    for (int i = last - tail + 1; i <= last; i++) {
      read = (read << 8) | (bytes[i] & 0xff);
    }
    return read;
  }
}
