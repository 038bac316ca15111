package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.YamlNode.Entry;
import fr.epiconcept.navette.flux.config.YamlNode.Items;
import fr.epiconcept.navette.flux.config.YamlNode.Table;
import fr.epiconcept.navette.flux.config.YamlNode.Word;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads a central file: {@code fluxes}, each as in a file of its own and with the {@code hosts} to
 * which it belongs, and beside it tables whose only use is to be referred to by anchors. What is
 * wrong with a flux is told where it stands in the central file.
 */
public final class CentralReader {
  private static final String FLUXES = "fluxes";
  private static final String MACROS = "macros";
  private static final String HOSTS = "hosts";
  private static final Set<String> SECTIONS = Set.of("ingest", "worker");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,252}");

  private final Path file;
  private final FaultList faults;
  private final Map<Path, Table> trees = new HashMap<>();
  private final List<Central.Flux> fluxes = new ArrayList<>();

  private CentralReader(Path file) {
    this.file = file;
    this.faults = new FaultList(file);
  }

  /** What {@code file} says. */
  public static Central read(Path file) {
    return new CentralReader(file.toAbsolutePath().normalize()).all();
  }

  private Central all() {
    ConfigText.read(file, faults)
        .flatMap(text -> YamlReader.read(text, faults))
        .ifPresent(this::all);
    List<Fault> found = new ArrayList<>(faults.toList());
    List<Fault> among = new ArrayList<>();
    SharedInboxes.settle(
        fluxes.stream().map(Central.Flux::config).toList(), new Positions(trees), among);
    among.forEach(
        fault ->
            found.add(
                new Fault(file, fault.line(), fault.column(), fault.what(), fault.severity())));
    return new Central(fluxes, found);
  }

  private void all(Table root) {
    root.flaws().forEach(faults::error);
    root.entries()
        .forEach(
            (key, entry) -> {
              if (!key.equals(FLUXES) && !key.equals(MACROS) && !key.startsWith("x-")) {
                faults.error(
                    entry.keyAt(),
                    "unknown key '"
                        + key
                        + "'"
                        + Nearest.hint(key, Set.of(FLUXES, MACROS))
                        + " at the top stand 'fluxes', and 'x-…' or 'macros' for anchors");
              }
            });
    Entry entry = root.entries().get(FLUXES);
    if (entry == null) {
      faults.error(Mark.START, "missing 'fluxes': each flux stands there under its name");
    } else if (entry.value() instanceof Table table) {
      table.flaws().forEach(faults::error);
      table.entries().forEach(this::flux);
    } else if (!(entry.value() instanceof Word word && word.isNull())) {
      faults.error(
          entry.value().at(), "fluxes: expected names of fluxes, not " + entry.value().kind());
    }
  }

  private void flux(String key, Entry entry) {
    int before = faults.errors();
    if (FluxName.parse(key).isEmpty()) {
      faults.error(entry.keyAt(), "'" + key + "' cannot name a flux: expected " + FluxName.RULE);
    }
    if (entry.value() instanceof Table table) {
      SortedSet<String> hosts = hosts(key, table);
      Table own = withoutHosts(table);
      if (SECTIONS.stream().noneMatch(own.entries()::containsKey)) {
        faults.error(
            entry.keyAt(),
            "fluxes." + key + ": neither 'ingest' nor 'worker': a flux needs one of them, or both");
      }
      if (faults.errors() == before) {
        read(new FluxName(key), hosts, own);
      }
    } else {
      faults.error(
          entry.value().at(),
          "fluxes." + key + ": expected keys and their values, not " + entry.value().kind());
    }
  }

  private void read(FluxName name, SortedSet<String> hosts, Table own) {
    // No such file is there: it only tells the fluxes apart where they are compared.
    Path stand = file.resolve(name + ".yml");
    trees.put(stand, own);
    new FluxReader(name, stand, FluxDefaults.NOTHING_SAID, faults)
        .read(own)
        .ifPresent(config -> fluxes.add(new Central.Flux(name, hosts, config, YamlText.of(own))));
  }

  private static Table withoutHosts(Table table) {
    Map<String, Entry> entries = new LinkedHashMap<>(table.entries());
    entries.remove(HOSTS);
    return new Table(entries, table.flaws(), table.at());
  }

  private SortedSet<String> hosts(String flux, Table table) {
    SortedSet<String> hosts = new TreeSet<>();
    Entry entry = table.entries().get(HOSTS);
    if (entry == null) {
      return hosts;
    }
    if (entry.value() instanceof Items items && !items.nodes().isEmpty()) {
      for (YamlNode node : items.nodes()) {
        if (node instanceof Word word && HOST.matcher(word.text()).matches()) {
          hosts.add(word.text());
        } else {
          faults.error(
              node.at(), "fluxes." + flux + ".hosts: expected names of hosts, such as files1");
        }
      }
    } else {
      faults.error(
          entry.value().at(),
          "fluxes." + flux + ".hosts: expected a list such as [files1, front1]");
    }
    return hosts;
  }
}
