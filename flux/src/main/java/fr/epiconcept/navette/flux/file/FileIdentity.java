package fr.epiconcept.navette.flux.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/**
 * What tells one state of a file from another: as long as two looks give the same, nobody wrote to
 * it or put another in its place.
 *
 * @param device the file system
 * @param inode the file on it
 * @param size in bytes
 * @param modified its mtime, as precise as the file system has it
 * @param changed its ctime, which no program can set back
 * @param mode type and permissions, as in {@code st_mode}
 * @param links how many names it has
 */
public record FileIdentity(
    long device, long inode, long size, FileTime modified, FileTime changed, int mode, int links) {
  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;
  private static final int FOLDER = 0040000;

  /** Looks at {@code file} itself, never at what a link leads to. */
  public static FileIdentity of(Path file) throws IOException {
    return read(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** Looks at what is held open, whatever has its name by now. */
  static FileIdentity of(Held held) throws IOException {
    return read(held.path());
  }

  private static FileIdentity read(Path file, LinkOption... links) throws IOException {
    Map<String, Object> all =
        Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime,mode,nlink", links);
    return new FileIdentity(
        (Long) all.get("dev"),
        (Long) all.get("ino"),
        (Long) all.get("size"),
        (FileTime) all.get("lastModifiedTime"),
        (FileTime) all.get("ctime"),
        (Integer) all.get("mode"),
        (Integer) all.get("nlink"));
  }

  public boolean isRegular() {
    return (mode & TYPE) == REGULAR;
  }

  public boolean isFolder() {
    return (mode & TYPE) == FOLDER;
  }

  /** Whether the content is surely the same: a rename or a new owner does not count. */
  public boolean sameContentAs(FileIdentity other) {
    return device == other.device
        && inode == other.inode
        && size == other.size
        && modified.equals(other.modified);
  }
}
