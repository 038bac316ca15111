package fr.epiconcept.navette.flux.log;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a log, whatever is done to it from outside: renamed, removed, truncated, or out of
 * reach for a while.
 *
 * <p>Each write is one line. It looks first whether the path still names the open file: one {@code
 * stat} an event, so that a rotation needs no signal and no line goes to the old file once the new
 * one stands. The file is open for appending, so a truncation (logrotate's {@code copytruncate})
 * leaves no hole. Several processes may write the same file.
 *
 * <p>No method throws for what happens to the file: what cannot be written is counted.
 */
final class LogFile extends OutputStream {
  private static final Logger DAEMON = LoggerFactory.getLogger(LogFile.class);
  private static final FileAttribute<Set<PosixFilePermission>> MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));
  private static final byte[] CUT = "~\n".getBytes(StandardCharsets.US_ASCII);
  private static final int TRIES = 5;

  private final Path path;
  private final LongFunction<String> gapLine;
  private OutputStream out;
  private Object openKey;

  /** Files that may end with half a line, by their keys: a rotation may take them away. */
  private final Map<Object, OutputStream> cutOff = new LinkedHashMap<>();

  private long lost;
  private boolean outage;

  /**
   * The file at {@code path}; nothing is opened before the first line.
   *
   * @param gapLine the line that says how many were lost, without its line feed
   */
  LogFile(Path path, LongFunction<String> gapLine) {
    this.path = path;
    this.gapLine = gapLine;
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int length) {
    try {
      followRotation();
      endCutOff();
      writeGap();
      out.write(bytes, from, length);
    } catch (IOException e) {
      lost++;
      noteOutage(e);
      setAside();
      return;
    }
    if (outage) {
      outage = false;
      DAEMON.info("The log {} is written again", path);
    }
  }

  @Override
  public void write(int b) {
    throw new UnsupportedOperationException("a log is written by whole lines");
  }

  private void followRotation() throws IOException {
    if (out == null || !Objects.equals(keyNow(), openKey)) {
      closeFile();
      open();
    }
  }

  /**
   * Opens the file, and knows for sure which one: a rotation between the opening and the look at
   * its inode would otherwise leave us writing to the old file for ever.
   */
  private void open() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      createIfMissing();
      Object before = keyNow();
      OutputStream opened = openForAppending();
      if (before != null && before.equals(keyNow())) {
        out = opened;
        openKey = before;
        endCutLine();
        return;
      }
      opened.close();
    }
    throw new IOException("it is replaced again and again while it is opened");
  }

  private void createIfMissing() throws IOException {
    if (keyNow() == null) {
      try {
        Files.createFile(path, MODE);
      } catch (FileAlreadyExistsException somebodyWasFaster) {
        // logrotate's "create": its file is as good as ours
      }
    }
  }

  /**
   * A file stream, because a channel is closed when its thread is interrupted, and a worker that is
   * told to stop still has something to log. Should the file have gone since we made it, the stream
   * makes it again, under the daemon's umask (the units set 0027).
   */
  private OutputStream openForAppending() throws IOException {
    return new FileOutputStream(path.toFile(), true);
  }

  /** A full disk or a crash may have left half a line: nothing may be glued to it. */
  private void endCutLine() throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(path.toFile(), "r")) {
      long size = in.length();
      if (size == 0) {
        return;
      }
      in.seek(size - 1);
      if (in.read() == '\n') {
        return;
      }
    }
    out.write(CUT);
  }

  /** What could not be written may stand there by half. */
  private void setAside() {
    if (out != null) {
      OutputStream before = cutOff.put(openKey, out);
      if (before != null) {
        close(before);
      }
      out = null;
    }
  }

  /**
   * The half line of a file that was rotated since is ended there, also if nothing of it was
   * written. A disk that is still full keeps nobody waiting: it is tried again with the next line.
   */
  private void endCutOff() {
    for (Iterator<Map.Entry<Object, OutputStream>> all = cutOff.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<Object, OutputStream> each = all.next();
      if (each.getKey().equals(openKey) || isEnded(each.getValue())) {
        close(each.getValue());
        all.remove();
      }
    }
  }

  private static boolean isEnded(OutputStream cut) {
    try {
      cut.write(CUT);
      return true;
    } catch (IOException stillFull) {
      return false;
    }
  }

  private Object keyNow() throws IOException {
    try {
      BasicFileAttributes seen = Files.readAttributes(path, BasicFileAttributes.class);
      if (!seen.isRegularFile()) {
        throw new IOException("it is no regular file");
      }
      return seen.fileKey();
    } catch (NoSuchFileException gone) {
      return null;
    }
  }

  private void writeGap() throws IOException {
    if (lost > 0) {
      out.write((gapLine.apply(lost) + "\n").getBytes(StandardCharsets.UTF_8));
      lost = 0;
    }
  }

  private void noteOutage(IOException cause) {
    if (!outage) {
      outage = true;
      DAEMON.warn(
          "Cannot write the log {} ({}); files go on, lost events are counted and a log-gap line"
              + " will say how many",
          path,
          cause.toString());
    }
  }

  private void closeFile() {
    if (out != null) {
      close(out);
      out = null;
    }
  }

  private void close(OutputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      noteOutage(e);
    }
  }

  /** Closes the file, with the last try to say what was lost; a later line opens it again. */
  @Override
  public synchronized void close() {
    if (lost > 0) {
      try {
        followRotation();
        endCutOff();
        writeGap();
      } catch (IOException e) {
        DAEMON.warn("The log {} lacks {} events ({})", path, lost, e.toString());
      }
    }
    closeFile();
    cutOff.values().forEach(this::close);
    cutOff.clear();
  }
}
