package fr.epiconcept.navette.bench;

import java.io.IOException;

/** Something that is measured. */
interface Scenario {
  String name();

  /** Measures it, each system in turn, as many rounds as the options say. */
  void run(Lab lab, Results results) throws IOException, InterruptedException;
}
