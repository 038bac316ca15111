package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code make bench}: measures what was asked for, and writes down what came out. */
final class Main {
  private static final List<Scenario> ALL =
      List.of(
          new LatencyScenario(),
          new SmallScenario(),
          new ManyScenario(),
          new ScaleScenario(),
          new LargeScenario(),
          new IdleScenario(),
          new BacklogScenario(),
          new RestartScenario(),
          new PhpScenario(),
          new SyscallsScenario());

  private final Lab lab;
  private final Results results = new Results();
  private boolean allWell = true;

  private Main(Lab lab) {
    this.lab = lab;
  }

  public static void main(String[] words) throws IOException, InterruptedException {
    Options options;
    List<Scenario> wanted;
    try {
      options = Options.of(Arrays.asList(words));
      wanted = wanted(options);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage() + "\n" + help());
      System.exit(2);
      return;
    }
    Main main = new Main(Lab.of(options, System.out));
    main.run(wanted);
    System.exit(main.allWell ? 0 : 1);
  }

  private static String help() {
    return "scenarios: " + names(ALL) + "\n" + Options.help();
  }

  private static String names(List<Scenario> scenarios) {
    return scenarios.stream().map(Scenario::name).collect(Collectors.joining(", "));
  }

  private static List<Scenario> wanted(Options options) {
    List<String> only = options.words(Option.ONLY);
    for (String name : only) {
      if (ALL.stream().noneMatch(each -> each.name().equals(name))) {
        throw new IllegalArgumentException("no scenario " + name);
      }
    }
    return ALL.stream().filter(each -> only.isEmpty() || only.contains(each.name())).toList();
  }

  private void run(List<Scenario> wanted) throws IOException, InterruptedException {
    Map<String, String> machine = Machine.facts(lab);
    for (Scenario scenario : wanted) {
      lab.say("--- " + scenario.name());
      try {
        scenario.run(lab, results);
      } catch (IOException | RuntimeException e) {
        // The others are worth an hour: what they measured is not thrown away
        allWell = false;
        lab.say(scenario.name() + " failed: " + e);
        e.printStackTrace(lab.console());
        results.note(scenario.name(), "**failed**: " + e.getMessage());
      }
    }
    write(wanted, machine);
  }

  private void write(List<Scenario> ran, Map<String, String> machine) throws IOException {
    Path repository = lab.options().path(Option.REPOSITORY);
    Path folder = Files.createDirectories(repository.resolve("bench/target/results"));
    new Report(results, machine, lab.options().said()).write(folder.resolve("results.json"));
    String text = facts(machine) + "\n" + new Table(results).markdown();
    Files.writeString(folder.resolve("results.md"), text);
    lab.console().println("\n" + text);
    if (lab.options().has(Option.WRITE) || (allWell && ran.size() == ALL.size())) {
      new Document(repository.resolve("docs/performance.md")).replace(text);
    }
    lab.say("written to " + folder);
  }

  private String facts(Map<String, String> machine) {
    String options =
        lab.options().said().entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .sorted()
            .collect(Collectors.joining(" "));
    return machine.entrySet().stream()
            .map(each -> each.getKey() + " " + each.getValue())
            .collect(Collectors.joining(" · "))
        + (options.isEmpty() ? "" : " · options " + options)
        + "\n";
  }
}
