package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.WorkerSection.Priority;
import fr.epiconcept.navette.worker.Places.Place;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who gets the next place, without threads: lanes ask, and are woken. */
class PlacesTest {
  private final FileIds ids = new FileIds(InstantSource.system());
  private final Places places = new Places(1);

  /** The names of those who were woken, in order. */
  private final List<String> woken = new ArrayList<>();

  private final Map<String, Place> lanes = new HashMap<>();

  private Place lane(String name, Priority priority) {
    Place lane = places.of(new FluxName(name), priority, () -> woken.add(name));
    lanes.put(name, lane);
    return lane;
  }

  private boolean asks(Place lane) {
    return lane.take(ids.next());
  }

  private Place waits(String name, Priority priority) {
    Place lane = lane(name, priority);
    assertFalse(asks(lane), name);
    return lane;
  }

  /** The place goes round until so many have had it; each leaves it and asks no more. */
  private List<String> served(Place first, int many) {
    first.leave();
    for (int i = 0; i < many && i < woken.size(); i++) {
      lanes.get(woken.get(i)).leave();
    }
    return woken;
  }

  @Test
  void noMoreRunThanThereArePlaces() {
    places.most(2);
    assertTrue(asks(lane("a", Priority.LOW)));
    assertTrue(asks(lane("b", Priority.LOW)));
    waits("c", Priority.HIGH);
    assertEquals(List.of(), woken);
  }

  @Test
  void whoHasHisPlaceHasItUntilHeLeaves() {
    Place a = lane("a", Priority.NORMAL);
    assertTrue(asks(a));
    Place b = waits("b", Priority.HIGH);
    assertTrue(asks(a), "asked again");
    assertFalse(asks(b), "asked again");
    a.leave();
    assertTrue(asks(b));
    assertFalse(asks(a));
  }

  @Test
  void theNextPlaceGoesToTheHighestPriorityAndThereToWhoCameFirst() {
    Place first = lane("first", Priority.NORMAL);
    assertTrue(asks(first));
    waits("low1", Priority.LOW);
    waits("normal1", Priority.NORMAL);
    waits("high1", Priority.HIGH);
    waits("normal2", Priority.NORMAL);
    waits("high2", Priority.HIGH);
    assertEquals(List.of("high1", "high2", "normal1", "normal2", "low1"), served(first, 5));
  }

  /** Ten thousand files or one: each lane asks for one place, and then stands behind the other. */
  @Test
  void aFluxWithManyFilesAndOneWithFewTakeTurns() {
    Place many = lane("many", Priority.NORMAL);
    assertTrue(asks(many));
    for (int i = 0; i < 10; i++) {
      Place few = waits("few", Priority.NORMAL);
      many.passOn(ids.next());
      assertFalse(asks(many), "it does not pass who stands in line");
      assertTrue(asks(few));
      few.leave();
      assertTrue(asks(many));
    }
  }

  /** Else a flux with one lane would have every second place only, whatever its priority. */
  @Test
  void whoHasMoreToDoKeepsHisPlaceFromLowerOnes() {
    Place high = lane("high", Priority.HIGH);
    assertTrue(asks(high));
    Place low = waits("low", Priority.LOW);
    for (int i = 1; i < Places.ONE_IN; i++) {
      high.passOn(ids.next());
      assertTrue(asks(high), "place " + i);
    }
    high.passOn(ids.next());
    assertFalse(asks(high), "one of eight is for others");
    assertEquals(List.of("low"), woken);
    low.passOn(ids.next());
    assertTrue(asks(high));
    assertEquals(List.of("low", "high"), woken);
  }

  @Test
  void whoHasMoreToDoGoesBehindThoseOfHisOwnPriority() {
    Place a = lane("a", Priority.NORMAL);
    assertTrue(asks(a));
    Place b = waits("b", Priority.NORMAL);
    a.passOn(ids.next());
    assertFalse(asks(a));
    assertTrue(asks(b));
    b.passOn(ids.next());
    assertEquals(List.of("b", "a"), woken);
    assertTrue(asks(a));
  }

  @Test
  void oneFluxWithManyLanesKeepsAnotherOnlyAsLongAsThoseTakeThatAskedBefore() {
    Place first = lane("first", Priority.NORMAL);
    assertTrue(asks(first));
    for (int i = 0; i < 5; i++) {
      waits("many" + i, Priority.NORMAL);
    }
    waits("few", Priority.NORMAL);
    assertEquals(List.of("many0", "many1", "many2", "many3", "many4", "few"), served(first, 6));
  }

  /** However many of higher priority ask without end. */
  @Test
  void theLowestIsServedWithinABoundedNumberOfPlaces() {
    Place runs = lane("high", Priority.HIGH);
    assertTrue(asks(runs));
    Place low = waits("low", Priority.LOW);
    int given = 0;
    while (!asks(low)) {
      Place next = waits("high" + given, Priority.HIGH);
      runs.leave();
      runs = next;
      given++;
      assertTrue(given <= Places.ONE_IN, "it starves");
    }
    assertEquals(Places.ONE_IN, given);
    assertEquals(Places.ONE_IN - 1, woken.stream().filter(name -> name.startsWith("high")).count());
  }

  /** One of eight is for all others, so they share it in the order in which they came. */
  @Test
  void thoseWhoArePassedOverComeInTheirOrder() {
    Place runs = lane("high", Priority.HIGH);
    assertTrue(asks(runs));
    waits("low1", Priority.LOW);
    waits("normal", Priority.NORMAL);
    waits("low2", Priority.LOW);
    for (int i = 0; i < 3 * Places.ONE_IN; i++) {
      waits("high" + i, Priority.HIGH);
    }
    List<String> others =
        served(runs, 3 * Places.ONE_IN).stream().filter(name -> !name.startsWith("high")).toList();
    assertEquals(List.of("low1", "normal", "low2"), others);
  }

  @Test
  void whoLeavesTheLineIsPassedOverAndWokenNoMore() {
    Place runs = lane("runs", Priority.NORMAL);
    assertTrue(asks(runs));
    Place gone = waits("gone", Priority.HIGH);
    waits("stays", Priority.LOW);
    gone.leave();
    runs.leave();
    assertEquals(List.of("stays"), woken);
  }

  @Test
  void whoIsGivenAPlaceAndLeavesBeforeHeKnowsGivesItToTheNext() {
    Place runs = lane("runs", Priority.NORMAL);
    assertTrue(asks(runs));
    Place closed = waits("closed", Priority.NORMAL);
    waits("next", Priority.NORMAL);
    runs.leave();
    closed.leave();
    assertEquals(List.of("closed", "next"), woken);
    closed.leave();
    assertFalse(asks(lane("third", Priority.HIGH)), "left twice is left once");
  }

  @Test
  void moreOrFewerPlacesFromNowOn() {
    Place a = lane("a", Priority.NORMAL);
    assertTrue(asks(a));
    Place b = waits("b", Priority.NORMAL);
    Place c = waits("c", Priority.NORMAL);
    waits("d", Priority.NORMAL);
    places.most(3);
    assertEquals(List.of("b", "c"), woken);
    places.most(1);
    a.leave();
    b.leave();
    assertEquals(List.of("b", "c"), woken, "what runs is one still, and that is enough");
    c.leave();
    assertEquals(List.of("b", "c", "d"), woken);
  }

  @Test
  void theFilesThatWaitAreToldByFlux() {
    assertTrue(asks(lane("labo", Priority.NORMAL)));
    Place lane = lane("labo", Priority.NORMAL);
    FileId waiting = ids.next();
    assertFalse(lane.take(waiting));
    waits("other", Priority.NORMAL);
    assertEquals(Set.of(waiting), places.waiting(new FluxName("labo")));
    lane.leave();
    assertEquals(Collections.emptySet(), places.waiting(new FluxName("labo")));
  }
}
