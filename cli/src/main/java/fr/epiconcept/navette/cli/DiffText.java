package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.config.Side;
import java.io.PrintWriter;

/** A {@link Diff} for people. */
final class DiffText {
  private final PrintWriter out;

  DiffText(PrintWriter out) {
    this.out = out;
  }

  void say(Diff diff) {
    String daemon = diff.side() == Side.INGEST ? "ingest" : "worker";
    if (diff.silent().isPresent()) {
      out.println(
          daemon
              + " cannot be asked: "
              + diff.silent().get()
              + "; compared with nothing, all fluxes would start:");
    } else {
      out.println("a reload of " + daemon + " would do this:");
    }
    diff.nothing().ifPresent(why -> out.println("  nothing at all: " + why));
    diff.fluxes().forEach(this::say);
    long unchanged =
        diff.fluxes().stream().filter(one -> one.what() == Diff.What.UNCHANGED).count();
    if (unchanged > 0) {
      out.println("  = " + unchanged + " unchanged");
    }
    diff.taken().forEach(change -> out.println("  ~ " + change));
    diff.restart().forEach(change -> out.println("  needs a restart: " + change));
    boolean same = diff.restart().isEmpty() && diff.taken().isEmpty();
    boolean idle = unchanged == diff.fluxes().size() && same;
    if (idle && diff.nothing().isEmpty()) {
      out.println("  nothing: the configuration is the one that runs");
    }
  }

  private void say(Diff.One one) {
    if (one.what() == Diff.What.UNCHANGED) {
      return;
    }
    String head =
        switch (one.what()) {
          case NEW -> "+ " + one.flux() + " new";
          case REMOVED -> "- " + one.flux() + " removed";
          case CHANGED -> "~ " + one.flux() + " changed";
          case FAULTY -> "! " + one.flux() + " has a fault";
          case REFUSED -> "! " + one.flux() + " would not be changed";
          case UNCHANGED -> "= " + one.flux();
        };
    out.println("  " + head + one.why().map(why -> ": " + why).orElse(""));
    one.changes().forEach(change -> out.println("      " + change));
    one.files().forEach(files -> out.println("      " + files));
  }
}
