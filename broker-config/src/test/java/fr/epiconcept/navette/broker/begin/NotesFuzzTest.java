package fr.epiconcept.navette.broker.begin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import fr.epiconcept.navette.broker.begin.Note.Answer;
import fr.epiconcept.navette.broker.begin.Note.HowFar;
import fr.epiconcept.navette.broker.begin.Note.May;
import fr.epiconcept.navette.broker.begin.Note.SoFar;
import fr.epiconcept.navette.broker.begin.Note.State;
import fr.epiconcept.navette.broker.begin.Note.Step;
import fr.epiconcept.navette.broker.begin.Note.Word;
import fr.epiconcept.navette.broker.message.Hostile;
import fr.epiconcept.navette.broker.message.Malformed;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.jms.JMSException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class NotesFuzzTest {
  private static final String ID = "01JDCB3V8Q5W2Y7Z9K4M6N0PRS";
  private static final FluxName FLUX = new FluxName("labo");

  @Provide
  Arbitrary<Map<String, Object>> lies() {
    Arbitrary<String> names =
        Arbitraries.of(
            "navette_version",
            "navette_kind",
            "navette_may",
            "navette_flux",
            "navette_id",
            "navette_round",
            "navette_step",
            "navette_answer",
            "navette_by",
            "navette_state");
    Arbitrary<String> texts =
        Arbitraries.oneOf(
            Arbitraries.of("may", "word", "how-far", "so-far", "go", "begin", "labo", ID, ""),
            Arbitraries.strings().withCharRange('\0', '\uffff').ofMaxLength(40));
    return Arbitraries.maps(names, Hostile.values(texts)).ofMaxSize(3);
  }

  @Provide
  Arbitrary<Note> notes() {
    return Arbitraries.of(
        new May(-5, FLUX, new FileId(ID), 1, Step.TAKE_OVER),
        new Word(Long.MAX_VALUE, Answer.WAIT, "front1"),
        new Word(0, Answer.GO, ""),
        new HowFar(3, FLUX, new FileId(ID), 7),
        new SoFar(Long.MIN_VALUE, FLUX, new FileId(ID), Integer.MAX_VALUE, State.RELEASED));
  }

  private static Map<String, Object> properties(Note note) {
    Map<String, Object> all = new HashMap<>();
    all.put("navette_version", 1);
    if (note instanceof May may) {
      all.put("navette_kind", "may");
      all.put("navette_may", may.number());
      all.put("navette_step", "take-over");
      about(all, may.round());
    } else if (note instanceof Word word) {
      all.put("navette_kind", "word");
      all.put("navette_may", word.number());
      all.put("navette_answer", word.answer() == Answer.GO ? "go" : "wait");
      all.put("navette_by", word.by());
    } else if (note instanceof HowFar howFar) {
      all.put("navette_kind", "how-far");
      all.put("navette_may", howFar.number());
      about(all, howFar.round());
    } else if (note instanceof SoFar soFar) {
      all.put("navette_kind", "so-far");
      all.put("navette_may", soFar.number());
      all.put("navette_state", "released");
      about(all, soFar.round());
    }
    return all;
  }

  private static void about(Map<String, Object> all, int round) {
    all.put("navette_flux", "labo");
    all.put("navette_id", ID);
    all.put("navette_round", round);
  }

  private static Note read(Map<String, Object> properties) throws Malformed, JMSException {
    return Notes.read(Hostile.message(properties, List.of()));
  }

  @Property
  void whatIsTrueIsRead(@ForAll("notes") Note note) throws Exception {
    assertEquals(note, read(properties(note)));
  }

  @Property
  void aLieIsReadAsANoteOrRefusedInOneLine(
      @ForAll("notes") Note note, @ForAll("lies") Map<String, Object> lies) throws Exception {
    Map<String, Object> properties = properties(note);
    properties.putAll(lies);
    try {
      read(properties);
    } catch (Malformed e) {
      assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }
  }
}
