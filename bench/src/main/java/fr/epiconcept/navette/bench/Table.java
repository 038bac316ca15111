package fr.epiconcept.navette.bench;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/** Results as Markdown: a table a scenario, with the goals beside the figures. */
final class Table {
  private final Results results;

  Table(Results results) {
    this.results = results;
  }

  String markdown() {
    return results.scenarios().stream().map(this::scenario).collect(Collectors.joining("\n"));
  }

  private String scenario(String name) {
    List<Figure> figures = results.of(name);
    StringBuilder text = new StringBuilder("### " + name + "\n\n");
    if (!figures.isEmpty()) {
      Set<String> systems = distinct(figures.stream().map(Figure::system).toList());
      text.append("| | unit |");
      systems.forEach(system -> text.append(' ').append(system).append(" |"));
      text.append(systems.contains(Results.LIMIT) ? " Navette : limit |" : "");
      text.append(" goal | |\n|---|---|");
      int columns = systems.size() + (systems.contains(Results.LIMIT) ? 1 : 0) + 2;
      text.append("---|".repeat(columns)).append('\n');
      distinct(figures.stream().map(Figure::what).toList())
          .forEach(what -> text.append(row(name, what, systems)));
      text.append('\n');
    }
    results.notes(name).forEach(note -> text.append("- ").append(note).append('\n'));
    return text.toString();
  }

  private String row(String scenario, String what, Set<String> systems) {
    List<Figure> figures =
        results.of(scenario).stream().filter(each -> each.what().equals(what)).toList();
    StringBuilder row = new StringBuilder();
    row.append("| ").append(what).append(" | ").append(figures.get(0).unit().label).append(" |");
    for (String system : systems) {
      row.append(' ')
          .append(
              figures.stream()
                  .filter(each -> each.system().equals(system))
                  .map(Figure::shown)
                  .findFirst()
                  .orElse(""))
          .append(" |");
    }
    if (systems.contains(Results.LIMIT)) {
      row.append(' ').append(ratio(scenario, what)).append(" |");
    }
    List<Goal> goals = Goals.of(scenario, what);
    row.append(' ').append(joined(goals.stream().map(Goal::words).toList())).append(" | ");
    row.append(joined(goals.stream().map(goal -> goal.verdict(results).shown()).toList()));
    return row.append(" |\n").toString();
  }

  private String ratio(String scenario, String what) {
    OptionalDouble ratio = results.ratioTo(scenario, what, Results.LIMIT);
    return ratio.isPresent() ? Unit.shown(ratio.getAsDouble()) : "";
  }

  private static Set<String> distinct(List<String> words) {
    return new LinkedHashSet<>(words);
  }

  private static String joined(List<String> words) {
    return String.join("; ", words);
  }
}
