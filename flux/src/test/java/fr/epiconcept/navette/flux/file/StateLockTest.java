package fr.epiconcept.navette.flux.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {
  @TempDir Path folder;

  @Test
  void keepsASecondOneOfThisProcessOutUntilItIsClosed() throws IOException {
    StateLock lock = StateLock.take(folder);
    IOException refused = assertThrows(IOException.class, () -> StateLock.take(folder));
    assertTrue(refused.getMessage().contains(folder.toString()), refused.getMessage());

    lock.close();
    lock.close();
    StateLock.take(folder).close();
  }

  @Test
  void keepsAnotherProcessOutAndIsFreeWhenThatIsKilled() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertEquals('L', other.getInputStream().read());
      assertThrows(IOException.class, () -> StateLock.take(folder));
    } finally {
      other.destroyForcibly();
      assertTrue(other.waitFor(10, TimeUnit.SECONDS));
    }
    StateLock.take(folder).close();
  }

  /** Another daemon: takes the lock, says so, and waits to be killed. */
  static final class Holder {
    public static void main(String[] words) throws IOException {
      StateLock lock = StateLock.take(Path.of(words[0]));
      System.out.write('L');
      System.out.flush();
      int end = System.in.read();
      lock.close();
      System.exit(end);
    }
  }
}
