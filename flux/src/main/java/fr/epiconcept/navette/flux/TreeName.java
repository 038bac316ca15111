package fr.epiconcept.navette.flux;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The name of a file in a tree of folders.
 *
 * @param folder where it stands below the top
 * @param name its own name
 */
public record TreeName(SubFolder folder, FileName name) implements Comparable<TreeName> {

  /** That of a file at the top. */
  public static TreeName of(FileName name) {
    return new TreeName(SubFolder.TOP, name);
  }

  /**
   * The name that {@link #encoded()} spelled.
   *
   * @throws IllegalArgumentException if the spelling is broken, or no file can have that name
   */
  public static TreeName decode(String encoded) {
    int end = encoded.lastIndexOf('/');
    SubFolder folder = end < 0 ? SubFolder.TOP : SubFolder.decode(encoded.substring(0, end));
    return new TreeName(folder, FileName.decode(encoded.substring(end + 1)));
  }

  /** Its path below {@code top}, to be told: a link on the way would lead elsewhere. */
  public Path in(Path top) {
    return name.in(folder.in(top));
  }

  /** The portable spelling, {@code folder/name}; each as {@link FileName#encoded()}. */
  public String encoded() {
    return folder.isTop() ? name.encoded() : folder.encoded() + "/" + name.encoded();
  }

  /** The spelling for people, {@code folder/name}; each as {@link FileName#display()}. */
  public String display() {
    return folder.isTop() ? name.display() : folder.display() + "/" + name.display();
  }

  private byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!folder.isTop()) {
      bytes.writeBytes(folder.bytes());
      bytes.write('/');
    }
    bytes.writeBytes(name.bytes());
    return bytes.toByteArray();
  }

  /** By the bytes of the whole. */
  @Override
  public int compareTo(TreeName other) {
    return folder.isTop() && other.folder.isTop()
        ? name.compareTo(other.name)
        : Arrays.compareUnsigned(bytes(), other.bytes());
  }

  /** As {@link #display()}. */
  @Override
  public String toString() {
    return display();
  }
}
