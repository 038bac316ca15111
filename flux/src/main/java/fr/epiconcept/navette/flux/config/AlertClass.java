package fr.epiconcept.navette.flux.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What somebody may want to be called for. */
public enum AlertClass {
  /** A deposit was refused by its flux's check, or is no regular file. */
  QUARANTINED(true),
  /** A deposit was given up: it is among the dead letters. */
  DEAD(true),
  /** A script was started and nobody knows whether it ended. */
  INTERRUPTED(true),
  /** A flux is held: nothing is processed. It lasts. */
  HELD(true),
  /** A flux, or a file of it, cannot go on for a fault of the machine. */
  SUSPENDED(true),
  /** No file has come for too long. It lasts. */
  SILENCE(true),
  /** A deposit was processed, and no acknowledgement of it has come for too long. */
  ACKNOWLEDGEMENT(true),
  /** A file has waited for too long. It lasts. */
  OLDEST(true),
  /** A worker has no link to the file server for too long. It lasts. */
  WORKER_AWAY(false),
  /** The broker's disk is short, so nothing is published. It lasts. */
  DISK(false),
  /** A certificate is near its end. It lasts. */
  CERTIFICATE(false),
  /** The broker's journal was damaged at the start. */
  JOURNAL(false);

  private final boolean ofFlux;

  AlertClass(boolean ofFlux) {
    this.ofFlux = ofFlux;
  }

  /** Whether it concerns one flux, which may have settings of its own for it. */
  public boolean isOfFlux() {
    return ofFlux;
  }

  /** As it is written in a configuration and in an alert. */
  public String word() {
    return Choice.spell(this);
  }

  /** The class that is written so. */
  public static Optional<AlertClass> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
  }

  static List<String> words(boolean ofFluxOnly) {
    return Arrays.stream(values())
        .filter(each -> each.ofFlux || !ofFluxOnly)
        .map(AlertClass::word)
        .toList();
  }
}
