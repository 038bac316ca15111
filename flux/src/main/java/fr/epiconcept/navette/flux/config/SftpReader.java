package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.config.SftpRules.Taken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads where a flux's inbox and {@code out} are: on this machine, or on an SFTP server. */
final class SftpReader {
  private static final List<String> KEYS =
      List.of(
          "known-hosts",
          "key-file",
          "passphrase-file",
          "password-file",
          "every",
          "taken",
          "move-to");
  private static final List<String> OUT_KEYS =
      List.of("path", "owner", "group", "mode", "if-exists");
  private static final Duration EVERY = Duration.ofSeconds(10);

  private final Section ingest;
  private final Path spool;
  private Optional<SftpPlace> inbox = Optional.empty();
  private Optional<SftpPlace> out = Optional.empty();

  private SftpReader(Section ingest, Path spool) {
    this.ingest = ingest;
    this.spool = spool;
  }

  /**
   * Where files come from and go to.
   *
   * @param inbox on this machine: the partner's own, or where files from elsewhere are put
   * @param out on this machine: the partner's own, or from where files go elsewhere
   * @param sftp the places on an SFTP server, if there are any
   */
  record Places(Path inbox, Optional<FolderTarget> out, Optional<SftpRules> sftp) {}

  static Places read(Section ingest, Path spool) {
    return new SftpReader(ingest, spool).read();
  }

  private Places read() {
    Path readInbox = inbox();
    Optional<FolderTarget> readOut = out();
    return new Places(readInbox, readOut, sftp());
  }

  private Path inbox() {
    if (ingest.peek("inbox").filter(SftpPlace::isMeant).isEmpty()) {
      return ingest.path("inbox");
    }
    inbox = ingest.read("inbox", SftpPlace::parse);
    if (ingest.has("after")) {
      ingest.refuse("after", "an inbox on an SFTP server belongs to one flux: leave it out");
    }
    return SftpRules.inboxOf(spool);
  }

  private Optional<FolderTarget> out() {
    if (ingest.peek("out").filter(SftpPlace::isMeant).isPresent()) {
      out = ingest.read("out", SftpPlace::parse);
      return Optional.of(outbox(TargetReader.anyFile(SftpRules.outOf(spool))));
    }
    if (ingest.peek("out", "path").filter(SftpPlace::isMeant).isEmpty()) {
      return TargetReader.read(ingest, "out", OUT_KEYS);
    }
    Section keys = ingest.section("out", OUT_KEYS).orElseThrow();
    out = keys.read("path", SftpPlace::parse);
    for (String key : List.of("owner", "group")) {
      if (keys.has(key)) {
        keys.refuse(key, "on an SFTP server files belong to whose login it is: leave it out");
      }
    }
    return Optional.of(outbox(TargetReader.read(keys, SftpRules.outOf(spool))));
  }

  /** The mode is for the other server; here nobody else has to do with it. */
  private static FolderTarget outbox(FolderTarget target) {
    return new FolderTarget(
        target.path(), Optional.empty(), Optional.empty(), target.mode(), target.ifExists());
  }

  private Optional<SftpRules> sftp() {
    boolean wanted = inbox.isPresent() || out.isPresent();
    Optional<Section> section = ingest.section("sftp", KEYS);
    if (section.isEmpty()) {
      if (wanted && !ingest.has("sftp")) {
        ingest.refuse(
            inbox.isPresent() ? "inbox" : "out",
            "on an SFTP server: ingest.sftp must say how to log in there (known-hosts, and"
                + " key-file or password-file)");
      }
      return Optional.empty();
    }
    if (!wanted) {
      boolean meant =
          List.of(ingest.peek("inbox"), ingest.peek("out"), ingest.peek("out", "path")).stream()
              .anyMatch(text -> text.filter(SftpPlace::isMeant).isPresent());
      if (!meant) {
        ingest.refuse(
            "sftp", "neither inbox nor out is on an SFTP server (sftp://…): leave it out");
      }
      return Optional.empty();
    }
    if (inbox.isPresent() && out.isPresent() && !inbox.get().isOnServerOf(out.get())) {
      ingest.refuse(
          "out",
          "on another server, or of another login, than the inbox ("
              + inbox.get().server()
              + "): one flux has one of them");
    }
    return Optional.of(rules(section.get()));
  }

  private SftpRules rules(Section keys) {
    keys.require("known-hosts");
    if (keys.has("key-file") == keys.has("password-file")) {
      String what = "expected either key-file or password-file";
      if (keys.has("key-file")) {
        keys.refuse("password-file", what + ", not both");
      } else {
        ingest.refuse("sftp", what);
      }
    }
    if (keys.has("passphrase-file") && !keys.has("key-file")) {
      keys.refuse("passphrase-file", "without a key-file it opens nothing");
    }
    Taken taken = keys.choice("taken", keys.has("move-to") ? Taken.MOVE : Taken.REMOVE);
    if (taken == Taken.MOVE && !keys.has("move-to")) {
      keys.refuse("taken", "move: expected move-to with a folder of the partner's server");
    } else if (taken != Taken.MOVE && keys.has("move-to")) {
      keys.refuse("move-to", "taken says otherwise: leave one of them out");
    }
    return new SftpRules(
        inbox,
        out,
        keys.path("known-hosts"),
        keys.optionalPath("key-file"),
        keys.optionalPath("passphrase-file"),
        keys.optionalPath("password-file"),
        keys.duration("every", EVERY, Duration.ofSeconds(1), Duration.ofDays(1)),
        taken,
        keys.read("move-to", this::moveTo));
  }

  private Parsed<String> moveTo(String text) {
    if (!text.startsWith("/")) {
      return Parsed.bad(
          "'"
              + text
              + "' is a relative path: expected one of the partner's server that begins with"
              + " '/'");
    }
    if (inbox.filter(place -> place.path().equals(text)).isPresent()) {
      return Parsed.bad("that is the inbox itself");
    }
    return Parsed.good(text);
  }
}
