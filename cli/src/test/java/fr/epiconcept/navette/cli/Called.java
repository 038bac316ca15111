package fr.epiconcept.navette.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command answered that was called within this JVM. */
record Called(int exit, String out, String err) {
  static Called navette(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Main.commandLine(arguments)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Called(exit, out.toString(), err.toString());
  }
}
