package fr.epiconcept.navette.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Which Navette on which Java this is. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    Properties built = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      built.load(in);
    }
    return new String[] {
      "navette " + built.getProperty("version"), "Java " + Runtime.version() + " (${java.vendor})"
    };
  }
}
