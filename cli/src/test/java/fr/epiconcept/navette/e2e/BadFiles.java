package fr.epiconcept.navette.e2e;

import static fr.epiconcept.navette.e2e.BadFile.named;
import static fr.epiconcept.navette.e2e.BadFile.quarantined;
import static fr.epiconcept.navette.e2e.BadFile.saying;
import static fr.epiconcept.navette.e2e.BadFile.transferred;
import static fr.epiconcept.navette.e2e.BadFile.waits;
import static java.nio.file.attribute.PosixFilePermissions.fromString;

import fr.epiconcept.navette.e2e.BadFile.End;
import fr.epiconcept.navette.flux.FileName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The table of what partners deposit and should not. */
final class BadFiles {
  /** Well formed, and nobody's. */
  private static final String ID = "01M84Z0JV38N63DNTHRZ7PR7PT";

  /** What Navette makes in an inbox whose spool is on another file system. */
  static final FileName STAGING = FileName.of(".navette");

  private static final String NO_FILE = "no regular file";

  /** The check that the table's fluxes have: it obeys the file's first line. */
  static final String CHECK =
      """
      read -r order <"$1" || :
      case $order in
        refuse) echo 'not this one'; exit 1;;
        link) rm -- "$1"; ln -s 'SECRET' "$1";;
        pipe) rm -- "$1"; mkfifo -- "$1";;
        folder) rm -- "$1"; mkdir -- "$1";;
        replace) echo 'another file' >"$1.new"; mv -- "$1.new" "$1";;
        grow) grep -q grown "$1" || echo grown >>"$1";;
        shrink) : >"$1";;
        lock) chmod 000 "$1";;
      esac
      """;

  /** Read by the daemon's user, and never a partner's. */
  private final Path secret;

  private BadFiles(Path secret) {
    this.secret = secret;
  }

  /**
   * The table.
   *
   * @param secret a file that no partner may have
   */
  static List<BadFile> all(Path secret) {
    BadFiles files = new BadFiles(secret);
    // First what Navette makes there itself as soon as anything is claimed.
    List<BadFile> all = new ArrayList<>(ownNames());
    all.addAll(names());
    all.addAll(times());
    all.addAll(contents());
    all.addAll(files.links());
    all.addAll(noFiles());
    all.addAll(checked());
    return all;
  }

  // --- names ---

  private static List<BadFile> names() {
    List<BadFile> names = new ArrayList<>();
    for (int first = 1; first < 256; first += 64) {
      names.add(everyByte(first, Math.min(255, first + 63)));
    }
    names.add(named("as long as can be", "n".repeat(255).getBytes(StandardCharsets.US_ASCII)));
    byte[] latin1 = "\u00e9".repeat(255).getBytes(StandardCharsets.ISO_8859_1);
    names.add(named("as long as can be, no UTF-8", latin1));
    names.add(named("one byte", (byte) 0xff));
    names.add(named("an overlong slash", (byte) 'a', (byte) 0xc0, (byte) 0xaf, (byte) 'b'));
    names.add(named("overlong dots", (byte) 0xc0, (byte) 0xae, (byte) 0xc0, (byte) 0xae));
    names.add(named("half a surrogate", (byte) 0xed, (byte) 0xa0, (byte) 0x80));
    names.add(named("a letter that breaks off", (byte) 'a', (byte) 0xf0, (byte) 0x9f));
    for (String name :
        List.of(
            "\n",
            "two\nlines",
            "x\n2026-01-01T00:00:00.000+00:00 INFO - forged a=b",
            "caf\u00e9.nfc",
            "cafe\u0301.nfd",
            "-rf",
            "--",
            "-",
            " ",
            "behind ",
            "\t",
            "x..",
            "a/../b".replace('/', '\\'),
            "$(id>x).a",
            "`id>x`",
            ";id>x;",
            "|id>x",
            "$HOME",
            "~root",
            "*",
            "?",
            "[a]",
            "#x",
            "!x",
            "'",
            "\"",
            "\\",
            "{file}{name}{id}{out}",
            "%2e%2e%2fx",
            "%s%n%00",
            "NAVETTE_FILE=x",
            "\u202etxt.exe",
            "\u001b[2J")) {
      names.add(named(name));
    }
    for (String name : List.of("..x", "...", ".x", ". ")) {
      names.add(waits(name, saying(name), "ignored: dot file"));
    }
    return names;
  }

  private static BadFile everyByte(int first, int last) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write('b');
    for (int b = first; b <= last; b++) {
      if (b != '/') {
        bytes.write(b);
      }
    }
    return named("every byte from " + first + " to " + last, bytes.toByteArray());
  }

  /** As Navette itself calls something, in the inbox, the spool or where files are kept. */
  private static List<BadFile> ownNames() {
    List<BadFile> names = new ArrayList<>();
    for (String name :
        List.of(
            ".navette",
            ".navette-" + ID + ".part",
            ".navette-probe-1",
            ".navette-out-1-1",
            ".navette-run-" + ID,
            ".new-" + ID,
            ".ok")) {
      names.add(waits(name, saying("plain\n"), "ignored: dot file"));
    }
    Stream.of("claimed", "again", "published", "arrived", "companions", "dead", "era", "ledger")
        .forEach(name -> names.add(named(name)));
    Stream.of("lock", "x.new", "x.ok", "x.sha256", "2026-11-23", "reason.txt", "x.reason.txt")
        .forEach(name -> names.add(named(name)));
    Stream.of(ID, ID + "." + ID, ID + "-x", ID + ".2-x", ID + ".reason.txt", "navette-" + ID)
        .forEach(name -> names.add(named(name)));
    names.add(waits(ID + ".part", saying("plain\n"), "ignored by the pattern *.part"));
    return names;
  }

  // --- regular files ---

  private static List<BadFile> times() {
    return Stream.of(
            "1901-12-13T20:45:52Z",
            "1969-12-31T23:59:58.123456789Z",
            "1970-01-01T00:00:00Z",
            "1970-01-01T00:00:00.000000001Z",
            "2038-01-19T03:14:08Z",
            "2099-12-31T23:59:59.999999999Z")
        .map(BadFiles::lastWritten)
        .toList();
  }

  private static BadFile lastWritten(String time) {
    return transferred(
        time,
        FileName.of(time),
        place -> {
          Files.writeString(place, "plain\n" + time);
          Files.setLastModifiedTime(place, FileTime.from(Instant.parse(time)));
        });
  }

  private static List<BadFile> contents() {
    return List.of(
        transferred("empty", FileName.of("empty"), Files::createFile),
        transferred("one zero byte", FileName.of("zero"), place -> Files.write(place, new byte[1])),
        transferred("goes in chunks", FileName.of("large"), BadFiles::large),
        transferred("sparse", FileName.of("sparse"), BadFiles::sparse),
        transferred("two names here", FileName.of("twin"), BadFiles::twins),
        transferred("the other name of the same", FileName.of("twin-too"), place -> {}),
        transferred("a second name outside", FileName.of("linked-outside"), BadFiles::linked),
        waits("no-right", BadFiles::closedToAll, "no right to read it"));
  }

  private static void large(Path place) throws IOException {
    byte[] bytes = new byte[1_000_000];
    new Random(5).nextBytes(bytes);
    bytes[0] = '\n';
    Files.write(place, bytes);
  }

  private static void sparse(Path place) throws IOException {
    try (FileChannel channel =
        FileChannel.open(place, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap("plain\n".getBytes(StandardCharsets.US_ASCII)), 0);
      channel.write(ByteBuffer.wrap(new byte[] {42}), 6L << 20);
    }
  }

  private static void twins(Path place) throws IOException {
    Files.writeString(place, "plain\ntwo names, one file");
    Files.createLink(place.resolveSibling("twin-too"), place);
  }

  private static void linked(Path place) throws IOException {
    Files.writeString(place, "plain\nand another name");
    Files.createLink(place.resolveSibling("outside"), place);
  }

  private static void closedToAll(Path place) throws IOException {
    Files.writeString(place, "plain\nnot to be read");
    Files.setPosixFilePermissions(place, fromString("---------"));
  }

  // --- what is no regular file ---

  private List<BadFile> links() {
    List<BadFile> links = new ArrayList<>();
    links.add(linkTo("link-to-secret", secret.toString()));
    links.add(linkTo("link-to-shadow", "/etc/shadow"));
    links.add(linkTo("link-to-nothing", "nothing-of-that-name"));
    links.add(linkTo("link-to-itself", "link-to-itself"));
    links.add(linkTo("link-to-a-deposit", "no-right"));
    links.add(linkTo("link-to-a-folder", "folder"));
    links.add(linkTo("link-to-a-folder-outside", "/etc"));
    links.add(linkTo("link-to-a-device", "/dev/zero"));
    return links;
  }

  private static BadFile linkTo(String name, String target) {
    return quarantined(name, place -> Files.createSymbolicLink(place, Path.of(target)), NO_FILE);
  }

  private static List<BadFile> noFiles() {
    List<BadFile> files = new ArrayList<>();
    files.add(quarantined("fifo", place -> tool("mkfifo", place.toString()), NO_FILE));
    files.add(quarantined("socket", BadFiles::socket, NO_FILE));
    if (Tool.isRoot()) {
      files.add(quarantined("null", place -> device(place, "c", "1", "3"), NO_FILE));
      files.add(quarantined("zeros", place -> device(place, "c", "1", "5"), NO_FILE));
      files.add(quarantined("loop", place -> device(place, "b", "7", "0"), NO_FILE));
    }
    files.add(
        waits(
            "folder",
            place -> Files.writeString(Files.createDirectory(place).resolve("inner"), "stays"),
            "a folder: only files are taken"));
    return files;
  }

  private static void tool(String... command) throws IOException, InterruptedException {
    Tool.run(command).succeeded();
  }

  private static void device(Path place, String... kind) throws IOException, InterruptedException {
    tool("mknod", place.toString(), kind[0], kind[1], kind[2]);
  }

  private static void socket(Path place) throws IOException {
    // A path of a socket has 107 bytes at most, so it is bound elsewhere.
    Path near = Files.createTempDirectory("s").resolve("s");
    try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.bind(UnixDomainSocketAddress.of(near));
      Files.move(near, place);
    } finally {
      Files.delete(near.getParent());
    }
  }

  // --- what the check does with it, between the look and the reading ---

  private static List<BadFile> checked() {
    List<BadFile> files = new ArrayList<>();
    Stream.of("refused", "refused.reason.txt", "r".repeat(255), "\u00e9 \n")
        .forEach(name -> files.add(quarantined(name, saying("refuse\n"), "the check answered 1")));
    Stream.of("link", "pipe", "folder")
        .forEach(
            order -> files.add(quarantined("becomes-a-" + order, saying(order + "\n"), NO_FILE)));
    files.add(becomes("replaced", "replace\n", "another file\n"));
    files.add(becomes("grown", "grow\n", "grow\ngrown\n"));
    files.add(becomes("shrunk", "shrink\n", ""));
    files.add(waits("locked", saying("lock\n"), "no right to read it"));
    return files;
  }

  private static BadFile becomes(String name, String before, String after) {
    return new BadFile(name, FileName.of(name), saying(before), new End.TransferredAs(after));
  }
}
