package fr.epiconcept.navette.flux.adopt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.config.NamePattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pattern takes the same names as before: grep, bash and sh themselves are asked. */
class PatternsTest {
  private static final List<String> NAMES =
      List.of(
          "a.hl7",
          "ORU_1.hl7",
          "oru_12.HL7",
          "x.hl7.tmp",
          "axhl7",
          "CCR_2026-01.txt",
          "a+b",
          "aab",
          "a(b)",
          "a{2}",
          "aa",
          "[a]",
          "^a",
          "a$",
          "a*",
          "ab*c",
          "a|b",
          "b",
          "a.pdf",
          "a.pdf2",
          "é.pdf",
          "a b.hl7",
          "-x.hl7",
          "foo_bar",
          "a{b,c}",
          "0",
          "9z",
          "a\\b",
          "a]",
          "a-b",
          "a]b",
          "Z.hl7");

  @TempDir static Path folder;

  @BeforeAll
  static void makeFiles() throws IOException {
    for (String name : NAMES) {
      Files.createFile(folder.resolve(name));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".*\\.pdf$",
        "^a",
        "a$",
        "hl7",
        "^ORU_[0-9]\\+\\.hl7$",
        "a\\|b",
        "^\\(a\\|b\\)$",
        "a\\{2\\}",
        "a{2}",
        "a+b",
        "a\\+b",
        "a(b)",
        "\\(a\\)(",
        "*",
        "^*",
        "a*",
        "[]a]$",
        "[^a-z]",
        "[[:upper:]]",
        "[a\\]",
        "a^",
        "^^a",
        "a$$",
        "\\^a",
        "a\\$",
        "a\\*",
        "\\<b",
        "foo\\b",
        "\\w_",
        ".",
        "^.$",
        "a\\?b",
        "[a-z]*\\.hl7$",
        "^\\(ORU\\|CCR\\)_",
        "\\.hl7",
        "a|b",
        "\\-x",
        "[&~]",
        "[[]",
        "a.b\\|^b$"
      })
  void grepTakesTheSame(String basic) throws Exception {
    Optional<String> ours = BasicExpression.translate(basic);

    assertTrue(ours.isPresent(), basic);
    assertEquals(
        lines("ls | grep -e \"$0\"", basic), taken(List.of("re:" + ours.get())), ours.get());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\(a\\)\\1", "[[.a.]]", "[[=a=]]", "[a", "a\\", "\\(a"})
  void whatNobodyCanSayIsLeftToAPerson(String basic) {
    assertEquals(Optional.empty(), BasicExpression.translate(basic));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*.hl7",
        "[a-z]*.hl7",
        "CCR_*",
        "*",
        "a?b",
        "[!a]*",
        "[^a]*",
        "a{b,c}",
        "*.hl7 *.pdf",
        "[a",
        "[]a]*",
        "a[]]",
        "a]",
        "[0-9]*",
        "*[[]*",
        "a[-]b",
        "a[+{]*",
        "[[:upper:]]*",
        "[![:digit:]]*",
        "[!]a]?",
        "x[:]*"
      })
  void theShellTakesTheSame(String glob) throws Exception {
    Optional<List<String>> ours = FileGlob.translate(glob);

    assertTrue(ours.isPresent(), glob);
    String loop =
        "Files=$0; for file in $Files; do test -f \"$file\" && printf '%s\\n' \"$file\"; done";
    assertEquals(lines(loop, glob), taken(ours.get()), ours.get()::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "php /srv/x.php \"$i_FILE\"",
        "/usr/bin/run --to=$i_dir/'a b' \"$i_dir\"/\"${i_FILE}\" \"q\\\"q\\$ \\n\" b\\ c ''",
        "x \"it's\" 'say \"$i_dir\"' $i_dir;",
        "  x\ty  ",
        "x \"${i_dir}s\" @%+=:,./-"
      })
  void theShellMakesTheSameWords(String command) throws Exception {
    Map<String, String> values = Map.of("i_dir", "/srv/d", "i_FILE", ShellWords.FILE);

    List<String> ours = ShellWords.of(command, values).words();

    String script = "i_dir=/srv/d; i_FILE=NAME; set -- " + command + "\nprintf '%s\\n' \"$@\"";
    assertEquals(
        Files.readString(ran(List.of("sh", "-c", script))).lines().toList(),
        ours.stream().map(word -> word.replace(ShellWords.FILE, "NAME")).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file \"$i_FILE\" | grep ASCII",
        "a; b",
        "a && b",
        "x > y",
        "x $(id)",
        "x `id`",
        "x \"`id`\"",
        "[[ -f x ]]",
        "cd /x",
        "A=b x",
        "ls *",
        "x ${i_FILE%.x}",
        "x $1",
        "x $i_many",
        "x ~",
        "x $unknown",
        "x \"y",
        "a\nb",
        "",
        "x {file}",
        "x $i_shell",
        "x 'y' \\",
        "test -f x",
        "x #y"
      })
  void whatOnlyAShellKnowsIsNotGuessed(String command) {
    Map<String, String> values =
        Map.of("i_FILE", ShellWords.FILE, "i_many", "a b", "i_shell", "$(id)");

    assertTrue(ShellWords.of(command, values).needsShell(), command);
  }

  @Test
  void variablesOfVariablesAreFilledInButNotForEver() {
    Map<String, String> values = Map.of("a", "$b/x", "b", "/srv", "c", "$c$c");

    assertEquals("/srv/x", ShellWords.expanded("$a", values));
    assertTrue(ShellWords.expanded("$c", values).length() < 10_001);
  }

  private static Set<String> taken(List<String> patterns) {
    TreeSet<String> taken = new TreeSet<>();
    for (String name : NAMES) {
      boolean fits =
          patterns.stream().anyMatch(each -> NamePattern.of(each).matches(FileName.of(name)));
      if (fits) {
        taken.add(name);
      }
    }
    return taken;
  }

  private static Set<String> lines(String script, String argument) throws Exception {
    Path out = ran(List.of("bash", "-c", script, argument));
    return new TreeSet<>(Files.readString(out).lines().toList());
  }

  private static Path ran(List<String> command) throws Exception {
    Path out = Files.createTempFile("ran", ".out");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.redirectOutput(out.toFile()).start().waitFor();
    return out;
  }
}
