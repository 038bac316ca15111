package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.FluxName;
import java.util.regex.Pattern;

/** How numbers, switches and names are written. */
final class Scalars {
  private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,9}");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,6}(\\.\\d{1,6})?");

  // Never with a '-' in front: these names become arguments of other commands.
  private static final Pattern SYSTEM_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]*\\$?");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private Scalars() {}

  static Parsed<Integer> whole(String text, int least, int most) {
    if (!WHOLE.matcher(text).matches()) {
      return Parsed.bad("'" + text + "' is no whole number: expected " + least + " to " + most);
    }
    int value = Integer.parseInt(text);
    if (value < least || value > most) {
      return Parsed.bad(text + " is out of range: expected " + least + " to " + most);
    }
    return Parsed.good(value);
  }

  static Parsed<Double> number(String text, int least, int most) {
    if (!NUMBER.matcher(text).matches()) {
      return Parsed.bad(
          "'" + text + "' is no number: expected " + least + " to " + most + ", such as 1.5");
    }
    double value = Double.parseDouble(text);
    if (value < least || value > most) {
      return Parsed.bad(text + " is out of range: expected " + least + " to " + most);
    }
    return Parsed.good(value);
  }

  static Parsed<Boolean> flag(String text) {
    if (text.equals("true") || text.equals("false")) {
      return Parsed.good(text.equals("true"));
    }
    return Parsed.bad("'" + text + "' is neither true nor false");
  }

  /** The name of a user or group of the machine. */
  static Parsed<String> systemName(String text) {
    return SYSTEM_NAME.matcher(text).matches()
        ? Parsed.good(text)
        : Parsed.bad("'" + text + "' cannot be a user or group: expected a name such as www-data");
  }

  /** The name of an account or broker; it becomes part of queue names, as a flux's does. */
  static Parsed<String> plainName(String text) {
    return FluxName.parse(text).isPresent()
        ? Parsed.good(text)
        : Parsed.bad("'" + text + "' cannot be such a name: expected " + FluxName.RULE);
  }

  /** The name of a variable for a script. */
  static Parsed<String> variable(String text) {
    if (text.startsWith("NAVETTE_")) {
      return Parsed.bad("'" + text + "' is set by Navette itself: choose another name");
    }
    return VARIABLE.matcher(text).matches()
        ? Parsed.good(text)
        : Parsed.bad("'" + text + "' is no variable: expected letters, digits and '_'");
  }
}
