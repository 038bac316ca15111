package fr.epiconcept.navette.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A broker in a process of its own. */
final class BrokerProcess {
  private BrokerProcess() {}

  /** Returns when the broker runs; kill it when done. */
  static Process start(Path root) throws IOException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName(),
                root.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line;
    do {
      line = out.readLine();
    } while (line != null && !line.startsWith("READY"));
    if (line == null) {
      throw new IOException("the other broker did not start");
    }
    return process;
  }

  public static void main(String[] args) throws Exception {
    try (EmbeddedBroker broker = new Site(Path.of(args[0])).start()) {
      System.out.println("READY " + broker.listening());
      new CountDownLatch(1).await();
    }
  }
}
