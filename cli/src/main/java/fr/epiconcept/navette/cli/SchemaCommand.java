package fr.epiconcept.navette.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what an editor or a CI of configurations checks files with. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    description = "print the JSON Schema of navette.yml, or of a flux's file",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "2:usage"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette schema flux > flux.schema.json",
      "  # yaml-language-server: $schema=flux.schema.json   (first line of a file)"
    })
final class SchemaCommand implements Callable<Integer> {
  /** As in docs/schema. */
  enum Schema {
    /** That of {@code navette.yml}. */
    NAVETTE,
    /** That of a file in {@code flux.d}. */
    FLUX
  }

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "navette|flux", description = "of which file")
  Schema schema;

  @Override
  public Integer call() throws IOException {
    String name = schema.name().toLowerCase(java.util.Locale.ROOT) + ".schema.json";
    try (InputStream file = SchemaCommand.class.getResourceAsStream("/schema/" + name)) {
      if (file == null) {
        throw new IOException(name + " is not in this installation");
      }
      spec.commandLine().getOut().print(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    }
    spec.commandLine().getOut().flush();
    return ExitCode.DONE.code();
  }
}
