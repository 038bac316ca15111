package fr.epiconcept.navette.flux.adopt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.adopt.Adoption.Adopted;
import fr.epiconcept.navette.flux.adopt.Note.Kind;
import fr.epiconcept.navette.flux.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdoptionTest {
  /** A file server in the style of the old examples. */
  private static final String FILE_SERVER =
      """
      # indird.conf of files1
      {
        "labo": {
          "path": "/space/home/labo/inbox/",
          "sleep": 60,
          "host": "files1",
          "shell": "bash",
          "debug": true,
          "env_prefix": "i_",
          "env": {"home": "/space/home/labo", "done": "$i_home/done", "front": "front1", "user": "labo"},
          "filetypes": {
            "hl7": {"desc": "HL7", "method": "fileglob", "pattern": "[a-z]*.hl7", "orderby": "mtime"},
            "pdf": {"desc": "PDF", "method": "regexp", "pattern": "\\\\.pdf$"},
            "rest": {"desc": "all else", "method": "vregexp", "pattern": "^x"},
            "unused": {"desc": "no rule", "method": "fileglob", "pattern": "*"}
          },
          "actions": {
            "check": {"cmd": "/usr/local/bin/check-hl7 \\"$i_FILE\\""},
            "ascii": {"cmd": "file \\"$i_FILE\\" | grep ASCII"},
            "copy": {"cmd": "timeout 30 rsync -e \\"ssh -i $i_PATH/.ssh/rsync -l $i_user\\" \\"$i_FILE\\" $i_front:hl7\\n"}
          },
          "ends": {
            "done": {"cmd": "mv \\"$i_FILE\\" $i_done", "chdir": null},
            "fail": {"cmd": "mv \\"$i_FILE\\" \\"$i_home\\"/fail/"},
            "mail": {"cmd": "mail -s \\"$i_FILE $i_CODE\\" ops@example.org", "stdin": "all"},
            "none": {"cmd": ":"}
          },
          "conds": {"ok": "test $i_CODE -eq 0", "ko": "[ $i_CODE -ne 0 ]", "odd": "test $i_CODE -eq 3"},
          "logs": {
            "file": {"type": "file", "args": {"path": "/var/log/indird-$i_CONF.log"}},
            "sys": {"type": "syslog", "args": {"facility": "user", "level": "err"}}
          },
          "macros": [{"action": "copy"}],
          "rules": {
            "hl7": [
              {"action": "check", "hide": false},
              {"action": "copy", "hide": true},
              {"action": "copy", "ends": [{"cond": "ok", "end": "done"}, {"cond": "ko", "end": "fail"},
                {"cond": "ko", "end": "mail"}, {"cond": "ko", "end": "none"}], "logs": ["file", "sys"]}
            ],
            "pdf": [{"action": "ascii"}, {"action": "copy", "ends": [{"cond": "odd", "end": "done"}]}],
            "rest": [{"action": "copy", "ends": [{"cond": "ok", "end": "done"}, {"cond": "ko", "end": "fail"}]}]
          }
        }
      }
      """;

  private static final String FRONT =
      """
      {
        "labo-hl7": {
          "path": "/space/applistmp/labo/hl7",
          "sleep": 30,
          "env_prefix": "i_",
          "env": {"script": "/space/www/labo/import.php", "base": "/space/applistmp/labo"},
          "filetypes": {"hl7": {"desc": "HL7", "method": "fileglob", "pattern": "*"}},
          "actions": {"run": {"cmd": "sudo -u www-data timeout 5m php $i_script \\"$i_FILE\\"", "chdir": "/space/www/labo"}},
          "ends": {"done": {"cmd": "mv \\"$i_FILE\\" $i_base/done"}},
          "conds": {"any": "true"},
          "rules": {"hl7": [{"action": "run", "ends": [{"cond": "any", "end": "done"}]}]}
        },
        "ged": {
          "path": "/space/ged",
          "sleep": 30,
          "env": {"S": "/srv/import.php"},
          "filetypes": {"all": {"desc": "all", "method": "fileglob", "pattern": "*"}},
          "actions": {
            "check": {"cmd": "file \\"$INDIRD_FILE\\" | grep ASCII"},
            "run": {"cmd": "php $INDIRD_S \\"$INDIRD_FILE\\" $INDIRD_PATH"}
          },
          "rules": {"all": [{"action": "check"}, {"action": "run"}]}
        }
      }
      """;

  @TempDir Path temp;

  @Test
  void eachTypeOfFilesBecomesAFluxThatComesAfterTheOneBefore() throws Exception {
    Adopted adopted = adopt("files1", FILE_SERVER);

    assertEquals(
        """
        ingest:
          inbox: /space/home/labo/inbox
          archive: /space/home/labo/done
          quarantine: /space/home/labo/fail
          ready:
            match: ["[a-z]*.hl7"]
            rescan: 60s
          order: mtime
          check: [/usr/local/bin/check-hl7, "{file}"]
        """,
        body(adopted, "labo-hl7"));
    assertEquals(
        """
        ingest:
          inbox: /space/home/labo/inbox
          archive: TODO
          quarantine: TODO
          ready:
            match: ["re:.*\\\\.pdf"]
            rescan: 60s
          order: name
          after: [labo-hl7]
          check: [TODO/put-the-old-commands-into-a-script, "{file}"]
        """,
        body(adopted, "labo-pdf"));
    assertTrue(body(adopted, "labo-rest").contains("    ignore: [\"re:x.*\"]\n"));
    assertTrue(body(adopted, "labo-rest").contains("  after: [labo-pdf]\n"));
  }

  @Test
  void bothHostsTogetherMakeWholeFluxes() throws Exception {
    write("files1", FILE_SERVER);
    write("front1", FRONT);

    Adopted adopted = Adoption.of(List.of(temp.resolve("files1"), temp.resolve("front1")));

    assertTrue(
        body(adopted, "labo-hl7")
            .endsWith(
                """
                worker:
                  storage: /space/applistmp/labo/hl7
                  script: [php, /space/www/labo/import.php, "{file}"]
                  run-as: www-data
                  timeout: 5m
                  folder: /space/www/labo
                  archive: /space/applistmp/labo/done
                """),
        () -> body(adopted, "labo-hl7"));
    assertEquals(
        """
        worker:
          storage: /space/ged
          script: [TODO/put-the-old-commands-into-a-script, "{file}"]
          env:
            INDIRD_FILE: "{name}"
            INDIRD_PATH: /space/ged
            INDIRD_S: /srv/import.php
        """,
        body(adopted, "ged"));
  }

  @Test
  void whatHasNoTranslationIsListedWhereItStandsAndInTheFile() throws Exception {
    Adopted adopted = adopt("files1", FILE_SERVER);

    assertNote(adopted, 15, "labo", Kind.LOST, "filetypes.unused has no rule");
    assertNote(adopted, 6, "labo", Kind.OTHERWISE, "host 'files1'");
    assertNote(adopted, 7, "labo", Kind.OTHERWISE, "shell 'bash'");
    assertNote(adopted, 8, "labo", Kind.LOST, "debug");
    assertNote(adopted, 25, "labo-hl7", Kind.LOST, "ends.mail (on ko), which tells somebody");
    assertNote(adopted, 37, "labo-hl7", Kind.LOST, "a step with hide");
    assertNote(adopted, 19, "labo-pdf", Kind.TODO, "ingest.check: it uses the shell's '|'");
    assertNote(adopted, 23, "labo-pdf", Kind.LOST, "ends.done (on odd)");
    assertNote(adopted, 41, "labo-pdf", Kind.TODO, "ingest.archive: no end moves files");
    assertNote(adopted, 31, "labo-hl7", Kind.LOST, "logs.sys: nothing goes to syslog");
    for (Note note : adopted.notes()) {
      adopted
          .fluxes()
          .forEach(
              (name, text) -> {
                boolean concerned = note.flux().equals(name.value()) || note.flux().equals("labo");
                assertTrue(!concerned || text.contains(note.what()), note + " in " + name);
              });
    }
    String pdf = adopted.fluxes().get(new FluxName("labo-pdf"));
    assertFalse(pdf.contains("ends.mail"), pdf);
  }

  @Test
  void theFilesAreRefusedForTheirTodosAndForNothingElse() throws Exception {
    write("files1", FILE_SERVER);
    write("front1", FRONT);
    Path config = Files.createDirectories(temp.resolve("etc/flux.d")).getParent();
    for (var flux :
        Adoption.of(List.of(temp.resolve("files1"), temp.resolve("front1"))).fluxes().entrySet()) {
      Files.writeString(config.resolve("flux.d/" + flux.getKey() + ".yml"), flux.getValue());
    }

    TreeSet<String> faults = new TreeSet<>();
    ConfigReader.read(config)
        .faults()
        .forEach(fault -> faults.add(fault.file().getFileName() + " " + fault.what()));

    faults.removeIf(fault -> fault.startsWith("navette.yml"));
    // Who comes after a flux whose file is broken is down with it.
    assertTrue(faults.removeIf(fault -> fault.startsWith("labo-rest.yml ingest.after")));
    assertEquals(4, faults.size(), faults::toString);
    assertTrue(faults.stream().allMatch(fault -> fault.contains("'TODO")), faults::toString);
  }

  @Test
  void markersOfTheGlobalFileAndFilesOfSingleFluxesCount() throws Exception {
    Path host = write("files1", FILE_SERVER);
    Path own = Files.createDirectories(host.resolve("indird.d/labo"));
    Files.writeString(
        own.resolve("config.json"), FILE_SERVER.replace("/space/home/labo/inbox", "/other"));
    Files.writeString(host.resolve("indird.d/.global.json"), "{\"Use_lsof\": \"n\", \"X\": 1}");

    for (Path source : List.of(host, host.resolve("indird.conf"), host.resolve("indird.d"))) {
      Adopted adopted = Adoption.of(List.of(source));

      assertTrue(body(adopted, "labo-hl7").contains("inbox: /other\n"), source::toString);
      assertTrue(body(adopted, "labo-hl7").contains("    marker: \".ok/{name}\"\n"));
      assertTrue(adopted.notes().stream().anyMatch(note -> note.what().contains("'X' changed")));
    }
  }

  @Test
  void twoFluxesOfOneInboxHaveToBeToldWhichChoosesFirst() throws Exception {
    Path host = write("files1", FILE_SERVER);
    Path own = Files.createDirectories(host.resolve("indird.d/other"));
    Files.writeString(
        own.resolve("config.json"), FILE_SERVER.replace("\"labo\": {", "\"other\": {"));

    Adopted adopted = Adoption.of(List.of(host));

    assertTrue(
        body(adopted, "other-hl7").contains("  after: [TODO]\n"), body(adopted, "other-hl7"));
    assertFalse(body(adopted, "labo-hl7").contains("after"), body(adopted, "labo-hl7"));
    assertNote(adopted, 35, "other-hl7", Kind.TODO, "ingest.after: 'labo-hl7' has the same inbox");
  }

  @Test
  void nothingOfItIsEverRun() throws Exception {
    Path witness = temp.resolve("witness");
    String evil = "$(touch " + witness + ")`touch " + witness + "`; touch " + witness;

    adopt("files1", FILE_SERVER.replace("check-hl7", "check " + evil).replace("front1", evil));

    assertFalse(Files.exists(witness));
  }

  @Test
  void aNoteCannotBecomeALineOfItsOwn() throws Exception {
    String forged = "x\\nworker: {script: [/evil]}\\r\\u2028\\u0085# y";

    Adopted adopted =
        adopt(
            "files1",
            FILE_SERVER
                .replace("\"odd\":", "\"" + forged + "\":")
                .replace("\"cond\": \"odd\"", "\"cond\": \"" + forged + "\""));

    String labo = adopted.fluxes().get(new FluxName("labo-pdf"));
    String header = labo.substring(0, labo.indexOf("\ningest:"));
    assertTrue(header.contains("# y"), header);
    for (String line : header.split("\\R", -1)) {
      assertTrue(line.startsWith("#"), line);
    }
  }

  @Test
  void whatCannotBeReadIsToldWithItsPlace() throws Exception {
    assertBroken("{\n  \"labo\": {]\n}", ":2:12: this is no JSON: ");
    assertBroken("", ":1:1: the file is empty");
    assertBroken("[]", ":1:1: expected an object");
    BrokenOld nothing =
        assertThrows(BrokenOld.class, () -> Adoption.of(List.of(temp.resolve("nowhere"))));
    assertTrue(nothing.getMessage().contains("there is no configuration of indird"));
  }

  private void assertBroken(String json, String told) throws IOException {
    write("files1", json);
    BrokenOld broken =
        assertThrows(BrokenOld.class, () -> Adoption.of(List.of(temp.resolve("files1"))));
    assertTrue(broken.getMessage().contains("indird.conf" + told), broken::getMessage);
    assertEquals(1, broken.getMessage().lines().count());
  }

  private static void assertNote(Adopted adopted, int line, String flux, Kind kind, String what) {
    assertTrue(
        adopted.notes().stream()
            .anyMatch(
                note ->
                    note.line() == line
                        && note.flux().equals(flux)
                        && note.kind() == kind
                        && note.what().startsWith(what)),
        () ->
            line
                + " "
                + what
                + " is not in\n"
                + String.join("\n", adopted.notes().stream().map(Note::toString).toList()));
  }

  private static String body(Adopted adopted, String flux) {
    String text = adopted.fluxes().get(new FluxName(flux));
    return text.lines()
        .filter(line -> !line.startsWith("#"))
        .reduce("", (all, line) -> all + line + "\n");
  }

  private Adopted adopt(String host, String json) throws Exception {
    return Adoption.of(List.of(write(host, json)));
  }

  private Path write(String host, String json) throws IOException {
    Path folder = Files.createDirectories(temp.resolve(host));
    Files.writeString(folder.resolve("indird.conf"), json);
    return folder;
  }
}
