package fr.epiconcept.navette.broker.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.jms.JMSException;
import javax.jms.Message;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ContractFuzzTest {
  private static final FluxName LABO = new FluxName("labo");

  private static Arbitrary<FileId> ids() {
    return Combinators.combine(
            Arbitraries.strings().withChars("01234567").ofLength(1),
            Arbitraries.strings().withChars("0123456789ABCDEFGHJKMNPQRSTVWXYZ").ofLength(25))
        .as((first, others) -> new FileId(first + others));
  }

  private static Arbitrary<FileName> names() {
    return Arbitraries.bytes()
        .filter(b -> b != 0 && b != '/' && b != '.')
        .array(byte[].class)
        .ofMinSize(1)
        .ofMaxSize(255)
        .map(FileName::of);
  }

  private static Arbitrary<Instant> times() {
    return Combinators.combine(
            Arbitraries.longs().between(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()),
            Arbitraries.integers().between(0, 999_999_999))
        .as(Instant::ofEpochSecond);
  }

  @Provide
  Arbitrary<Parcel> parcels() {
    Arbitrary<Long> sizes = Arbitraries.longs().greaterOrEqual(0);
    Arbitrary<Integer> rounds = Arbitraries.integers().greaterOrEqual(1);
    Arbitrary<String> accounts = Arbitraries.of("w1", "front-2_x", "ingest");
    Arbitrary<Parcel> deposits =
        Combinators.combine(ids(), names(), sizes, times(), rounds, ids().optional())
            .as(
                (id, name, size, time, round, of) ->
                    new Deposit(LABO, id, name, size, time, round, of));
    Arbitrary<Parcel> answers =
        Combinators.combine(ids(), names(), sizes, times(), ids().optional(), accounts)
            .as(
                (id, name, size, time, of, w) ->
                    new Acknowledgement(LABO, id, name, size, time, of, w));
    Arbitrary<Parcel> receipts =
        Combinators.combine(ids(), Arbitraries.of(Receipt.Of.values()), rounds, accounts)
            .as((id, of, round, from) -> new Receipt(LABO, id, of, round, from));
    Arbitrary<Parcel> outcomes =
        Combinators.combine(
                ids(),
                rounds,
                Arbitraries.of(Outcome.Result.values()),
                Arbitraries.integers().between(0, 255).optional(),
                sizes.map(Duration::ofMillis),
                Arbitraries.integers().greaterOrEqual(0),
                Arbitraries.strings().withCharRange('\0', '\uffff').ofMaxLength(60),
                accounts)
            .as(
                (id, round, result, exit, ms, attempts, reason, w) ->
                    new Outcome(LABO, id, round, result, exit, ms, attempts, reason, w));
    return Arbitraries.oneOf(deposits, answers, receipts, outcomes);
  }

  @Provide
  Arbitrary<Map<String, Object>> lies() {
    Arbitrary<String> names =
        Arbitraries.of(
            Contract.P_VERSION,
            Contract.P_KIND,
            Contract.P_FLUX,
            Contract.P_ID,
            Contract.P_NAME,
            Contract.P_SIZE,
            Contract.P_MODIFIED,
            Contract.P_ROUND,
            Contract.P_REPLAY_OF,
            Contract.P_OF,
            Contract.P_WORKER,
            Contract.P_RESULT,
            Contract.P_EXIT,
            Contract.P_MILLIS,
            Contract.P_ATTEMPTS,
            Contract.P_REASON,
            "other");
    Arbitrary<String> texts =
        Arbitraries.oneOf(
            Arbitraries.of(
                "deposit",
                "acknowledgement",
                "receipt",
                "outcome",
                "labo",
                "w1",
                "..",
                "%2e%2e",
                "%2F",
                "a",
                "%",
                "processed",
                "failed",
                "2026-11-23T17:04:09Z",
                "+1000000000-12-31T23:59:59.999999999Z",
                "",
                "01JDCB3V8Q5W2Y7Z9K4M6N0PRS"),
            Arbitraries.strings().withCharRange('\0', '\uffff').ofMaxLength(30));
    return Arbitraries.maps(names, Hostile.values(texts)).ofMaxSize(4);
  }

  @Property
  void everyParcelIsReadAsItWasWritten(@ForAll("parcels") Parcel parcel) throws Exception {
    assertEquals(parcel, Contract.read(Hostile.message(properties(parcel), List.of())));
  }

  @Property
  void aMessageThatLiesIsAParcelOrIsRefusedInOneLine(
      @ForAll("parcels") Parcel parcel, @ForAll("lies") Map<String, Object> lies) throws Exception {
    Map<String, Object> properties = properties(parcel);
    properties.putAll(lies);
    isAParcelOrRefused(Hostile.message(properties, List.of()));
    isAParcelOrRefused(Hostile.message(lies, List.of()));
  }

  private static void isAParcelOrRefused(Message message) throws JMSException {
    Parcel parcel;
    try {
      parcel = Contract.read(message);
    } catch (Malformed | OtherVersion refused) {
      assertTrue(refused.getMessage().length() < 300, refused.getMessage());
      assertTrue(refused.getMessage().chars().noneMatch(Character::isISOControl));
      return;
    }
    if (parcel instanceof Parcel.Payload payload) {
      assertTrue(payload.size() >= 0);
    }
    Map<String, Object> again = properties(parcel);
    try {
      assertEquals(
          Optional.of(parcel), Optional.of(Contract.read(Hostile.message(again, List.of()))));
    } catch (Malformed | OtherVersion e) {
      throw new AssertionError("what was read is written otherwise", e);
    }
  }

  private static Map<String, Object> properties(Parcel parcel) throws JMSException {
    Message written = Hostile.message(Map.of(), List.of());
    written.clearProperties();
    Contract.write(parcel, written);
    Map<String, Object> properties = new HashMap<>();
    for (var names = written.getPropertyNames(); names.hasMoreElements(); ) {
      String name = (String) names.nextElement();
      properties.put(name, written.getObjectProperty(name));
    }
    return properties;
  }
}
