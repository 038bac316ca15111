package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Files that stand beside an inbox, ready to be renamed into it. */
final class Deposits {
  private static final AtomicLong NUMBER = new AtomicLong();
  private static final int PIECE = 1 << 20;

  private final Path inbox;
  private final List<Path> staged;
  private int next;

  private Deposits(Path inbox, List<Path> staged) {
    this.inbox = inbox;
    this.staged = staged;
  }

  /** Writes them, each with bytes that no other has. Their names sort as they will be deposited. */
  static Deposits staged(Carrier carrier, int count, long size) throws IOException {
    List<Path> files = new ArrayList<>(count);
    Files.createDirectories(carrier.staging());
    for (int i = 0; i < count; i++) {
      long number = NUMBER.incrementAndGet();
      Path file = carrier.staging().resolve("f%09d".formatted(number));
      write(file, size, new SplittableRandom(number));
      files.add(file);
    }
    return new Deposits(carrier.inbox(), files);
  }

  private static void write(Path file, long size, SplittableRandom random) throws IOException {
    byte[] piece = new byte[(int) Math.min(size, PIECE)];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long left = size; left > 0; left -= piece.length) {
        random.nextBytes(piece);
        out.write(piece, 0, (int) Math.min(left, piece.length));
      }
    }
  }

  int left() {
    return staged.size() - next;
  }

  /** The name of the next one. */
  String nextName() {
    return staged.get(next).getFileName().toString();
  }

  /** The next one is in the inbox when this returns; its name. */
  String deposit() throws IOException {
    Path file = staged.get(next++);
    Path name = file.getFileName();
    Files.move(file, inbox.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    return name.toString();
  }

  void depositAll() throws IOException {
    while (left() > 0) {
      deposit();
    }
  }
}
