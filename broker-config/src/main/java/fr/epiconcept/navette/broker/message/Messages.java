package fr.epiconcept.navette.broker.message;

import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Payload;
import fr.epiconcept.navette.flux.file.FileIdentity;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import javax.jms.BytesMessage;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.Session;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;

/**
 * Parcels as whole messages, with their payload. Files of up to {@link #SMALL} bytes travel in one
 * piece, larger ones are streamed with a fixed buffer; the body is the same either way. Those of
 * more than {@link #LARGE} bytes can stay where they are.
 */
public final class Messages {
  /** The largest file that is held in memory, in bytes. */
  public static final int SMALL = 64 * 1024;

  /**
   * The largest file that goes through the broker, in bytes, if whoever gets it can fetch others:
   * they are too much to be kept twice, and to begin anew after each cut.
   */
  public static final int LARGE = 1 << 20;

  /** What Artemis calls the stream that it reads a large body from. */
  private static final String INPUT = "JMS_AMQ_InputStream";

  /** What Artemis calls the stream that it writes a large body to; setting it blocks until done. */
  private static final String SAVE = "JMS_AMQ_SaveStream";

  /** The length of a large body, which only large messages have. */
  private static final String LARGE_SIZE = "_AMQ_LARGE_SIZE";

  /** What the broker remembers to drop a message that it already has. */
  private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";

  private Messages() {}

  /** A message that is about to be sent; close it when it was. */
  public record Outgoing(Message message, PayloadReader reader, FileIdentity looks)
      implements AutoCloseable {
    /** The hash of the payload; known once it was sent. */
    public String sha256() {
      return reader.sha256();
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  /** A parcel without payload. */
  public static Message of(Session session, Parcel parcel) throws JMSException {
    Message message = session.createMessage();
    Contract.write(parcel, message);
    return message;
  }

  /**
   * A parcel with the bytes of {@code file}. A large file is read while it is sent.
   *
   * @param looks the state in which the file must stay until it is sent
   * @throws IOException if the file cannot be read or changes
   */
  public static Outgoing of(Session session, Payload parcel, Path file, FileIdentity looks)
      throws JMSException, IOException {
    BytesMessage message = session.createBytesMessage();
    Contract.write(parcel, message);
    PayloadReader reader = new PayloadReader(file, looks);
    boolean made = false;
    try {
      if (parcel.size() <= SMALL) {
        message.writeBytes(reader.readAllBytes());
      } else {
        message.setObjectProperty(INPUT, reader);
      }
      made = true;
      return new Outgoing(message, reader, looks);
    } finally {
      if (!made) {
        reader.close();
      }
    }
  }

  /**
   * A deposit whose bytes stay where they are, for the worker to fetch. The file is read once, for
   * its hash, before there is a message.
   *
   * @param looks the state in which the file must be
   * @throws IOException if the file cannot be read or changes
   */
  public static Outgoing toBeFetched(
      Session session, Deposit deposit, Path file, FileIdentity looks)
      throws JMSException, IOException {
    try (PayloadReader reader = new PayloadReader(file, looks)) {
      reader.transferTo(OutputStream.nullOutputStream());
      Message message = of(session, deposit.toBeFetched(reader.sha256()));
      return new Outgoing(message, reader, looks);
    }
  }

  /** Lets the broker drop this message if it has one with that id. */
  public static void onlyOnce(Message message, String duplicateId) throws JMSException {
    message.setStringProperty(DUPLICATE_ID, duplicateId);
  }

  /**
   * Marks a dead letter with the way home, so that a stock Artemis tool can send it back.
   *
   * @param queue where it came from
   */
  public static void cameFrom(Message message, String queue) throws JMSException {
    message.setStringProperty("_AMQ_ORIG_ADDRESS", queue);
    message.setStringProperty("_AMQ_ORIG_QUEUE", queue);
  }

  /**
   * Writes the payload of {@code message} to {@code out} and verifies it. For a large message this
   * must be called inside the listener that was given it: read later, the broker's client gives
   * only the last piece and says nothing.
   *
   * @return the SHA-256 in hexadecimal digits
   * @throws CorruptPayload if size and hash do not agree with the bytes
   * @throws BrokeOff if the end is missing
   * @throws IOException if {@code out} cannot be written
   */
  public static String savePayload(Message message, long size, OutputStream out)
      throws IOException {
    PayloadWriter writer = new PayloadWriter(out, size);
    try {
      if (!(message instanceof BytesMessage bytes)) {
        throw new CorruptPayload("the message has no bytes");
      }
      if (isLarge(message)) {
        requireLength(largeSize(message), size);
        message.setObjectProperty(SAVE, writer);
      } else {
        requireLength(bytes.getBodyLength(), size);
        copy(bytes, writer);
      }
    } catch (JMSException e) {
      for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
        // What the disk said must reach the operator, not that the client failed over it.
        if (cause instanceof IOException own) {
          throw own;
        }
      }
      throw writer.brokeOff(e);
    }
    return writer.verified();
  }

  /** By its kind: a peer may set on any message the property that only large ones should have. */
  private static boolean isLarge(Message message) {
    return message instanceof ActiveMQMessage ours && ours.getCoreMessage().isLargeMessage();
  }

  private static long largeSize(Message message) throws JMSException, CorruptPayload {
    if (message.getObjectProperty(LARGE_SIZE) instanceof Long size) {
      return size;
    }
    throw new CorruptPayload("it does not say how long its body is");
  }

  /**
   * Reads the payload of a message whose bytes are not needed, for a large one that is left unread
   * takes its consumer along: the client asks the broker for no other message.
   */
  public static void skipPayload(Message message) throws IOException {
    try {
      if (isLarge(message)) {
        message.setObjectProperty(SAVE, OutputStream.nullOutputStream());
      }
    } catch (JMSException e) {
      throw new IOException("the payload cannot be read from the broker: " + e.getMessage(), e);
    }
  }

  /** A body that is whole and has the wrong length never gets better by being sent again. */
  private static void requireLength(long actual, long size) throws CorruptPayload {
    if (actual != PayloadReader.bodyLength(size)) {
      throw new CorruptPayload(
          "its body has " + actual + " bytes, it should be " + PayloadReader.bodyLength(size));
    }
  }

  private static void copy(BytesMessage message, OutputStream out)
      throws JMSException, IOException {
    byte[] buffer = new byte[8 * 1024];
    for (int n = message.readBytes(buffer); n > 0; n = message.readBytes(buffer)) {
      out.write(buffer, 0, n);
    }
  }
}
