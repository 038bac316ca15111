package fr.epiconcept.navette.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.transform.sax.SAXSource;
import javax.xml.validation.Validator;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.deployers.impl.FileConfigurationParser;
import org.apache.activemq.artemis.utils.XMLUtil;
import org.apache.activemq.artemis.utils.XmlProvider;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** Reads {@code broker.xml}: the administrator's, or the packaged one. */
final class BrokerXml {
  private static final String PACKAGED = "broker.xml";
  private static final String CORE = "urn:activemq:core";

  private BrokerXml() {}

  /**
   * What the file says, not yet bound to any folder or port.
   *
   * @throws BrokerRefused if it cannot be read or breaks Artemis's schema; names the file and the
   *     line
   */
  static Configuration read(Optional<Path> own) throws BrokerRefused {
    String where = own.map(Path::toString).orElse("the packaged broker.xml");
    String text = text(own, where);
    Element core = core(validated(text, where), where);
    try {
      Configuration configuration = new ConfigurationImpl();
      new FileConfigurationParser().parseMainConfig(core, configuration);
      return configuration;
    } catch (Exception e) {
      // Artemis throws whatever its parts throw; a value beyond the schema's knowledge has no line.
      throw new BrokerRefused(where + ": " + oneLine(e) + "; correct it and start again", e);
    }
  }

  private static String text(Optional<Path> own, String where) throws BrokerRefused {
    try {
      String raw;
      if (own.isPresent()) {
        raw = Files.readString(own.get(), StandardCharsets.UTF_8);
      } else {
        try (InputStream in = BrokerXml.class.getResourceAsStream(PACKAGED)) {
          if (in == null) {
            throw new IOException("it is missing in the program's jar; install Navette again");
          }
          raw = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
      }
      return XMLUtil.replaceSystemPropsInString(raw);
    } catch (IOException e) {
      throw new BrokerRefused("cannot read " + where + ": " + oneLine(e), e);
    }
  }

  private static String validated(String text, String where) throws BrokerRefused {
    Collected faults = new Collected();
    try {
      Validator validator =
          XmlProvider.newValidator(XMLUtil.findResource("schema/artemis-server.xsd"));
      validator.setErrorHandler(faults);
      validator.validate(new SAXSource(new InputSource(new StringReader(text))));
    } catch (SAXParseException e) {
      faults.error(e);
    } catch (SAXException | IOException e) {
      throw new BrokerRefused(where + ": " + oneLine(e), e);
    }
    if (!faults.found.isEmpty()) {
      SAXParseException first = faults.found.get(0);
      int more = faults.found.size() - 1;
      throw new BrokerRefused(
          where
              + ":"
              + first.getLineNumber()
              + ":"
              + first.getColumnNumber()
              + ": "
              + oneLine(first)
              + (more > 0 ? " (and " + more + " more)" : "")
              + "; correct it and start again",
          first);
    }
    return text;
  }

  private static Element core(String text, String where) throws BrokerRefused {
    try {
      NodeList cores = XMLUtil.stringToElement(text).getElementsByTagNameNS(CORE, "core");
      if (cores.getLength() == 1) {
        return (Element) cores.item(0);
      }
    } catch (Exception e) {
      throw new BrokerRefused(where + ": " + oneLine(e), e);
    }
    throw new BrokerRefused(where + ": no <core xmlns=\"" + CORE + "\"> in it");
  }

  static String oneLine(Throwable e) {
    // Of these two the message is a path, and nothing else.
    if (e instanceof AccessDeniedException denied && denied.getReason() == null) {
      return denied.getFile() + ": permission denied; the daemon's user must be able to read it";
    }
    if (e instanceof NoSuchFileException missing && missing.getReason() == null) {
      return missing.getFile() + ": no such file or folder";
    }
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.replaceAll("\\s+", " ").strip();
  }

  /** Goes on after a fault, so that the first one that is told is the first in the file. */
  private static final class Collected implements ErrorHandler {
    private final List<SAXParseException> found = new ArrayList<>();

    @Override
    public void warning(SAXParseException e) {
      // The schema's authors warn each other; nothing for an administrator.
    }

    @Override
    public void error(SAXParseException e) {
      if (!found.contains(e)) {
        found.add(e);
      }
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
      throw e;
    }
  }
}
