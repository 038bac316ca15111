package fr.epiconcept.navette.flux.fastcgi;

import java.nio.ByteBuffer;

/** Parts the head of a CGI answer from its body, and drops it. */
final class CgiHead {
  private static final int MOST = 64 * 1024;

  private int seen;
  private boolean lineIsEmpty = true;
  private boolean over;

  /**
   * Takes the head's part out of what came.
   *
   * @throws BrokenAnswer if it has no end
   */
  void skip(ByteBuffer content) throws BrokenAnswer {
    while (!over && content.hasRemaining()) {
      byte b = content.get();
      if (++seen > MOST) {
        throw new BrokenAnswer("the head of the answer is longer than " + MOST + " bytes");
      }
      if (b == '\n') {
        over = lineIsEmpty;
        lineIsEmpty = true;
      } else if (b != '\r') {
        lineIsEmpty = false;
      }
    }
  }
}
