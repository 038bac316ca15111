package fr.epiconcept.navette.flux.command;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A log that cannot be written must not end a program, nor leave it alone. */
public final class PatientOutput implements Output {
  private static final Logger LOG = LoggerFactory.getLogger(PatientOutput.class);

  private final Output next;
  private boolean failed;

  public PatientOutput(Output next) {
    this.next = next;
  }

  @Override
  public void line(Stream stream, String text) {
    try {
      next.line(stream, text);
    } catch (RuntimeException fault) {
      if (!failed) {
        failed = true;
        LOG.error("a program's output could not be passed on; it goes on running", fault);
      }
    }
  }
}
