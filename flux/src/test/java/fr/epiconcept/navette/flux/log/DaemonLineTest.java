package fr.epiconcept.navette.flux.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The packaged logback.xml, in a process of its own. */
class DaemonLineTest {
  private static final Path LOGBACK_XML = Path.of("..", "conf", "logback.xml");

  @Test
  void saysEachMessageOnOneLineOfStderr() throws Exception {
    List<String> lines = speak();

    assertEquals("INFO Speaker a\\nINFO Speaker forged", lines.get(0));
    assertEquals(
        "WARN Speaker will retry in 10s (java.io.IOException: refused\\nby peer)", lines.get(1));
    assertEquals("ERROR Speaker broken", lines.get(2));
    assertEquals("java.io.IOException: refused", lines.get(3));
    assertTrue(lines.stream().noneMatch(line -> line.contains("audit")), lines::toString);
    assertTrue(lines.stream().noneMatch(line -> line.contains("netty")), lines::toString);
    assertTrue(lines.stream().noneMatch(line -> line.contains("|-")), "Logback talks of itself");
    assertEquals("WARN journal slow", lines.get(lines.size() - 1));
  }

  @Test
  void showsEveryStackTraceWhenItIsDebugged() throws Exception {
    List<String> lines = speak("-Dnavette.debug");

    assertEquals("WARN Speaker will retry in 10s", lines.get(1));
    assertEquals("java.io.IOException: refused", lines.get(2));
    assertTrue(lines.stream().anyMatch(line -> line.startsWith("\tat ")), lines::toString);
  }

  private static List<String> speak(String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.add("-Dlogback.configurationFile=" + LOGBACK_XML.toAbsolutePath());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Speaker.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), said);
    return said.lines().toList();
  }

  static final class Speaker {
    public static void main(String[] args) {
      Logger log = LoggerFactory.getLogger("fr.epiconcept.navette.Speaker");
      log.info("a{}", "\nINFO Speaker forged");
      log.warn("will retry in {}", "10s", new IOException("refused\nby peer"));
      log.error("broken", new IOException("refused"));
      LoggerFactory.getLogger("org.apache.activemq.audit.base").error("audited");
      LoggerFactory.getLogger("org.apache.activemq.artemis.core").info("deploying");
      LoggerFactory.getLogger("io.netty.util").info("netty");
      LoggerFactory.getLogger("org.apache.activemq.artemis.journal").warn("slow");
    }
  }
}
