package fr.epiconcept.navette.broker.ask;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.ask.Letter.Answers;
import fr.epiconcept.navette.broker.ask.Letter.Asks;
import fr.epiconcept.navette.broker.message.Hostile;
import fr.epiconcept.navette.flux.live.Question;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.jms.JMSException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class LettersFuzzTest {
  private static final String NUMBER = "0123456789abcdef0123456789abcdef";

  @Provide
  Arbitrary<Map<String, Object>> lies() {
    Arbitrary<String> names =
        Arbitraries.of(
            "navette_version",
            "navette_kind",
            "navette_question",
            "navette_part",
            "navette_end",
            "navette_reason",
            "_AMQ_LARGE_SIZE");
    Arbitrary<String> texts =
        Arbitraries.oneOf(
            Arbitraries.of("question", "answer", "whole", "broken", NUMBER, "1", ""),
            Arbitraries.strings().withCharRange('\0', '\uffff').ofMaxLength(40));
    return Arbitraries.maps(names, Hostile.values(texts)).ofMaxSize(2);
  }

  @Provide
  Arbitrary<byte[]> bodies() {
    Arbitrary<String> soup =
        Arbitraries.of(
                "{",
                "}",
                "[",
                "]",
                ":",
                ",",
                "\"verb\"",
                "\"with\"",
                "\"status\"",
                "null",
                "1",
                "\n",
                "{\"a\":1}\n",
                "{\"verb\":\"status\"}",
                "\\ud800",
                "\"")
            .list()
            .ofMaxSize(12)
            .map(words -> String.join("", words));
    return Arbitraries.frequencyOf(
        Tuple.of(5, soup.map(text -> text.getBytes(UTF_8))),
        Tuple.of(
            2, Arbitraries.just("{\"verb\":\"status\",\"with\":{\"a\":\"b\"}}".getBytes(UTF_8))),
        Tuple.of(2, Arbitraries.bytes().array(byte[].class).ofMaxSize(100)),
        Tuple.of(
            1, Arbitraries.of("[", "{\"with\":").map(text -> text.repeat(2_000).getBytes(UTF_8))),
        Tuple.of(1, Arbitraries.of(16_385, 300_000).map(byte[]::new)));
  }

  private static Map<String, Object> properties(String kind) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("navette_version", 1);
    properties.put("navette_kind", kind);
    properties.put("navette_question", NUMBER);
    properties.put("navette_part", 0);
    return properties;
  }

  @Property
  void anyMessageIsALetterOrUnreadable(
      @ForAll("lies") Map<String, Object> lies, @ForAll("bodies") byte[] body) throws JMSException {
    for (String kind : List.of("question", "answer")) {
      Map<String, Object> properties = properties(kind);
      properties.putAll(lies);
      try {
        Letter letter = Letters.read(Hostile.message(properties, List.of(body)));
        assertEquals(32, letter.number().length());
        if (letter instanceof Asks asks) {
          assertTrue(body.length <= Bounds.LONGEST_QUESTION);
          assertFalse(asks.question().verb() == null);
        } else if (letter instanceof Answers answers) {
          answers.end().ifPresent(end -> assertTrue(end.reason().length() <= 503));
          taken(answers);
        }
      } catch (Letters.Unreadable | JMSException dropped) {
        assertFalse(dropped.getMessage().isEmpty());
      }
    }
  }

  private static void taken(Answers part) {
    AtomicLong unread = new AtomicLong();
    OpenQuestion question = new OpenQuestion("w1", Bounds.STANDARD, unread, () -> 0);
    question.came(part);
    question.breakOff("the link is down");
    try {
      question.take(item -> {});
    } catch (Silence told) {
      assertFalse(told.getMessage() == null);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
    question.forget();
    assertEquals(0, unread.get());
  }

  @Property
  void everyQuestionIsReadAsItWasAsked(@ForAll("questions") Question question)
      throws IOException, JMSException, Letters.Unreadable {
    Letter read =
        Letters.read(Hostile.message(properties("question"), List.of(Letters.question(question))));
    assertEquals(new Asks(NUMBER, question), read);
  }

  @Provide
  Arbitrary<Question> questions() {
    // UTF-8 has no halves of pairs.
    Arbitrary<String> words =
        Arbitraries.strings()
            .withCharRange('\0', '\uffff')
            .ofMaxLength(20)
            .map(text -> new String(text.getBytes(UTF_8), UTF_8));
    return Combinators.combine(words, Arbitraries.maps(words, words).ofMaxSize(4))
        .as(Question::new);
  }
}
