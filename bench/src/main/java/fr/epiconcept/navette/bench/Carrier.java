package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;

/** Something that takes files from an inbox, puts them into storage and runs a script on each. */
interface Carrier {
  /** Its column in the table. */
  String system();

  Path inbox();

  Path storage();

  /** Where deposits stay that have arrived. */
  Path archive();

  /** A folder on the inbox's file system, from where files are renamed into it. */
  Path staging();

  /**
   * The script: a copy of {@code unlink} that nothing else runs. It removes its file from storage.
   */
  Path script();

  /** All that works for it; their children are found. */
  Collection<ProcessHandle> processes();

  /** Waits until nothing is under way. */
  void settle() throws IOException, InterruptedException;
}
