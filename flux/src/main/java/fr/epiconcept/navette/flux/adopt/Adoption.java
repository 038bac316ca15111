package fr.epiconcept.navette.flux.adopt;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.adopt.Note.Kind;
import fr.epiconcept.navette.flux.config.FluxText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The configurations of one or several hosts as fluxes of ours. What one host has as the beginning
 * of a flux and another one as its end, under the same name, is one flux.
 */
public final class Adoption {
  private final SortedMap<String, Part> parts = new TreeMap<>();
  private final List<Note> notes = new ArrayList<>();
  private final List<Path> read = new ArrayList<>();

  private Adoption() {}

  /**
   * What became of it.
   *
   * @param fluxes the text of each flux's file, notes included
   * @param notes all of them, host by host in the order of lines
   * @param read the files that were read
   */
  public record Adopted(SortedMap<FluxName, String> fluxes, List<Note> notes, List<Path> read) {}

  /**
   * Reads and translates; changes nothing.
   *
   * @param sources for each host its {@code indird.conf}, its {@code indird.d}, or a folder with
   *     both
   */
  public static Adopted of(List<Path> sources) throws IOException, BrokenOld {
    Adoption adoption = new Adoption();
    for (Path source : sources) {
      adoption.host(OldSources.read(source));
    }
    return adoption.adopted();
  }

  private void host(OldSources sources) {
    read.addAll(sources.read());
    notes.addAll(sources.notes());
    for (Map.Entry<String, Old.Keys> flux : sources.fluxes().entrySet()) {
      new FluxTranslation(flux.getKey(), flux.getValue(), sources.markers(), notes)
          .parts()
          .forEach(this::add);
    }
  }

  private void add(Part part) {
    String name = FluxTranslation.flux(part.name());
    if (!name.equals(part.name())) {
      note(part, name, Kind.OTHERWISE, "'" + part.name() + "' cannot name a flux");
    }
    Part there = parts.get(name);
    if (there == null) {
      parts.put(name, part.named(name));
    } else if (there.completes(part)) {
      parts.put(name, there.with(part));
    } else {
      int number = 2;
      while (parts.containsKey(name + "-" + number)) {
        number++;
      }
      note(part, name + "-" + number, Kind.OTHERWISE, "there is a flux '" + name + "' already");
      parts.put(name + "-" + number, part.named(name + "-" + number));
    }
  }

  private void note(Part part, String name, Kind kind, String what) {
    notes.add(Note.at(part.at(), name, kind, what + ": this one is called '" + name + "'"));
  }

  /** Two of the old daemons shared a folder if their patterns did; which is first nobody said. */
  private void tellSharedInboxes() {
    Map<Object, Part> first = new HashMap<>();
    for (Part part : parts.values()) {
      Map<String, Object> ingest = part.ingest().orElse(Map.of());
      Part other = first.putIfAbsent(ingest.get("inbox"), part);
      boolean told = ingest.isEmpty() || ingest.containsKey("after");
      if (other != null && !told && !other.tag().equals(part.tag())) {
        ingest.put("after", List.of(FluxTranslation.TODO));
        notes.add(
            Note.at(
                part.at(),
                part.name(),
                Kind.TODO,
                "ingest.after: '"
                    + other.name()
                    + "' has the same inbox: say which chooses first"));
      }
    }
  }

  private Adopted adopted() {
    tellSharedInboxes();
    for (Part part : parts.values()) {
      if (part.worker().isEmpty()) {
        notes.add(
            Note.at(
                part.at(),
                part.name(),
                Kind.OTHERWISE,
                "it has no section worker yet: adopt the other host's configuration in the same"
                    + " call, or write it"));
      } else if (part.ingest().isEmpty()) {
        notes.add(
            Note.at(
                part.at(),
                part.name(),
                Kind.OTHERWISE,
                "it has no section ingest: the file server's file of this flux has it"));
      }
    }
    List<Note> all = List.copyOf(new LinkedHashSet<>(notes));
    SortedMap<FluxName, String> texts = new TreeMap<>();
    parts.forEach(
        (name, part) ->
            texts.put(new FluxName(name), header(part, all) + FluxText.of(part.sections())));
    return new Adopted(texts, all, List.copyOf(read));
  }

  /** What is said of the old flux as a whole is said in each that it became. */
  private static String header(Part part, List<Note> notes) {
    String whole = FluxTranslation.flux(part.tag());
    StringBuilder text = new StringBuilder();
    notes.stream()
        .filter(note -> note.flux().equals(part.name()) || note.flux().equals(whole))
        .forEach(note -> text.append("# ").append(inFile(note)).append('\n'));
    return text.toString();
  }

  /** Without the flux, which the file's name says; and without what YAML has no place for. */
  private static String inFile(Note note) {
    String line =
        new Note(note.file(), note.line(), note.column(), "", note.kind(), note.what()).toString();
    return line.replaceAll("[^\\t\\x20-\\x7e\\xa0-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd]", "?");
  }
}
