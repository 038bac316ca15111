package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The least that durable carrying can be: {@code peers/limit}. */
final class Limit implements Carrier, AutoCloseable {
  private final Path room;
  private final Path script;
  private final Service service;

  private Limit(Path room, Path script, Service service) {
    this.room = room;
    this.script = script;
    this.service = service;
  }

  static Limit start(Lab lab) throws IOException, InterruptedException {
    return start(lab, "limit", true);
  }

  /** It stores, and that is all. */
  static Limit startWithoutScript(Lab lab) throws IOException, InterruptedException {
    return start(lab, "limit-without-script", false);
  }

  private static Limit start(Lab lab, String name, boolean withScript)
      throws IOException, InterruptedException {
    Path room = lab.room(name);
    List<String> command = new ArrayList<>(List.of(lab.peers().resolve("limit").toString()));
    for (String folder : List.of("inbox", "storage", "archive")) {
      command.add(Files.createDirectories(room.resolve(folder)).toString());
    }
    Path script = Script.unlink(room.resolve("bin/unlink"));
    if (withScript) {
      command.add(script.toString());
    }
    Service service =
        Service.start(name, command, Map.of(), "limit is ready", room.resolve("said"));
    return new Limit(room, script, service);
  }

  @Override
  public String system() {
    return Results.LIMIT;
  }

  @Override
  public Path inbox() {
    return room.resolve("inbox");
  }

  @Override
  public Path storage() {
    return room.resolve("storage");
  }

  @Override
  public Path archive() {
    return room.resolve("archive");
  }

  @Override
  public Path staging() {
    return room.resolve("staging");
  }

  @Override
  public Path script() {
    return script;
  }

  @Override
  public Collection<ProcessHandle> processes() {
    return List.of(service.handle());
  }

  @Override
  public void settle() throws IOException, InterruptedException {
    Emptiness.await(List.of(inbox()));
  }

  @Override
  public void close() {
    service.close();
  }
}
