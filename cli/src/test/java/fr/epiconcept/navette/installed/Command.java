package fr.epiconcept.navette.installed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a program of this machine. */
final class Command {
  private static final int MINUTES = 8;

  private Command() {}

  static Answer run(List<String> words) throws Exception {
    return run(words, "");
  }

  static Answer run(List<String> words, String input) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    CompletableFuture<byte[]> said = CompletableFuture.supplyAsync(() -> all(process));
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError(words + " is not done after " + MINUTES + " minutes");
    }
    // What a daemon started by the command still holds open is not waited for
    byte[] output = said.get(10, TimeUnit.SECONDS);
    return new Answer(
        words.get(words.size() - 1),
        process.exitValue(),
        new String(output, StandardCharsets.UTF_8));
  }

  private static byte[] all(Process process) {
    try {
      return process.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
