package fr.epiconcept.navette.e2e;

import static java.nio.file.attribute.PosixFilePermissions.fromString;

import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A flux as a test wants it, and its folders on both servers once {@link TwoServers} has laid it
 * out. Whatever the script does, it writes a line into the {@link Journal} first.
 */
final class Flux {
  /** The script's word for "here is an acknowledgement", the way that Navette recommends. */
  static final String ANSWERS =
      """
      cp "$NAVETTE_FILE" "$NAVETTE_OUT/ack-$NAVETTE_NAME"
      """;

  private final FluxName name;
  private final List<String> ingestLines = new ArrayList<>();
  private final List<String> workerLines = new ArrayList<>();
  private String script = ANSWERS;
  private String check = "";
  private boolean php;
  private Path otherDisk;
  private Flux shared;
  private PartnerServer partner;
  private Path root;

  private Flux(String name) {
    this.name = new FluxName(name);
  }

  /** A flux whose script answers each file with one acknowledgement and succeeds. */
  static Flux named(String name) {
    return new Flux(name);
  }

  /** What the script does, in sh ({@code $OUT} is the worker's out), after its journal line. */
  Flux script(String sh) {
    script = sh;
    return this;
  }

  /** What the script does, in PHP, after its journal line. */
  Flux php(String code) {
    script = code;
    php = true;
    return this;
  }

  /** The check command, in sh; {@code $1} is the file. */
  Flux check(String sh) {
    check = sh;
    return this;
  }

  /** More lines of the flux's {@code ingest:} section, such as {@code check-timeout: 5s}. */
  Flux ingest(String... lines) {
    ingestLines.addAll(List.of(lines));
    return this;
  }

  /** More lines of the flux's {@code worker:} section, such as {@code concurrency: 2}. */
  Flux worker(String... lines) {
    workerLines.addAll(List.of(lines));
    return this;
  }

  /** Its files come into the other's inbox. */
  Flux inboxOf(Flux other) {
    shared = other;
    return this;
  }

  /** Its inbox and its out are on a partner's own server, which Navette asks by SFTP. */
  Flux at(PartnerServer server) {
    partner = server;
    return this;
  }

  /** Its spool and the worker's archive stand there, on another file system than all the rest. */
  Flux otherDisk(Path folder) {
    otherDisk = folder;
    return this;
  }

  FluxName fluxName() {
    return name;
  }

  String name() {
    return name.value();
  }

  // --- its folders: files/… on the file server, front/… on the processing server ---

  Path inbox() {
    if (partner != null) {
      return partner.folder(name + "/inbox");
    }
    return shared != null ? shared.inbox() : root.resolve("files/" + name + "/inbox");
  }

  Path archive() {
    return root.resolve("files/" + name + "/archive");
  }

  Path quarantine() {
    return root.resolve("files/" + name + "/quarantine");
  }

  Path out() {
    if (partner != null) {
      return partner.folder(name + "/out");
    }
    return root.resolve("files/" + name + "/out");
  }

  Path spool() {
    return onOtherDisk("files/spool/" + name);
  }

  Path storage() {
    return root.resolve("front/" + name + "/storage");
  }

  Path workerArchive() {
    return onOtherDisk("front/" + name + "/archive");
  }

  private Path onOtherDisk(String path) {
    return (otherDisk == null ? root : otherDisk).resolve(path);
  }

  Path workerOut() {
    return root.resolve("front/" + name + "/out");
  }

  /** Marks and spool of the worker's half. */
  Path workerState() {
    return root.resolve("front/state/flux/" + name);
  }

  /** Marks of the file server's half. */
  Path ingestState() {
    return root.resolve("files/state/flux/" + name);
  }

  Path ingestLog() {
    return root.resolve("files/log/" + name + ".log");
  }

  Path workerLog() {
    return root.resolve("front/log/" + name + ".log");
  }

  Path journal() {
    return root.resolve("front/" + name + "/journal");
  }

  /** Writes folders, script and configuration. */
  void layOut(Path servers) throws IOException {
    root = servers;
    for (Path folder :
        List.of(inbox(), archive(), quarantine(), out(), storage(), workerArchive(), workerOut())) {
      Files.createDirectories(folder);
    }
    if (partner != null) {
      partner.give(inbox());
      partner.give(out());
    }
    if (!check.isEmpty()) {
      Path file = executable(root.resolve("files/" + name + "/check"), "#!/bin/sh\n" + check);
      ingestLines.add("check: [" + file + ", \"{file}\"]");
    }
    String command;
    if (php) {
      Path file = root.resolve("front/" + name + "/script.php");
      Files.writeString(file, Journal.phpPreface(journal()) + script);
      command = "php, " + file;
    } else {
      Path file = root.resolve("front/" + name + "/script");
      executable(file, Journal.shPreface(journal()) + "OUT='" + workerOut() + "'\n" + script);
      command = file.toString();
    }
    write("etc-files", "ingest", ingestSection());
    write("etc-front", "worker", workerSection(command));
  }

  private static Path executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, fromString("rwxr-xr-x"));
  }

  private void write(String config, String section, List<String> lines) throws IOException {
    Path file = root.resolve(config).resolve("flux.d").resolve(name + ".yml");
    Files.writeString(file, section + ":\n  " + String.join("\n  ", lines) + "\n");
  }

  private List<String> ingestSection() {
    List<String> lines = new ArrayList<>();
    lines.add("inbox: " + (partner == null ? inbox() : partner.url(name + "/inbox")));
    lines.add("archive: " + archive());
    lines.add("quarantine: " + quarantine());
    if (partner == null) {
      lines.add("out: " + out());
    } else {
      if (ingestLines.stream().noneMatch(line -> line.startsWith("out:"))) {
        lines.add("out: " + partner.url(name + "/out"));
      }
      lines.add("sftp: {" + partner.login() + "}");
    }
    if (otherDisk != null) {
      lines.add("spool: " + spool());
    }
    lines.addAll(ingestLines);
    return lines;
  }

  private List<String> workerSection(String command) {
    List<String> lines = new ArrayList<>();
    lines.add("storage: " + storage());
    lines.add("script: [" + command + "]");
    lines.add("archive: " + workerArchive());
    lines.add("out: " + workerOut());
    lines.addAll(workerLines);
    return lines;
  }
}
