package fr.epiconcept.navette.installed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.installed.Document.Step;
import fr.epiconcept.navette.installed.Document.Typed;
import fr.epiconcept.navette.installed.Document.Written;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages are read and held to what they say; this machine's bash is all the hosts. */
class DocumentRunnerTest {
  private static final Path PAGE = Path.of("page.md");

  @TempDir Path folder;
  private final List<String> typed = new ArrayList<>();

  private final class Here implements Typist {
    @Override
    public Answer run(String host, String command) throws Exception {
      typed.add(command.substring(command.indexOf('\n') + 1));
      return Command.run(List.of("bash", "-c", command));
    }

    @Override
    public void write(String host, String path, String content) throws Exception {
      Files.writeString(Path.of(path), content);
    }
  }

  private void run(String page) throws Exception {
    new DocumentRunner(new Here(), Duration.ofMillis(1500)).run(document(page));
  }

  private static Document document(String page) {
    return Document.of(PAGE, page.lines().toList());
  }

  private String failure(String page) {
    return assertThrows(AssertionError.class, () -> run(page)).getMessage();
  }

  @Test
  void onlyBlocksOfAHostAreRun() {
    List<Step> steps =
        document(
                """
                # A title
                ```sh
                # rm -rf /
                ```
                ```text
                files1
                ```
                ```files1
                # true
                ```
                ~~~yaml front1:/etc/navette/flux.d/labo.yml
                a: b
                ~~~
                """)
            .steps();

    assertEquals(
        List.of(
            new Typed("files1", 9, "true", List.of(), 0),
            new Written("front1", 11, "/etc/navette/flux.d/labo.yml", "a: b\n")),
        steps);
  }

  @Test
  void aCommandGoesOnBehindABackslashAndThroughAHereDocument() {
    List<Step> steps =
        document(
                """
                ```ci exit=3
                # printf a \\
                    b
                ab
                # cat > f <<'END'
                # no command
                END
                # false

                out …
                ```
                """)
            .steps();

    assertEquals(
        List.of(
            new Typed("ci", 2, "printf a \\\n    b", List.of("ab"), 0),
            new Typed("ci", 5, "cat > f <<'END'\n# no command\nEND", List.of(), 0),
            new Typed("ci", 8, "false", List.of("", "out …"), 3)),
        steps);
  }

  @Test
  void runsWhatThePageSays() throws Exception {
    run(
        """
        ```files1
        # cd %1$s
        # printf 'one 1\\ntwo\\nthree\\nfour 4\\n'
        one …
        …
        four 4
        # pwd
        %1$s
        # cd / # and back
        ```
        ```files1 exit=7
        # pwd
        /
        # sh -c 'echo gone; exit 7'
        gone
        ```
        ```yaml files1:%1$s/file
        key: value
        ```
        ```files1
        # cat %1$s/file; stat -c %%a %1$s/file
        key: value
        644
        ```
        """
            .formatted(folder));
  }

  @Test
  void anotherOutputIsAFailureWithItsLine() {
    String told = failure("text\n```files1\n# echo b; echo c\nb\nd\n```\n");

    assertEquals(
        """
        page.md:3: on files1
        # echo b; echo c
        --- expected (exit 0)
        b
        d
        --- got (exit 0)
        b
        c
        ---""",
        told);
  }

  @Test
  void anotherExitCodeIsAFailure() {
    assertTrue(failure("```files1\n# (exit 4)\n```").contains("got (exit 4)"));
    assertTrue(failure("```files1 exit=1\n# true\n```").contains("expected (exit 1)"));
  }

  @Test
  void moreOrFewerLinesAreAFailure() {
    assertTrue(failure("```files1\n# printf 'a\\nb\\n'\na\n```").contains("page.md:2"));
    assertTrue(failure("```files1\n# echo a\na\nb\n```").contains("page.md:2"));
    assertTrue(failure("```files1\n# true\na\n```").contains("page.md:2"));
  }

  /** A point in a page is a point, not any character. */
  @Test
  void nothingButTheEllipsisIsSpecial() {
    assertTrue(Expected.fits(List.of("a.(b)*  ", "… B"), "a.(b)*\nx B\n\n"));
    assertTrue(!Expected.fits(List.of("a.b"), "axb\n"));
    assertTrue(Expected.fits(List.of("…"), ""));
    assertTrue(Expected.fits(List.of("MSH|…MSA|AA"), "MSH|a\rMSA|AA\r"));
    assertTrue(Expected.fits(List.of("a", "…", "b"), "a\nb\n"));
  }

  @Test
  void whatOnlyLooksIsTypedAgainUntilItShowsWhatThePageShows() throws Exception {
    Path file = folder.resolve("log");
    Files.writeString(file, "");
    new DocumentRunner(new Here(), Duration.ofSeconds(20))
        .run(
            document(
                """
                ```files1
                # (sleep 1; echo done > %1$s) > /dev/null 2>&1 &
                # cat %1$s
                done
                ```
                """
                    .formatted(file)));
    assertTrue(typed.size() > 2, typed::toString);
  }

  @Test
  void whatDoesSomethingIsTypedOnce() {
    failure("```files1\n# echo a\nb\n```");
    assertEquals(List.of("echo a"), typed);
  }

  @Test
  void aPageThatCannotBeRunIsRefused() {
    for (String page :
        List.of(
            "```files1\nno command\n```",
            "```files1 exit=x\n# true\n```",
            "```files1 console\n# true\n```",
            "```files1\n# true\n")) {
      assertThrows(IllegalArgumentException.class, () -> document(page), page);
    }
  }
}
