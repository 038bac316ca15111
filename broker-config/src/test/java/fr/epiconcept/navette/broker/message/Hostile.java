package fr.epiconcept.navette.broker.message;

import java.util.List;
import java.util.Map;
import javax.jms.JMSException;
import javax.jms.Message;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.client.impl.ClientMessageImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;

/**
 * Messages as the broker's client hands them over, with whatever its peer wrote: below JMS, where
 * properties may have types and names that JMS refuses.
 */
public final class Hostile {
  private Hostile() {}

  /** A value of any type that a property can have, null among them. */
  public static Arbitrary<Object> values(Arbitrary<String> texts) {
    return Arbitraries.oneOf(
        texts.map(text -> text),
        texts.map(SimpleString::of),
        Arbitraries.integers(),
        Arbitraries.integers().between(-1, 3),
        Arbitraries.longs(),
        Arbitraries.longs().between(-33, 40),
        Arbitraries.bytes(),
        Arbitraries.shorts(),
        Arbitraries.doubles(),
        Arbitraries.floats(),
        Arbitraries.chars().all(),
        Arbitraries.of(true, false),
        Arbitraries.bytes().array(byte[].class).ofMaxSize(10),
        Arbitraries.of("r".repeat(5_000), "%41".repeat(400), "\0", "abc", "+1", "1e9"),
        Arbitraries.just(null));
  }

  /** The message of bytes that has these properties and this body. */
  public static Message message(Map<String, Object> properties, List<byte[]> body)
      throws JMSException {
    return message(org.apache.activemq.artemis.api.core.Message.BYTES_TYPE, properties, body);
  }

  /** As {@link #message(Map, List)}, of another type. */
  public static Message message(byte type, Map<String, Object> properties, List<byte[]> body)
      throws JMSException {
    ClientMessageImpl core = new ClientMessageImpl(type, true, 0, 0, (byte) 4, 1024);
    properties.forEach(core::putObjectProperty);
    body.forEach(core.getBodyBuffer()::writeBytes);
    ActiveMQMessage message = ActiveMQMessage.createMessage(core, null);
    try {
      message.doBeforeReceive();
    } catch (Exception e) {
      throw new AssertionError("nothing is read yet", e);
    }
    return message;
  }
}
