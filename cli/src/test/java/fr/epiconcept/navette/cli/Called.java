package fr.epiconcept.navette.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

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
    JsonSchemas.check(List.of(arguments), exit, out.toString());
    return new Called(exit, out.toString(), err.toString());
  }
}
