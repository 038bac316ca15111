package fr.epiconcept.navette.e2e;

import fr.epiconcept.navette.flux.FileName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What no partner should deposit, and what shall become of it.
 *
 * @param what it is, in the words of a report
 * @param name under which it is deposited
 * @param making how it is made, at a place beside the inbox, before it is renamed into it
 * @param end what becomes of it
 */
record BadFile(String what, FileName name, Making making, End end) {
  /** Makes the file that a case is about. */
  interface Making {
    void at(Path place) throws IOException, InterruptedException;
  }

  /** Where a deposit ends, or waits for somebody. */
  sealed interface End {
    /** It goes all the way, and comes back as its own answer. */
    record Transferred() implements End {}

    /** The same, but the check has made other bytes of it. */
    record TransferredAs(String content) implements End {}

    /** It is set aside; the text is part of the reason. */
    record Quarantined(String why) implements End {}

    /** It is left where it is, and listed with that reason. */
    record Waits(String why) implements End {}
  }

  /** What a file says: the check of the flux goes by its first line. */
  static Making saying(String text) {
    return place -> Files.write(place, text.getBytes(StandardCharsets.UTF_8));
  }

  static BadFile transferred(String what, FileName name, Making making) {
    return new BadFile(what, name, making, new End.Transferred());
  }

  static BadFile named(String what, byte... bytes) {
    return transferred(what, FileName.of(bytes), saying("plain\n" + what));
  }

  static BadFile named(String name) {
    return named(name, name.getBytes(StandardCharsets.UTF_8));
  }

  static BadFile quarantined(String name, Making making, String why) {
    return new BadFile(name, FileName.of(name), making, new End.Quarantined(why));
  }

  static BadFile waits(String name, Making making, String why) {
    return new BadFile(name, FileName.of(name), making, new End.Waits(why));
  }

  @Override
  public String toString() {
    return what;
  }
}
