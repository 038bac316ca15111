package fr.epiconcept.navette.ingest.sftp;

import com.hierynomus.sshj.sftp.RemoteResourceSelector;
import com.hierynomus.sshj.sftp.RemoteResourceSelector.Result;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.config.SecretFile;
import fr.epiconcept.navette.flux.config.SecretRefused;
import fr.epiconcept.navette.flux.config.SftpPlace;
import fr.epiconcept.navette.flux.config.SftpRules;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.ingest.sftp.Remote.Looks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.schmizz.keepalive.KeepAliveProvider;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.DisconnectReason;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.sftp.FileAttributes;
import net.schmizz.sshj.sftp.FileMode;
import net.schmizz.sshj.sftp.OpenMode;
import net.schmizz.sshj.sftp.PacketType;
import net.schmizz.sshj.sftp.RemoteDirectory;
import net.schmizz.sshj.sftp.RemoteFile;
import net.schmizz.sshj.sftp.RemoteResourceInfo;
import net.schmizz.sshj.sftp.RenameFlags;
import net.schmizz.sshj.sftp.Request;
import net.schmizz.sshj.sftp.Response.StatusCode;
import net.schmizz.sshj.sftp.SFTPEngine;
import net.schmizz.sshj.sftp.SFTPException;
import net.schmizz.sshj.userauth.UserAuthException;
import net.schmizz.sshj.userauth.method.AuthKeyboardInteractive;
import net.schmizz.sshj.userauth.method.AuthPassword;
import net.schmizz.sshj.userauth.method.PasswordResponseProvider;
import net.schmizz.sshj.userauth.password.PasswordUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One login on a partner's SFTP server. For one thread at a time; only {@link #close} may be called
 * beside, and ends whatever is under way.
 *
 * <p>Names are bytes, which SFTP version 3 leaves to both ends: they cross as ISO 8859-1, where
 * every byte is a letter.
 */
final class SftpLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SftpLink.class);

  private static final int CONNECT_MILLIS = 15_000;
  private static final int ANSWER_MILLIS = 30_000;
  private static final int KEEP_ALIVE_SECONDS = 15;

  /** So many reads or writes are under way at once: a link of 100 ms still brings 5 MB/s. */
  private static final int UNDER_WAY = 16;

  private static final int PIECE = 32 << 10;

  /** Names of a folder that are looked at; what is behind comes when these are gone. */
  private static final int MOST_LISTED = 100_000;

  /** What a server says of a fault may be anything. */
  private static final int MOST_SAID = 200;

  private final SftpPlace server;
  private final SSHClient client;
  private final SFTPEngine engine;

  private SftpLink(SftpPlace server, SSHClient client, SFTPEngine engine) {
    this.server = server;
    this.client = client;
    this.engine = engine;
  }

  /**
   * Logs in.
   *
   * @throws SftpFault if there is no such server, it is not the one that is known, or it does not
   *     let us in
   * @throws IOException if a file that the login needs cannot be read
   */
  static SftpLink open(SftpRules rules) throws IOException {
    SftpPlace server = rules.server();
    KnownServers known = KnownServers.read(rules.knownHosts());
    DefaultConfig config = new DefaultConfig();
    config.setKeepAliveProvider(KeepAliveProvider.KEEP_ALIVE);
    SSHClient client = new SSHClient(config);
    boolean opened = false;
    try {
      client.setConnectTimeout(CONNECT_MILLIS);
      // For the greeting, which nothing else bounds; later a sign of life comes twice as often.
      client.setTimeout(ANSWER_MILLIS);
      client.getTransport().setTimeoutMs(ANSWER_MILLIS);
      client.getConnection().setTimeoutMs(ANSWER_MILLIS);
      client.getConnection().getKeepAlive().setKeepAliveInterval(KEEP_ALIVE_SECONDS);
      client.setRemoteCharset(StandardCharsets.ISO_8859_1);
      client.addHostKeyVerifier(known);
      client.connect(server.host(), server.port());
      login(client, rules);
      SFTPEngine engine = new SFTPEngine(client).init();
      engine.setTimeoutMs(ANSWER_MILLIS);
      opened = true;
      return new SftpLink(server, client, engine);
    } catch (SecretRefused e) {
      throw SftpFault.ofLink(e.getMessage(), e);
    } catch (IOException e) {
      throw SftpFault.ofLink(server.server() + ": " + why(e, known, rules), e);
    } finally {
      if (!opened) {
        closeQuietly(client);
      }
    }
  }

  private static void login(SSHClient client, SftpRules rules) throws IOException, SecretRefused {
    String user = rules.server().user();
    if (rules.keyFile().isPresent()) {
      SecretFile.checkMode(rules.keyFile().get());
      char[] passphrase =
          rules.passphraseFile().isPresent() ? SecretFile.read(rules.passphraseFile().get()) : null;
      client.authPublickey(user, client.loadKeys(rules.keyFile().get().toString(), passphrase));
      return;
    }
    char[] password = SecretFile.read(rules.passwordFile().orElseThrow());
    try {
      // Some servers ask for a password by the one way, some by the other.
      client.auth(
          user,
          new AuthPassword(PasswordUtils.createOneOff(password.clone())),
          new AuthKeyboardInteractive(
              new PasswordResponseProvider(PasswordUtils.createOneOff(password.clone()))));
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private static String why(IOException fault, KnownServers known, SftpRules rules) {
    if (!known.refusal().isEmpty()) {
      return known.refusal();
    }
    if (fault instanceof UserAuthException) {
      String with =
          rules
              .keyFile()
              .map(file -> "the key " + file)
              .orElseGet(() -> "the password in " + rules.passwordFile().orElseThrow());
      return "it does not let user '" + rules.server().user() + "' in with " + with;
    }
    if (fault instanceof UnknownHostException) {
      return "there is no host of that name";
    }
    if (fault instanceof ConnectException || fault instanceof SocketTimeoutException) {
      return "cannot be reached: " + fault.getMessage();
    }
    return "no link: " + said(fault);
  }

  private static String said(Exception fault) {
    String message = fault.getMessage();
    String said =
        message == null || message.isBlank() ? fault.getClass().getSimpleName() : message.strip();
    return OneLine.of(said.length() > MOST_SAID ? said.substring(0, MOST_SAID) + "…" : said);
  }

  boolean stands() {
    return client.isConnected() && client.isAuthenticated();
  }

  // --- looking ---

  /**
   * What stands in a folder.
   *
   * @param files without {@code .} and {@code ..}, and without names that no file can have
   * @param whole whether that is all: a server may have more than anybody can keep in mind
   */
  record Listed(List<Remote> files, boolean whole) {}

  Listed list(String folder) throws SftpFault {
    return ask(
        "list " + shown(folder),
        () -> {
          List<Remote> found = new ArrayList<>();
          int[] seen = {0};
          try (RemoteDirectory open = engine.openDir(folder)) {
            RemoteResourceSelector some =
                each -> ++seen[0] > MOST_LISTED ? Result.BREAK : Result.ACCEPT;
            for (RemoteResourceInfo each : open.scan(some)) {
              Optional<FileName> name = named(each.getName());
              if (name.isPresent()) {
                found.add(remote(name.get(), attributes(folder, name.get(), each)));
              }
            }
          }
          return new Listed(found, seen[0] <= MOST_LISTED);
        });
  }

  /** Some servers list names alone. */
  private FileAttributes attributes(String folder, FileName name, RemoteResourceInfo listed)
      throws IOException {
    FileAttributes told = listed.getAttributes();
    return told.has(FileAttributes.Flag.SIZE) && told.has(FileAttributes.Flag.ACMODTIME)
        ? told
        : engine.lstat(in(folder, name));
  }

  private static Optional<FileName> named(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    boolean isOne =
        bytes.length > 0 && bytes.length <= FileName.MAX_BYTES && !name.matches("\\.\\.?");
    // A server that names another folder is lying: what is told of such a name is not looked at.
    return isOne && name.indexOf('/') < 0 && name.indexOf('\0') < 0
        ? Optional.of(FileName.of(bytes))
        : Optional.empty();
  }

  private static Remote remote(FileName name, FileAttributes seen) {
    return new Remote(name, looks(seen), seen.getType() == FileMode.Type.REGULAR);
  }

  private static Looks looks(FileAttributes seen) {
    return new Looks(seen.getSize(), seen.getMtime());
  }

  /** How a file looks, no link being followed; nothing if there is none. */
  Optional<Remote> look(String folder, FileName name) throws SftpFault {
    String path = in(folder, name);
    return ask(
        "look at " + shown(path),
        () -> {
          try {
            return Optional.of(remote(name, engine.lstat(path)));
          } catch (SFTPException e) {
            if (e.getStatusCode() == StatusCode.NO_SUCH_FILE) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  // --- bytes ---

  /** Whoever wants to be asked between two pieces whether to go on. */
  @FunctionalInterface
  interface Patience {
    boolean isOver();
  }

  /**
   * Brings a file from where {@code to} ends to its own end, or to a little more than it should
   * have: one that grows without end is given up.
   *
   * @param size how long it should be
   * @return how it looked when its end had come
   * @throws SftpFault if the server or the link does not
   * @throws IOException if {@code to} cannot be written
   */
  Looks fetch(String folder, FileName name, FileChannel to, long size, Patience patience)
      throws IOException {
    String path = in(folder, name);
    String what = "read " + shown(path);
    long from = to.size();
    to.position(from);
    byte[] piece = new byte[PIECE];
    RemoteFile file = ask(what, () -> engine.open(path, EnumSet.of(OpenMode.READ)));
    try {
      InputStream in = file.new ReadAheadRemoteFileInputStream(UNDER_WAY, from);
      for (int read = read(what, in, piece);
          read >= 0 && to.size() <= size;
          read = read(what, in, piece)) {
        write(to, piece, read);
        if (patience.isOver()) {
          throw SftpFault.ofLink("the daemon stops, or the flux ends", null);
        }
      }
      return looks(ask(what, file::fetchAttributes));
    } finally {
      closeQuietly(file);
    }
  }

  private int read(String what, InputStream in, byte[] piece) throws SftpFault {
    return ask(what, () -> in.read(piece, 0, piece.length));
  }

  private static void write(FileChannel to, byte[] piece, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(piece, 0, length);
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  /**
   * Writes a file, or what is missing of one; on the server's disk when this returns, if the server
   * can do that.
   *
   * @param at where {@code from} stands, and what of it is there already
   * @throws SftpFault if the server or the link does not
   * @throws IOException if {@code from} cannot be read
   */
  void put(
      String folder,
      FileName name,
      FileChannel from,
      long at,
      Set<PosixFilePermission> mode,
      Patience patience)
      throws IOException {
    String path = in(folder, name);
    String what = "write " + shown(path);
    Set<OpenMode> how = EnumSet.of(OpenMode.WRITE, OpenMode.CREAT);
    if (at == 0) {
      how.add(OpenMode.TRUNC);
    }
    FileAttributes looks = new FileAttributes.Builder().withPermissions(bits(mode)).build();
    Open file = ask(what, () -> open(path, how, looks));
    try {
      OutputStream out = file.new RemoteFileOutputStream(at, UNDER_WAY);
      ByteBuffer piece = ByteBuffer.allocate(PIECE);
      from.position(at);
      while (from.read(piece) >= 0) {
        ask(
            what,
            () -> {
              out.write(piece.array(), 0, piece.position());
              return null;
            });
        piece.clear();
        if (patience.isOver()) {
          throw SftpFault.ofLink("the daemon stops, or the flux ends", null);
        }
      }
      ask(
          what,
          () -> {
            out.flush();
            // Asked for when the file was made; a server's umask may have taken some of it.
            file.setAttributes(looks);
            sync(file);
            return null;
          });
    } finally {
      closeQuietly(file);
    }
  }

  private static int bits(Set<PosixFilePermission> mode) {
    int bits = 0;
    String spelled = PosixFilePermissions.toString(mode);
    for (int i = 0; i < spelled.length(); i++) {
      bits |= spelled.charAt(i) == '-' ? 0 : 0400 >> i;
    }
    return bits;
  }

  /** An open file whose handle is known, which an extension needs. */
  private static final class Open extends RemoteFile {
    private final byte[] known;

    Open(SFTPEngine engine, String path, byte[] handle) {
      super(engine, path, handle);
      known = handle;
    }
  }

  private Open open(String path, Set<OpenMode> how, FileAttributes looks) throws IOException {
    Request request =
        engine
            .newRequest(PacketType.OPEN)
            .putString(path, StandardCharsets.ISO_8859_1)
            .putUInt32(OpenMode.toMask(how))
            .putFileAttributes(looks);
    byte[] handle =
        engine
            .request(request)
            .retrieve(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
            .ensurePacketTypeIs(PacketType.HANDLE)
            .readBytes();
    return new Open(engine, path, handle);
  }

  private void sync(Open file) throws IOException {
    if (engine.supportsServerExtension("fsync", "openssh.com")) {
      Request request = engine.newExtendedRequest("fsync@openssh.com");
      request.putBytes(file.known);
      engine
          .request(request)
          .retrieve(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
          .ensureStatusPacketIsOK();
    }
  }

  // --- names ---

  /**
   * Renames a file, never over another.
   *
   * @throws SftpFault also if there is one of that name
   */
  void rename(String from, String to) throws SftpFault {
    ask(
        "rename " + shown(from) + " to " + shown(to),
        () -> {
          engine.rename(from, to, EnumSet.noneOf(RenameFlags.class));
          return null;
        });
  }

  /** Renames a file; whatever has that name is replaced, at once where the server can do that. */
  void replace(String from, String to) throws SftpFault {
    if (engine.supportsServerExtension("posix-rename", "openssh.com")) {
      ask(
          "rename " + shown(from) + " to " + shown(to),
          () -> {
            Request request = engine.newExtendedRequest("posix-rename@openssh.com");
            request.putString(from, StandardCharsets.ISO_8859_1);
            request.putString(to, StandardCharsets.ISO_8859_1);
            engine
                .request(request)
                .retrieve(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
                .ensureStatusPacketIsOK();
            return null;
          });
      return;
    }
    removeIfThere(to);
    rename(from, to);
  }

  private void removeIfThere(String path) throws SftpFault {
    ask(
        "remove " + shown(path),
        () -> {
          try {
            engine.remove(path);
          } catch (SFTPException e) {
            if (e.getStatusCode() != StatusCode.NO_SUCH_FILE) {
              throw e;
            }
          }
          return null;
        });
  }

  void remove(String path) throws SftpFault {
    removeIfThere(path);
  }

  /** The path of a file in a folder of the server's, in the letters of {@link SftpLink}. */
  static String in(String folder, FileName name) {
    String base = folder.endsWith("/") ? folder : folder + "/";
    return base + new String(name.bytes(), StandardCharsets.ISO_8859_1);
  }

  /** A path that somebody wrote, in the same letters. */
  static String spelled(String path) {
    return new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** Such a path for people. */
  static String shown(String path) {
    int slash = path.lastIndexOf('/');
    String folder = path.substring(0, slash + 1);
    String name = path.substring(slash + 1);
    String readable =
        new String(folder.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    return name.isEmpty()
        ? readable
        : readable + FileName.of(name.getBytes(StandardCharsets.ISO_8859_1)).display();
  }

  // --- faults ---

  @FunctionalInterface
  private interface Asking<T> {
    T ask() throws IOException;
  }

  private <T> T ask(String what, Asking<T> asking) throws SftpFault {
    try {
      return asking.ask();
    } catch (SFTPException e) {
      if (e.getStatusCode() == StatusCode.UNKNOWN || !stands()) {
        throw broken(what, e);
      }
      throw SftpFault.refused(
          server.server() + " does not " + what + ": " + refusal(e) + " (" + said(e) + ")", e);
    } catch (SSHException e) {
      throw broken(what, e);
    } catch (IOException e) {
      // Wrapped by streams of the library.
      if (e.getCause() instanceof SFTPException) {
        return ask(
            what,
            () -> {
              throw (SFTPException) e.getCause();
            });
      }
      throw broken(what, e);
    }
  }

  private SftpFault broken(String what, IOException e) {
    boolean late = e instanceof SSHException ssh && isLate(ssh);
    String why =
        late ? "no answer within " + Duration.ofMillis(ANSWER_MILLIS).toSeconds() + " s" : said(e);
    return SftpFault.ofLink(
        server.server() + ": link lost while it was to " + what + ": " + why, e);
  }

  private static boolean isLate(SSHException e) {
    return e.getDisconnectReason() == DisconnectReason.UNKNOWN
        && String.valueOf(e.getMessage()).contains("Timeout");
  }

  private static String refusal(SFTPException e) {
    return switch (e.getStatusCode()) {
      case NO_SUCH_FILE, NO_SUCH_PATH -> "there is none";
      case PERMISSION_DENIED, WRITE_PROTECT -> "no right to";
      case NO_SPACE_ON_FILESYSTEM, QUOTA_EXCEEDED -> "its disk is full";
      case FAILURE -> "it says no more; is its disk full, or a quota used up?";
      default -> e.getStatusCode().name().toLowerCase(java.util.Locale.ROOT);
    };
  }

  private static void closeQuietly(AutoCloseable each) {
    try {
      each.close();
    } catch (Exception e) {
      LOG.debug("{} was closed by the end of its link", each, e);
    }
  }

  @Override
  public void close() {
    closeQuietly(client);
  }
}
