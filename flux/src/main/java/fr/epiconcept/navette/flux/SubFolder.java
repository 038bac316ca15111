package fr.epiconcept.navette.flux;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A folder below the top of a tree, by the names that lead to it; none of them for the top itself.
 * Each of them follows the rules of a {@link FileName} and is not hidden, so the way never leaves
 * the tree and never leads into a folder of Navette's own. Whether a name on the way is a link only
 * the disk can tell: see {@link fr.epiconcept.navette.flux.file.Branch}.
 */
public final class SubFolder implements Comparable<SubFolder> {
  /** How deep a folder may lie below the top. */
  public static final int MOST_PARTS = 32;

  /**
   * The most bytes of all names with the slashes between them. Whoever gets the file puts the
   * folder behind one of his own, and no path has more than 4095 bytes (PATH_MAX).
   */
  public static final int MOST_BYTES = 1024;

  /** The top of a tree. */
  public static final SubFolder TOP = new SubFolder(List.of());

  private final List<FileName> parts;

  private SubFolder(List<FileName> parts) {
    this.parts = parts;
  }

  /**
   * The folder to which these names lead, from the top down.
   *
   * @throws IllegalArgumentException if there can be no such folder, in one line
   */
  public static SubFolder of(List<FileName> parts) {
    SubFolder folder = TOP;
    for (FileName part : parts) {
      folder = folder.plus(part);
    }
    return folder;
  }

  /**
   * The folder that {@link #encoded()} spelled; the empty text spells the top.
   *
   * @throws IllegalArgumentException if the spelling is broken, or there can be no such folder
   */
  public static SubFolder decode(String encoded) {
    if (encoded.isEmpty()) {
      return TOP;
    }
    SubFolder folder = TOP;
    for (String part : encoded.split("/", -1)) {
      folder = folder.plus(FileName.decode(part));
    }
    return folder;
  }

  /** Why a folder of that name is nobody's sub-folder, wherever it lies; nothing if it may be. */
  public static Optional<String> whyNever(FileName name) {
    return name.isHidden() ? Optional.of("ignored: dot folder") : Optional.empty();
  }

  /** Why there can be no folder of that name in this one, or nothing if there can. */
  public Optional<String> whyNot(FileName name) {
    if (whyNever(name).isPresent()) {
      return whyNever(name);
    }
    if (parts.size() == MOST_PARTS) {
      return Optional.of("more than " + MOST_PARTS + " folders deep: move it up");
    }
    int before = isTop() ? 0 : length() + 1;
    return before + name.length() > MOST_BYTES
        ? Optional.of(
            "its way below the top has more than " + MOST_BYTES + " bytes: give it shorter names")
        : Optional.empty();
  }

  /**
   * The folder of that name in this one.
   *
   * @throws IllegalArgumentException if there can be none
   */
  public SubFolder plus(FileName name) {
    whyNot(name)
        .ifPresent(
            why -> {
              throw new IllegalArgumentException("no folder: " + why);
            });
    List<FileName> more = new ArrayList<>(parts);
    more.add(name);
    return new SubFolder(List.copyOf(more));
  }

  /** The names that lead to it, from the top down. */
  public List<FileName> parts() {
    return parts;
  }

  /** Whether it is the top. */
  public boolean isTop() {
    return parts.isEmpty();
  }

  /** Whether it is {@code other}, or lies below it. */
  public boolean isWithin(SubFolder other) {
    return parts.size() >= other.parts.size()
        && parts.subList(0, other.parts.size()).equals(other.parts);
  }

  /** Its path below {@code top}, to be told: a link on the way would lead elsewhere. */
  public Path in(Path top) {
    Path path = top;
    for (FileName part : parts) {
      path = part.in(path);
    }
    return path;
  }

  /** The names with slashes between them; empty for the top. */
  public byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (FileName part : parts) {
      if (bytes.size() > 0) {
        bytes.write('/');
      }
      bytes.writeBytes(part.bytes());
    }
    return bytes.toByteArray();
  }

  private int length() {
    return parts.stream().mapToInt(FileName::length).sum() + parts.size() - 1;
  }

  /** The portable spelling: that of each name, with slashes between them; empty for the top. */
  public String encoded() {
    return parts.stream().map(FileName::encoded).collect(Collectors.joining("/"));
  }

  /** The spelling for people, as {@link FileName#display()}. */
  public String display() {
    return parts.stream().map(FileName::display).collect(Collectors.joining("/"));
  }

  @Override
  public int compareTo(SubFolder other) {
    return java.util.Arrays.compareUnsigned(bytes(), other.bytes());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SubFolder folder && parts.equals(folder.parts);
  }

  @Override
  public int hashCode() {
    return parts.hashCode();
  }

  /** As {@link #display()}. */
  @Override
  public String toString() {
    return display();
  }
}
