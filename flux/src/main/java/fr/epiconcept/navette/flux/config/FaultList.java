package fr.epiconcept.navette.flux.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The faults of one file, as they are found. */
final class FaultList {
  private final Path file;
  private final Set<Fault> faults = new LinkedHashSet<>();
  private int errors;

  FaultList(Path file) {
    this.file = file;
  }

  void error(Mark at, String what) {
    // Counted even if it is there already: two sections may share a broken anchor, and both fail.
    errors++;
    faults.add(new Fault(file, at.line(), at.column(), what, Fault.Severity.ERROR));
  }

  void error(YamlNode.Flaw flaw) {
    error(flaw.at(), flaw.what());
  }

  void warning(Mark at, String what) {
    faults.add(new Fault(file, at.line(), at.column(), what, Fault.Severity.WARNING));
  }

  /** How often something was refused so far; grows only. */
  int errors() {
    return errors;
  }

  List<Fault> toList() {
    return new ArrayList<>(faults);
  }
}
