package fr.epiconcept.navette.ingest.sftp;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Base64;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.KeyType;
import net.schmizz.sshj.transport.verification.OpenSSHKnownHosts;

/** The keys by which servers are known; nothing is ever added to them. */
final class KnownServers extends OpenSSHKnownHosts {
  private final Path file;
  private String refusal = "";

  private KnownServers(Path file, Reader lines) throws IOException {
    super(lines);
    this.file = file;
  }

  static KnownServers read(Path file) throws IOException {
    try (Reader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return new KnownServers(file, lines);
    }
  }

  /** Why the server was not believed, in one line; empty if it was. */
  String refusal() {
    return refusal;
  }

  @Override
  protected boolean hostKeyUnverifiableAction(String hostname, PublicKey key) {
    refusal =
        file
            + " has no "
            + KeyType.fromKey(key)
            + " key of it (it shows "
            + fingerprint(key)
            + "): ask the partner whether that is his, then add what `ssh-keyscan` prints";
    return false;
  }

  @Override
  protected boolean hostKeyChangedAction(String hostname, PublicKey key) {
    refusal =
        "it shows another "
            + KeyType.fromKey(key)
            + " key ("
            + fingerprint(key)
            + ") than "
            + file
            + " has of it: this may be somebody else's server; ask the partner before anything else";
    return false;
  }

  private static String fingerprint(PublicKey key) {
    try {
      byte[] spelled = new Buffer.PlainBuffer().putPublicKey(key).getCompactData();
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(spelled);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
