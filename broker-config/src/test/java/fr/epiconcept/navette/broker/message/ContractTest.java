package fr.epiconcept.navette.broker.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.Site;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ContractTest {
  private static final FileId ID = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");
  private static final FileId OTHER = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRT");
  private static final FileName NAME = FileName.of(new byte[] {'a', (byte) 0xE9, '\n', ' ', '%'});
  private static final SubFolder BELOW = SubFolder.of(List.of(FileName.of("a"), NAME));
  private static final Instant MODIFIED = Instant.parse("2020-02-29T12:34:56.789012345Z");

  /** What may be missing without a fault: it says that there is none. */
  private static final Set<String> OPTIONAL =
      Set.of("navette_replay_of", "navette_exit", "navette_subfolder");

  @TempDir static Path root;
  private static EmbeddedBroker broker;
  private static Connection connection;
  private static Session session;

  @BeforeAll
  static void connect() throws Exception {
    broker = new Site(root).start();
    connection = broker.inVm().open(Tuning.sending());
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
  }

  @AfterAll
  static void disconnect() throws Exception {
    connection.close();
    broker.close();
  }

  static List<Parcel> parcels() {
    return List.of(
        new Deposit(Site.LABO, ID, NAME, 0, MODIFIED, 1, Optional.empty()),
        new Deposit(Site.LABO, ID, NAME, Long.MAX_VALUE, Instant.EPOCH, 7, Optional.of(OTHER)),
        new Acknowledgement(Site.LABO, ID, NAME, 12, MODIFIED, Optional.empty(), "w1"),
        new Acknowledgement(Site.LABO, ID, NAME, 12, MODIFIED, Optional.of(OTHER), "w-1_x"),
        new Receipt(Site.LABO, ID, Receipt.Of.DEPOSIT, 1, "w1"),
        new Receipt(Site.LABO, ID, Receipt.Of.OUTCOME, 2, "ingest"),
        new Receipt(Site.LABO, ID, Receipt.Of.ACKNOWLEDGEMENT, 1, "ingest"),
        outcome(Outcome.Result.PROCESSED, Optional.of(0), ""),
        outcome(Outcome.Result.FAILED, Optional.of(255), "the script answered 255\n\"é\""),
        outcome(Outcome.Result.INTERRUPTED, Optional.empty(), "died"),
        new Deposit(Site.LABO, ID, NAME, 0, MODIFIED, 1, Optional.empty()).from(BELOW),
        new Acknowledgement(Site.LABO, ID, NAME, 12, MODIFIED, Optional.empty(), "w1").from(BELOW));
  }

  private static Outcome outcome(Outcome.Result result, Optional<Integer> exit, String reason) {
    Duration duration = Duration.ofMillis(1_234);
    return new Outcome(Site.LABO, ID, 3, result, exit, duration, 5, reason, "w1");
  }

  @ParameterizedTest
  @MethodSource("parcels")
  void everyParcelMakesTheRoundTrip(Parcel parcel) throws Exception {
    assertEquals(parcel, Contract.read(written(parcel)));
  }

  @ParameterizedTest
  @MethodSource("parcels")
  void everyParcelMakesTheRoundTripThroughTheBroker(Parcel parcel) throws Exception {
    var queue = session.createQueue("flux.labo.return");
    connection.start();
    session.createProducer(queue).send(written(parcel));
    try (var consumer = session.createConsumer(queue)) {
      assertEquals(parcel, Contract.read(consumer.receive(5_000)));
    }
  }

  @ParameterizedTest
  @MethodSource("parcels")
  void aMissingPropertyIsMalformedAndNamed(Parcel parcel) throws Exception {
    Message whole = written(parcel);
    for (String property : properties(whole)) {
      Message message = without(whole, property);
      boolean mayBeMissing =
          OPTIONAL.contains(property)
              || (property.equals("navette_of") && parcel instanceof Acknowledgement);
      if (mayBeMissing) {
        assertEquals(parcel.id(), Contract.read(message).id());
      } else {
        assertNamed(property, message);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("parcels")
  void aPropertyOfAnotherTypeIsMalformedAndNamed(Parcel parcel) throws Exception {
    Message whole = written(parcel);
    for (String property : properties(whole)) {
      Message message = without(whole, property);
      message.setBooleanProperty(property, true);
      assertNamed(property, message);
    }
  }

  static Stream<Arguments> oddValues() {
    return Stream.of(
        odd(0, "navette_version", -1),
        odd(0, "navette_flux", "a.b"),
        odd(0, "navette_flux", ""),
        odd(0, "navette_flux", "../labo"),
        odd(0, "navette_id", "01jdcb3v8q5w2y7z9k4m6n0prs"),
        odd(0, "navette_id", "../../../../../../etc/cron"),
        odd(0, "navette_kind", "Deposit"),
        odd(0, "navette_kind", ""),
        odd(0, "navette_name", "..%2Fpasswd"),
        odd(0, "navette_name", "../passwd"),
        odd(0, "navette_name", ".."),
        odd(0, "navette_name", ""),
        odd(0, "navette_name", "a%00"),
        odd(0, "navette_name", "%zz"),
        odd(0, "navette_name", "n".repeat(256)),
        odd(0, "navette_name", "n".repeat(5_000)),
        odd(0, "navette_size", -1L),
        odd(0, "navette_size", 12),
        odd(0, "navette_modified", "yesterday"),
        odd(0, "navette_modified", "+1000000001-01-01T00:00:00Z"),
        odd(0, "navette_round", 0),
        odd(0, "navette_round", -1),
        odd(0, "navette_round", 1L),
        odd(0, "navette_replay_of", ""),
        odd(10, "navette_subfolder", ""),
        odd(10, "navette_subfolder", "/a"),
        odd(10, "navette_subfolder", "a/"),
        odd(10, "navette_subfolder", "a//b"),
        odd(10, "navette_subfolder", "../a"),
        odd(10, "navette_subfolder", "a/%2E%2E"),
        odd(10, "navette_subfolder", "a%2F..%2Fb"),
        odd(10, "navette_subfolder", ".ssh"),
        odd(10, "navette_subfolder", "a/.navette"),
        odd(10, "navette_subfolder", "d/".repeat(32) + "d"),
        odd(10, "navette_subfolder", "n".repeat(256)),
        odd(10, "navette_subfolder", ("n".repeat(255) + "/").repeat(4) + "n"),
        odd(10, "navette_subfolder", "n/".repeat(3_000)),
        odd(0, "navette_subfolder", "a"),
        odd(2, "navette_subfolder", "a"),
        odd(2, "navette_of", "deposit"),
        odd(2, "navette_worker", "w.1"),
        odd(2, "navette_worker", "#"),
        odd(2, "navette_worker", ""),
        odd(4, "navette_of", "DEPOSIT"),
        odd(4, "navette_of", "everything"),
        odd(4, "navette_worker", "a/b"),
        odd(7, "navette_result", "PROCESSED"),
        odd(7, "navette_exit", 256),
        odd(7, "navette_exit", -1),
        odd(7, "navette_exit", "0"),
        odd(7, "navette_duration_ms", -1L),
        odd(7, "navette_duration_ms", 1),
        odd(7, "navette_attempts", -1),
        odd(7, "navette_reason", "r".repeat(4_097)));
  }

  private static Arguments odd(int parcel, String property, Object value) {
    return Arguments.of(parcel, property, value);
  }

  @ParameterizedTest
  @MethodSource("oddValues")
  void anOddValueIsMalformedAndNamed(int parcel, String property, Object value) throws Exception {
    Message message = without(written(parcels().get(parcel)), property);
    message.setObjectProperty(property, value);
    Malformed fault = assertNamed(property, message);
    assertTrue(fault.getMessage().length() < 200, "a message must not fill the log");
    assertTrue(fault.getMessage().indexOf('\n') < 0);
  }

  @Test
  void anotherVersionIsNoFaultOfTheMessage() throws Exception {
    Message message = without(written(parcels().get(0)), "navette_version");
    message.setIntProperty("navette_version", 3);
    OtherVersion fault = assertThrows(OtherVersion.class, () -> Contract.read(message));
    assertTrue(fault.getMessage().contains("version 3"), fault.getMessage());
  }

  /** An older reader would put the file at the top: so it must be one that it waits for. */
  @Test
  void onlyAFileOfASubFolderSpeaksVersionTwo() throws Exception {
    for (Parcel parcel : parcels()) {
      boolean below = parcel instanceof Parcel.Payload file && !file.folder().isTop();
      assertEquals(below ? 2 : 1, written(parcel).getIntProperty("navette_version"));
    }
  }

  @Test
  void aMessageOfSomebodyElseIsMalformed() throws Exception {
    assertNamed("navette_version", session.createTextMessage("hello"));
  }

  @Test
  void propertiesThatItDoesNotKnowAreNoFault() throws Exception {
    Message message = written(parcels().get(0));
    message.setStringProperty("_AMQ_ORIG_QUEUE", "flux.labo.dead");
    message.setStringProperty("navette_reason", "of a dead letter");
    assertEquals(parcels().get(0), Contract.read(message));
  }

  private static Malformed assertNamed(String property, Message message) {
    Malformed fault = assertThrows(Malformed.class, () -> Contract.read(message), property);
    assertTrue(fault.getMessage().contains(property), property + ": " + fault.getMessage());
    return fault;
  }

  private static Message written(Parcel parcel) throws JMSException {
    return Messages.of(session, parcel);
  }

  private static List<String> properties(Message message) throws JMSException {
    List<String> names = new ArrayList<>();
    Enumeration<?> all = message.getPropertyNames();
    while (all.hasMoreElements()) {
      if (all.nextElement() instanceof String name && name.startsWith("navette_")) {
        names.add(name);
      }
    }
    assertTrue(names.size() >= 5, names.toString());
    return names;
  }

  private static Message without(Message whole, String property) throws JMSException {
    Message copy = session.createMessage();
    for (String name : properties(whole)) {
      if (!name.equals(property)) {
        copy.setObjectProperty(name, whole.getObjectProperty(name));
      }
    }
    return copy;
  }
}
