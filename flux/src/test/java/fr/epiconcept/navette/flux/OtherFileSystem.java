package fr.epiconcept.navette.flux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** A folder on another file system than the temporary folders of the tests. */
public final class OtherFileSystem implements AutoCloseable {
  private static final Path MEMORY = Path.of("/dev/shm");

  private final Path folder;

  /** Skips the test where the machine has no second file system for it. */
  public OtherFileSystem(Path temporary) throws IOException {
    assumeTrue(Files.isWritable(MEMORY), "no second file system to write to");
    folder = Files.createTempDirectory(MEMORY, "navette");
    assumeTrue(!Files.getFileStore(folder).equals(Files.getFileStore(temporary)));
  }

  public Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path each, IOException fault)
              throws IOException {
            Files.delete(each);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
