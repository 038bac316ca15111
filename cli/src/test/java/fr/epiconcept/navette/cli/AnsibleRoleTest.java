package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample role, by a real Ansible, below a root of its own. */
class AnsibleRoleTest {
  private static final Path ROLE = Path.of("../conf/ansible").toAbsolutePath().normalize();
  private static final Path NAVETTE =
      Path.of(System.getProperty("navette.dist"), "bin/navette").toAbsolutePath();

  @TempDir Path root;

  @BeforeEach
  void needsAnsible() {
    assumeTrue(
        java.util.stream.Stream.of(System.getenv("PATH").split(":", -1))
            .anyMatch(each -> Files.isExecutable(Path.of(each, "ansible-playbook"))),
        "ansible-core is not installed");
  }

  @Test
  void itsSyntaxIsRight() throws Exception {
    Ran ran = play("files1", "--syntax-check");

    assertEquals(0, ran.exit(), ran::toString);
  }

  @Test
  void aSecondRunChangesNothingAndWhatItWroteIsRight() throws Exception {
    for (String host : List.of("files1", "front1")) {
      Ran first = play(host, "--tags=config,accounts");
      Ran second = play(host, "--tags=config,accounts");

      assertEquals(0, first.exit(), first::out);
      assertFalse(first.out().contains("changed=0 "), first::out);
      assertEquals(0, second.exit(), second::out);
      assertTrue(second.out().contains("changed=0 "), second::out);
      Called check = Called.navette("check", "--offline", "--config", config(host).toString());
      assertEquals(0, check.exit(), check::out);
      assertTrue(check.out().contains("0 errors, 0 warnings, 1 flux can run"), check::out);
    }
    assertEquals(
        "front1\tlabo\n",
        Called.navette("accounts", "list", "--config", config("files1").toString()).out());
    assertEquals(
        "# Written by Ansible: folders of the flux labo.\n[Service]\nReadWritePaths="
            + "/space/home/labo /space/archives/labo /space/quarantine/labo\n",
        Files.readString(root.resolve("files1/systemd/navette-ingest.service.d/labo.conf")));
  }

  @Test
  void whatCheckRefusesIsNotPutInPlace() throws Exception {
    play("files1", "--tags=config");
    String before = Files.readString(config("files1").resolve("flux.d/labo.yml"));

    Ran refused =
        play(
            "files1",
            "--tags=config",
            "--extra-vars={\"navette_fluxes\":{\"labo\":{\"ingest\":{\"inbox\":\"here\","
                + "\"archive\":\"/a\",\"quarantine\":\"/q\"}}}}");

    assertTrue(refused.exit() != 0, refused::out);
    assertTrue(refused.out().contains("ingest.inbox: 'here' is a relative path"), refused::out);
    assertEquals(before, Files.readString(config("files1").resolve("flux.d/labo.yml")));
  }

  @Test
  void onlyFilesOfTheRoleArePruned() throws Exception {
    play("files1", "--tags=config");
    Path mine = config("files1").resolve("flux.d/mine.yml");
    Files.writeString(mine, "ingest:\n  inbox: /mine\n  archive: /mine-a\n  quarantine: /mine-q\n");
    String other =
        "{\"navette_fluxes\":{\"radio\":{\"ingest\":{\"inbox\":\"/r\",\"archive\":\"/a\","
            + "\"quarantine\":\"/q\"}}},\"navette_prune\":true}";

    Ran pruned = play("files1", "--tags=config", "--extra-vars=" + other);

    assertEquals(0, pruned.exit(), pruned::out);
    assertTrue(Files.exists(mine));
    assertTrue(Files.exists(config("files1").resolve("flux.d/radio.yml")));
    assertFalse(Files.exists(config("files1").resolve("flux.d/labo.yml")));
  }

  private Path config(String host) {
    return root.resolve(host).resolve("navette");
  }

  private Ran play(String host, String... more) throws IOException, InterruptedException {
    Files.createDirectories(root.resolve(host));
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("ansible_become", false);
    variables.put("navette_manage_services", false);
    variables.put("navette_config_dir", config(host).toString());
    variables.put("navette_systemd_dir", root.resolve(host + "/systemd").toString());
    variables.put("navette_default_file", root.resolve(host + "/default").toString());
    variables.put("navette_command", NAVETTE.toString());
    variables.put("navette_owner", owner("unix:uid"));
    variables.put("navette_group", owner("unix:gid"));
    List<String> words =
        new ArrayList<>(
            List.of(
                "ansible-playbook",
                "--inventory=" + ROLE.resolve("inventory.yml"),
                "--limit=" + host,
                "--connection=local",
                "--extra-vars=" + JsonSchemas.JSON.writeValueAsString(variables)));
    words.addAll(List.of(more));
    words.add(ROLE.resolve("playbook.yml").toString());
    return Ran.command(
        words,
        Map.of(
            "ANSIBLE_NOCOLOR", "1",
            "ANSIBLE_ROLES_PATH", ROLE.resolve("roles").toString(),
            "ANSIBLE_LOCAL_TEMP", root.resolve("ansible").toString(),
            "ANSIBLE_REMOTE_TEMP", root.resolve("ansible").toString(),
            "JAVA_HOME", System.getProperty("java.home"),
            "LC_ALL", "C.UTF-8"));
  }

  private String owner(String attribute) throws IOException {
    return Files.getAttribute(root, attribute).toString();
  }
}
