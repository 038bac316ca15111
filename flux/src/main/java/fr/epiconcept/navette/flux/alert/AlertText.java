package fr.epiconcept.navette.flux.alert;

import fr.epiconcept.navette.flux.alert.Alert.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * An alert for people: a subject and some lines, for programs that read no JSON. Whatever names and
 * reasons hold, a subject is one line of plain ASCII, and a value never begins a line of its own.
 */
public final class AlertText {
  private static final int MOST_OF_VALUE = 240;
  private static final int MOST_OF_SUBJECT = 120;

  private final Alert alert;

  /** The text of {@code alert}. */
  public AlertText(Alert alert) {
    this.alert = alert;
  }

  /** Such as {@code [navette] files1 labo: dead (and 36 more)}. */
  public String subject() {
    String flux = alert.flux().map(name -> " " + name).orElse("");
    String more = alert.folded() == 0 ? "" : " (and " + alert.folded() + " more)";
    String subject =
        "[navette] "
            + (alert.kind() == Kind.TEST ? "TEST " : "")
            + alert.origin().host()
            + flux
            + ": "
            + alert.alert().word()
            + (alert.kind() == Kind.OVER ? " is over" : more);
    return cut(subject.replaceAll("[^\\x20-\\x7e]", "?"), MOST_OF_SUBJECT);
  }

  /** All of it. */
  public String body() {
    List<String> lines = new ArrayList<>();
    lines.add((alert.kind() == Kind.OVER ? "Over: " : "") + clean(alert.message()));
    lines.add("");
    line(lines, "alert", alert.alert().word());
    alert.flux().ifPresent(flux -> line(lines, "flux", flux.value()));
    line(lines, "server", alert.origin().host() + " (" + alert.origin().side() + ")");
    alert.name().ifPresent(name -> line(lines, "file", name));
    alert.id().ifPresent(id -> line(lines, "id", id.value()));
    line(lines, "since", alert.since().toString());
    line(lines, "told at", alert.at().toString());
    alert.sorted().forEach((key, value) -> line(lines, key, value));
    if (alert.folded() > 0) {
      lines.add("");
      lines.add("It also stands for " + alert.folded() + " more, not told one by one; among them:");
      alert.examples().forEach(example -> lines.add("  " + clean(example)));
    }
    return String.join("\n", lines) + "\n";
  }

  private static void line(List<String> lines, String key, String value) {
    lines.add(key + ": " + clean(value));
  }

  /** No line ends, no controls, no signs that turn text around. */
  private static String clean(String text) {
    return cut(
        text.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\x85]", "?"), MOST_OF_VALUE);
  }

  private static String cut(String text, int most) {
    return text.codePointCount(0, text.length()) <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most - 3)) + "...";
  }
}
