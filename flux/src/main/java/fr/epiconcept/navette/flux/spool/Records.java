package fr.epiconcept.navette.flux.spool;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.NativeFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The small records that stay when a deposit has left the spool for the archive: {@code arrived}
 * until its outcome is known, {@code dead} as long as it is a dead letter. A record is what is
 * needed to send the file once more, from the archive.
 */
public final class Records {
  private static final String NEW = ".new-";

  private final Path folder;
  private boolean changed;

  /**
   * The records in {@code folder}, which is made if it is not there; what a kill left half written
   * is removed. One of these at a time.
   */
  public Records(Path folder) throws IOException {
    this.folder = folder;
    DurableFile.makeFolder(folder);
    try (DirectoryStream<Path> halves = Files.newDirectoryStream(folder, NEW + "*")) {
      for (Path half : halves) {
        Files.deleteIfExists(half);
      }
    }
  }

  /** Writes a record. On disk only after {@link #sync}. */
  public synchronized void write(FileId id, String record) throws IOException {
    Path temporary = folder.resolve(NEW + id);
    Files.writeString(temporary, record + "\n");
    NativeFiles.syncFile(temporary);
    Files.move(temporary, folder.resolve(id.value()), StandardCopyOption.ATOMIC_MOVE);
    changed = true;
  }

  /** Writes records. All on disk when this returns; they share the syncs. */
  public synchronized void writeAll(Map<FileId, String> records) throws IOException {
    Map<Path, Path> written = new LinkedHashMap<>();
    for (Map.Entry<FileId, String> each : records.entrySet()) {
      Path temporary = folder.resolve(NEW + each.getKey());
      Files.writeString(temporary, each.getValue() + "\n");
      written.put(temporary, folder.resolve(each.getKey().value()));
    }
    // All are written before the first sync: the file system's journal takes them as one.
    for (Path temporary : written.keySet()) {
      NativeFiles.syncFile(temporary);
    }
    for (Map.Entry<Path, Path> each : written.entrySet()) {
      Files.move(each.getKey(), each.getValue(), StandardCopyOption.ATOMIC_MOVE);
      changed = true;
    }
    sync();
  }

  /**
   * Changes a record that is still there: nobody else writes or removes it meanwhile. On disk only
   * after {@link #sync}.
   *
   * @return false if there is none any more
   */
  public synchronized boolean change(FileId id, UnaryOperator<String> change) throws IOException {
    Optional<String> record = read(id);
    if (record.isPresent()) {
      write(id, change.apply(record.get()));
    }
    return record.isPresent();
  }

  /** Makes the records of a turn durable: a file may leave the spool only after that. */
  public synchronized void sync() throws IOException {
    if (changed) {
      NativeFiles.syncFolder(folder);
      changed = false;
    }
  }

  /** The record of {@code id}, or nothing. */
  public Optional<String> read(FileId id) throws IOException {
    return DurableFile.read(folder.resolve(id.value())).map(String::strip);
  }

  /** Whether there is a record of {@code id}. */
  public boolean has(FileId id) {
    return Files.exists(folder.resolve(id.value()));
  }

  /** Removes a record; not synced. May be called twice. */
  public synchronized void remove(FileId id) throws IOException {
    changed |= Files.deleteIfExists(folder.resolve(id.value()));
  }

  /** The newest id that has a record: those given from now on must be greater. */
  public Optional<FileId> newest() throws IOException {
    List<FileId> all = list();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** All ids that have a record, in order of arrival. */
  public List<FileId> list() throws IOException {
    List<FileId> ids = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        FileId.parse(file.getFileName().toString()).ifPresent(ids::add);
      }
    }
    Collections.sort(ids);
    return ids;
  }
}
