package fr.epiconcept.navette.chaos;

import java.time.Instant;

/**
 * What a partner deposited: the truth that everything is compared with. Its content begins with a
 * line that no other has, which also tells the script what to do.
 *
 * @param serial which one, over all fluxes, from 1
 * @param subFolder below the inbox, empty at its top
 * @param place in the order in which its flux's partner deposited, from 1
 * @param task what its script is told to do
 * @param modified its mtime
 */
record Deposit(
    int serial,
    Flux flux,
    int place,
    String subFolder,
    String name,
    Way way,
    Task task,
    long size,
    String sha256,
    Instant modified) {

  /** With its sub-folder. */
  String treeName() {
    return subFolder.isEmpty() ? name : subFolder + "/" + name;
  }

  @Override
  public String toString() {
    return "#%d %s/%s (%s, %d bytes, %s, deposit %d of its flux)"
        .formatted(serial, flux.label(), treeName(), way, size, task.words(), place);
  }
}
