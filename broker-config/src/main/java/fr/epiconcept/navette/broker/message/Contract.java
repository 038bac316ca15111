package fr.epiconcept.navette.broker.message;

import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Payload;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.config.SeveralWorkers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.jms.JMSException;
import javax.jms.Message;

/**
 * Parcels as properties of a message. Every property is named here and nowhere else; what is read
 * is checked before a parcel exists, so nobody behind has to.
 */
public final class Contract {
  /** The version that is written, but for files from sub-folders. */
  public static final int VERSION = 1;

  /**
   * The version in which a file from a sub-folder is written: a reader that does not know that word
   * would put the file at the top, so it must wait for one that does.
   */
  public static final int VERSION_OF_FOLDERS = 2;

  static final String P_VERSION = "navette_version";
  static final String P_KIND = "navette_kind";
  static final String P_FLUX = "navette_flux";

  /** The file that a message is about. */
  public static final String P_ID = "navette_id";

  static final String P_NAME = "navette_name";
  static final String P_FOLDER = "navette_subfolder";
  static final String P_SIZE = "navette_size";
  static final String P_MODIFIED = "navette_modified";
  static final String P_ROUND = "navette_round";
  static final String P_REPLAY_OF = "navette_replay_of";
  static final String P_FETCHED = "navette_fetched";
  static final String P_WORKERS = "navette_workers";
  static final String P_OF = "navette_of";
  static final String P_WORKER = "navette_worker";
  static final String P_RESULT = "navette_result";
  static final String P_EXIT = "navette_exit";
  static final String P_MILLIS = "navette_duration_ms";
  static final String P_ATTEMPTS = "navette_attempts";
  static final String P_REASON = "navette_reason";

  private static final String DEPOSIT = "deposit";
  private static final String ACKNOWLEDGEMENT = "acknowledgement";
  private static final String RECEIPT = "receipt";
  private static final String OUTCOME = "outcome";

  private Contract() {}

  // --- writing ---

  /** Sets every property of {@code parcel} on {@code message}; the payload is not touched. */
  public static void write(Parcel parcel, Message message) throws JMSException {
    message.setIntProperty(P_VERSION, version(parcel));
    message.setStringProperty(P_FLUX, parcel.flux().value());
    message.setStringProperty(P_ID, parcel.id().value());
    if (parcel instanceof Payload payload) {
      message.setStringProperty(P_NAME, payload.name().encoded());
      message.setLongProperty(P_SIZE, payload.size());
      message.setStringProperty(P_MODIFIED, payload.modified().toString());
      if (!payload.folder().isTop()) {
        message.setStringProperty(P_FOLDER, payload.folder().encoded());
      }
    }
    if (parcel instanceof Deposit deposit) {
      message.setStringProperty(P_KIND, DEPOSIT);
      message.setIntProperty(P_ROUND, deposit.round());
      setId(message, P_REPLAY_OF, deposit.replayOf());
      if (deposit.fetched().isPresent()) {
        message.setStringProperty(P_FETCHED, deposit.fetched().get());
      }
    } else if (parcel instanceof Acknowledgement acknowledgement) {
      message.setStringProperty(P_KIND, ACKNOWLEDGEMENT);
      setId(message, P_OF, acknowledgement.of());
      message.setStringProperty(P_WORKER, acknowledgement.worker());
    } else if (parcel instanceof Receipt receipt) {
      message.setStringProperty(P_KIND, RECEIPT);
      message.setStringProperty(P_OF, lower(receipt.of()));
      message.setIntProperty(P_ROUND, receipt.round());
      message.setStringProperty(P_WORKER, receipt.from());
    } else if (parcel instanceof Outcome outcome) {
      writeOutcome(outcome, message);
    }
  }

  private static int version(Parcel parcel) {
    boolean below = parcel instanceof Payload payload && !payload.folder().isTop();
    return below ? VERSION_OF_FOLDERS : VERSION;
  }

  private static void writeOutcome(Outcome outcome, Message message) throws JMSException {
    message.setStringProperty(P_KIND, OUTCOME);
    message.setIntProperty(P_ROUND, outcome.round());
    message.setStringProperty(P_RESULT, lower(outcome.result()));
    if (outcome.exit().isPresent()) {
      message.setIntProperty(P_EXIT, outcome.exit().get());
    }
    message.setLongProperty(P_MILLIS, outcome.duration().toMillis());
    message.setIntProperty(P_ATTEMPTS, outcome.attempts());
    message.setStringProperty(P_REASON, outcome.reason());
    message.setStringProperty(P_WORKER, outcome.worker());
  }

  /** Says on a deposit that several workers may get it, and how they share its flux. */
  public static void forSeveral(SeveralWorkers.Mode mode, Message message) throws JMSException {
    message.setStringProperty(P_WORKERS, mode.spelled());
  }

  private static void setId(Message message, String property, Optional<FileId> id)
      throws JMSException {
    if (id.isPresent()) {
      message.setStringProperty(property, id.get().value());
    }
  }

  private static String lower(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  // --- reading ---

  /**
   * The parcel that a message is.
   *
   * @throws OtherVersion if its sender speaks another version of the contract
   * @throws Malformed if it breaks the contract in any way
   * @throws JMSException if the message cannot be read
   */
  public static Parcel read(Message message) throws Malformed, OtherVersion, JMSException {
    Fields fields = new Fields(message);
    int version = fields.number(P_VERSION, 0, Integer.MAX_VALUE);
    if (version != VERSION && version != VERSION_OF_FOLDERS) {
      throw new OtherVersion(version);
    }
    FluxName flux =
        FluxName.parse(fields.text(P_FLUX))
            .orElseThrow(() -> new Malformed(P_FLUX + " is no flux name"));
    FileId id = fields.id(P_ID);
    String kind = fields.text(P_KIND);
    return switch (kind) {
      case DEPOSIT ->
          new Deposit(
              flux,
              id,
              fields.name(),
              fields.size(),
              fields.modified(),
              fields.round(),
              fields.maybeId(P_REPLAY_OF),
              fields.maybeHash(P_FETCHED),
              fields.folder(version));
      case ACKNOWLEDGEMENT ->
          new Acknowledgement(
              flux,
              id,
              fields.name(),
              fields.size(),
              fields.modified(),
              fields.maybeId(P_OF),
              fields.account(),
              fields.folder(version));
      case RECEIPT ->
          new Receipt(
              flux, id, fields.word(P_OF, Receipt.Of.class), fields.round(), fields.account());
      case OUTCOME ->
          new Outcome(
              flux,
              id,
              fields.round(),
              fields.word(P_RESULT, Outcome.Result.class),
              fields.exit(),
              Duration.ofMillis(fields.longNumber(P_MILLIS)),
              fields.number(P_ATTEMPTS, 0, Integer.MAX_VALUE),
              fields.text(P_REASON),
              fields.account());
      default -> throw new Malformed("unknown kind of message in " + P_KIND);
    };
  }

  /**
   * How the workers of a deposit's flux share it; nothing if no other may get it.
   *
   * @throws Malformed if it says what nobody knows
   */
  public static Optional<SeveralWorkers.Mode> several(Message message)
      throws Malformed, JMSException {
    if (!message.propertyExists(P_WORKERS)) {
      return Optional.empty();
    }
    String word = new Fields(message).text(P_WORKERS);
    return Optional.of(
        SeveralWorkers.Mode.parse(word)
            .orElseThrow(() -> new Malformed(P_WORKERS + " is an unknown word")));
  }

  /** The properties of one message, each checked as it is read. */
  private record Fields(Message message) {
    /** No honest property is longer: a name of 255 bytes, each spelled in three characters. */
    private static final int LONGEST = 4096;

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    String text(String property) throws Malformed, JMSException {
      Object value = message.getObjectProperty(property);
      if (!(value instanceof String text)) {
        throw new Malformed(property + (value == null ? " is missing" : " is no text"));
      }
      if (text.length() > LONGEST) {
        throw new Malformed(property + " has " + text.length() + " characters");
      }
      return text;
    }

    int number(String property, int least, int most) throws Malformed, JMSException {
      Object value = message.getObjectProperty(property);
      if (!(value instanceof Integer number) || number < least || number > most) {
        throw new Malformed(property + " is no number from " + least + " to " + most);
      }
      return number;
    }

    long longNumber(String property) throws Malformed, JMSException {
      Object value = message.getObjectProperty(property);
      if (!(value instanceof Long number) || number < 0) {
        throw new Malformed(property + " is no number from 0");
      }
      return number;
    }

    FileId id(String property) throws Malformed, JMSException {
      return FileId.parse(text(property))
          .orElseThrow(() -> new Malformed(property + " is no file id"));
    }

    Optional<FileId> maybeId(String property) throws Malformed, JMSException {
      return message.propertyExists(property) ? Optional.of(id(property)) : Optional.empty();
    }

    Optional<String> maybeHash(String property) throws Malformed, JMSException {
      if (!message.propertyExists(property)) {
        return Optional.empty();
      }
      String hash = text(property);
      if (!HASH.matcher(hash).matches()) {
        throw new Malformed(property + " is no SHA-256");
      }
      return Optional.of(hash);
    }

    FileName name() throws Malformed, JMSException {
      try {
        return FileName.decode(text(P_NAME));
      } catch (IllegalArgumentException e) {
        throw new Malformed(P_NAME + ": " + e.getMessage());
      }
    }

    /**
     * Only version 2 has that word: what a reader of version 1 does not see must not count here.
     */
    SubFolder folder(int version) throws Malformed, JMSException {
      if (!message.propertyExists(P_FOLDER)) {
        return SubFolder.TOP;
      }
      if (version != VERSION_OF_FOLDERS) {
        throw new Malformed(P_FOLDER + " needs version " + VERSION_OF_FOLDERS);
      }
      String spelled = text(P_FOLDER);
      if (spelled.isEmpty()) {
        throw new Malformed(P_FOLDER + " is empty");
      }
      try {
        return SubFolder.decode(spelled);
      } catch (IllegalArgumentException e) {
        throw new Malformed(P_FOLDER + ": " + e.getMessage());
      }
    }

    long size() throws Malformed, JMSException {
      return longNumber(P_SIZE);
    }

    Instant modified() throws Malformed, JMSException {
      try {
        return Instant.parse(text(P_MODIFIED));
      } catch (DateTimeException e) {
        throw new Malformed(P_MODIFIED + " is no time");
      }
    }

    int round() throws Malformed, JMSException {
      return number(P_ROUND, 1, Integer.MAX_VALUE);
    }

    Optional<Integer> exit() throws Malformed, JMSException {
      return message.propertyExists(P_EXIT)
          ? Optional.of(number(P_EXIT, 0, 255))
          : Optional.empty();
    }

    String account() throws Malformed, JMSException {
      // An account becomes part of a queue's name, under the same rule as a flux.
      return FluxName.parse(text(P_WORKER))
          .orElseThrow(() -> new Malformed(P_WORKER + " is no account name"))
          .value();
    }

    <E extends Enum<E>> E word(String property, Class<E> words) throws Malformed, JMSException {
      String text = text(property);
      for (E word : words.getEnumConstants()) {
        if (lower(word).equals(text)) {
          return word;
        }
      }
      throw new Malformed(property + " is an unknown word");
    }
  }
}
