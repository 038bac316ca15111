package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.broker.EraReader.IdentityMessage;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.NativeFiles;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.Queue;
import javax.jms.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells at each start whether the broker still holds what it was given.
 *
 * <p>A token stands both in the broker and in a file outside its folder, and is replaced in both at
 * every start: a broker that was wiped, replaced or brought back from a backup holds none or an
 * older one. The file names the next token <em>before</em> the broker gets it, so that a crash
 * between the two is no new era.
 *
 * <p>A backup holds the token of the run during which it was made. So the longer a run lasts, the
 * longer a backup of it is mistaken for the broker itself after a crash: {@link #renew} at an
 * orderly stop and every few minutes keeps that time short.
 */
public final class EraKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(EraKeeper.class);

  private static final SecureRandom RANDOM = new SecureRandom();

  private EraKeeper() {}

  /**
   * Judges, then renews the token.
   *
   * @param inVm ingest's own connection; is started by this
   * @param stateFile on the daemon's state folder, never within the broker's
   * @param journalDamaged what {@link EmbeddedBroker#journalWasDamaged()} says
   */
  public static Era open(Connection inVm, Path stateFile, boolean journalDamaged)
      throws JMSException, IOException {
    Optional<Known> known = Known.read(stateFile);
    Optional<IdentityMessage> there = IdentityMessage.browse(inVm);
    String why = doubt(known, there, journalDamaged);
    boolean fresh = !why.isEmpty();
    String era = fresh ? random() : known.orElseThrow().era();
    replaceToken(inVm, stateFile, era, there.map(IdentityMessage::token).orElse(""));
    if (fresh) {
      LOG.warn("the broker begins a new era, {}: {}", era, why);
    } else {
      LOG.info("the broker is the one we knew, era {}", era);
    }
    return new Era(era, fresh);
  }

  /**
   * Replaces the token within the same era.
   *
   * @throws JMSException if {@link #open} has not been called before, or the broker does not answer
   */
  public static void renew(Connection inVm, Path stateFile) throws JMSException, IOException {
    IdentityMessage there =
        IdentityMessage.browse(inVm)
            .orElseThrow(() -> new JMSException("the broker has no era: " + Addresses.IDENTITY));
    replaceToken(inVm, stateFile, there.era(), there.token());
  }

  /**
   * The broker is not to be trusted any more: its next start begins a new era. Takes no room on a
   * disk.
   */
  public static void doubt(Path stateFile) throws IOException {
    Files.deleteIfExists(stateFile);
    NativeFiles.syncFolder(stateFile.toAbsolutePath().getParent());
  }

  /** Why the broker cannot be trusted to hold what it was given; empty if it can. */
  private static String doubt(
      Optional<Known> known, Optional<IdentityMessage> there, boolean journalDamaged) {
    if (there.isEmpty()) {
      return known.isEmpty()
          ? "it is new; whatever the spool holds is sent"
          : "its folder is empty or another one; everything without a receipt is sent again";
    }
    if (journalDamaged) {
      return "its journal was damaged; everything without a receipt is sent again";
    }
    if (known.isEmpty()) {
      return "we have no mark of it, or its disk has failed; everything without a receipt is sent again";
    }
    boolean same = there.get().only() && known.get().matches(there.get());
    return same
        ? ""
        : "it is an older or another one (a backup?); everything without a receipt is sent again";
  }

  private static void replaceToken(Connection inVm, Path stateFile, String era, String old)
      throws JMSException, IOException {
    String next = random();
    new Known(era, old, next).write(stateFile);
    replaceMessage(inVm, era, next);
    new Known(era, next, next).write(stateFile);
  }

  private static void replaceMessage(Connection inVm, String era, String token)
      throws JMSException {
    try (Session session = inVm.createSession(true, Session.SESSION_TRANSACTED)) {
      Queue queue = session.createQueue(Addresses.IDENTITY);
      try (MessageConsumer consumer = session.createConsumer(queue)) {
        Message old;
        do {
          old = consumer.receiveNoWait();
        } while (old != null);
      }
      Message message = session.createMessage();
      message.setStringProperty(IdentityMessage.ERA, era);
      message.setStringProperty(IdentityMessage.TOKEN, token);
      session.createProducer(queue).send(message);
      session.commit();
    }
  }

  private static String random() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** The file's content: the broker holds {@code token}, or already {@code next}. */
  record Known(String era, String token, String next) {
    /** Nothing too if the file is damaged: then all is sent again, and nothing is lost. */
    static Optional<Known> read(Path file) throws IOException {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      Properties properties = new Properties();
      try {
        properties.load(new StringReader(Files.readString(file)));
      } catch (IllegalArgumentException | CharacterCodingException damaged) {
        return Optional.empty();
      }
      String era = properties.getProperty("era");
      String token = properties.getProperty("token");
      String next = properties.getProperty("next");
      return era == null || token == null || next == null
          ? Optional.empty()
          : Optional.of(new Known(era, token, next));
    }

    boolean matches(IdentityMessage message) {
      return era.equals(message.era())
          && (token.equals(message.token()) || next.equals(message.token()));
    }

    void write(Path file) throws IOException {
      DurableFile.replace(
          file, "era=" + era + "\ntoken=" + token + "\nnext=" + next + "\n", "rw-------");
    }
  }
}
