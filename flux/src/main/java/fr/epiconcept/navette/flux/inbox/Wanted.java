package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import java.util.List;
import java.util.Optional;

/** Which files of a folder elsewhere an inbox here would have a use for, by their names alone. */
public final class Wanted {
  private final Names names;

  /** By these rules. */
  public Wanted(ReadyRules rules) {
    names = new Names(rules);
  }

  /** Why a file of that name is of no use; nothing for a deposit, or for what belongs to one. */
  public Optional<String> whyNot(FileName name) {
    return isCompanion(name) ? Optional.empty() : names.whyNever(TreeName.of(name));
  }

  /** Whether it is the marker or the hash of what may be a deposit. */
  public boolean isCompanion(FileName name) {
    return ownerOf(name).isPresent();
  }

  /** What it is the marker or the hash of. */
  public Optional<FileName> ownerOf(FileName name) {
    return names.owner(name).filter(owner -> names.whyNever(TreeName.of(owner)).isEmpty());
  }

  /** What must stand beside a deposit of that name before it is complete. */
  public List<FileName> companionsOf(FileName name) {
    return names.companionsOf(name);
  }
}
