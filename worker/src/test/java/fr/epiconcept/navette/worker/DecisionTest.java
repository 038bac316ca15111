package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.flux.command.End;
import fr.epiconcept.navette.flux.config.RetryRules;
import fr.epiconcept.navette.worker.Decision.AgainLater;
import fr.epiconcept.navette.worker.Decision.Failed;
import fr.epiconcept.navette.worker.Decision.Interrupted;
import fr.epiconcept.navette.worker.Decision.Processed;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DecisionTest {
  private static final Duration RAN = Duration.ofSeconds(1);

  /** 10 s, 20 s, then never more than 30 s; two codes ask for another run, one is a signal's. */
  private static final RetryRules RULES =
      new RetryRules(5, Duration.ofSeconds(10), 2, Duration.ofSeconds(30), Set.of(75, 137));

  private static final RetryRules ONCE =
      new RetryRules(1, Duration.ofSeconds(10), 2, Duration.ofSeconds(30), Set.of(75));

  /** 124 is what a time-out is called, and 143 what we call an end that we made. */
  private static final RetryRules ALSO_OURS =
      new RetryRules(3, Duration.ofSeconds(1), 1, Duration.ofSeconds(1), Set.of(0, 124, 143));

  static Stream<Arguments> ends() {
    String last = ", for the last of ";
    return Stream.of(
        Arguments.of(exit(0), 1, RULES, new Processed()),
        Arguments.of(exit(0), 5, RULES, new Processed()),
        Arguments.of(exit(0), 1, ALSO_OURS, new Processed()),
        Arguments.of(exit(75), 1, RULES, again(10)),
        Arguments.of(exit(75), 2, RULES, again(20)),
        Arguments.of(exit(75), 3, RULES, again(30)),
        Arguments.of(exit(75), 4, RULES, again(30)),
        Arguments.of(
            exit(75), 5, RULES, new Failed("the script answered 75" + last + "5 attempts")),
        Arguments.of(
            exit(75), 6, RULES, new Failed("the script answered 75" + last + "6 attempts")),
        Arguments.of(exit(75), 1, ONCE, new Failed("the script answered 75" + last + "1 attempts")),
        Arguments.of(exit(1), 1, RULES, new Failed("the script answered 1")),
        Arguments.of(exit(255), 5, RULES, new Failed("the script answered 255")),
        Arguments.of(
            new End.Signalled(11, RAN), 1, RULES, new Failed("the script was ended by signal 11")),
        Arguments.of(new End.Signalled(9, RAN), 1, RULES, again(10)),
        Arguments.of(
            new End.Signalled(9, RAN),
            5,
            RULES,
            new Failed("the script was ended by signal 9" + last + "5 attempts")),
        Arguments.of(
            new End.TimedOut(0, RAN), 1, RULES, new Failed("the script ran into its timeout")),
        Arguments.of(new End.TimedOut(2, RAN), 1, ALSO_OURS, again(1)),
        Arguments.of(
            new End.TimedOut(0, RAN),
            3,
            ALSO_OURS,
            new Failed("the script ran into its timeout" + last + "3 attempts")),
        Arguments.of(new End.Terminated(0, RAN), 1, RULES, new Interrupted()),
        Arguments.of(new End.Terminated(0, RAN), 5, RULES, new Interrupted()),
        Arguments.of(new End.Terminated(1, RAN), 1, ALSO_OURS, new Interrupted()));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void theEndTheAttemptAndTheRulesDecideWhatFollows(
      End end, int attempt, RetryRules rules, Decision expected) {
    assertEquals(expected, Decision.after(end, attempt, rules));
  }

  private static End exit(int code) {
    return new End.Exited(code, RAN);
  }

  private static AgainLater again(int seconds) {
    return new AgainLater(Duration.ofSeconds(seconds));
  }
}
