package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.view.Balance;
import fr.epiconcept.navette.flux.view.Period;
import fr.epiconcept.navette.flux.view.Unbalanced;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Answers whether anything got lost. */
@Command(
    name = "balance",
    mixinStandardHelpOptions = true,
    description = {
      "did anything get lost? the books against disk, queues and archive",
      "Every file that came in since yesterday morning must be processed, in quarantine, dead or"
          + " waiting, and stand where it should. Those that do not are the remainder: each is"
          + " named, with what to do."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing is missing",
      "1:there is a remainder, or a folder cannot be read",
      "2:usage or configuration",
      "3:the file server cannot be asked; what this server knows is told"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette balance                        all fluxes, since yesterday 00:00",
      "  navette balance labo --from 2026-11-01 --to 2026-11-07",
      "  navette balance --all --deep           the whole books; archived bytes too",
      "  30 6 * * * navette navette balance -q  in /etc/cron.d: mails a remainder"
    })
final class BalanceCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin CommonOptions common;

  @Parameters(paramLabel = "FLUX", arity = "0..1", description = "that flux only")
  FluxName flux;

  @Option(
      names = "--from",
      paramLabel = "DAY",
      converter = Day.class,
      description = "files that came in on that day or later (default: yesterday)")
  LocalDate from;

  @Option(
      names = "--to",
      paramLabel = "DAY",
      converter = Day.class,
      description = "files that came in on that day or earlier (default: until now)")
  LocalDate to;

  @Option(
      names = "--all",
      description = "as far back as the books go: 30 days and all that is open")
  boolean all;

  @Option(
      names = "--deep",
      description =
          "compare the bytes in the archive with those that were published; reads them all")
  boolean deep;

  @Option(names = "--json", description = "as JSON; see docs/json.md")
  boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "print only what is wrong")
  boolean quiet;

  /** A day as it is written everywhere here. */
  static final class Day implements ITypeConverter<LocalDate> {
    @Override
    public LocalDate convert(String text) {
      try {
        return LocalDate.parse(text);
      } catch (DateTimeParseException e) {
        throw new TypeConversionException("'" + text + "' is no day such as 2026-11-24");
      }
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Balances balances =
        new Balances(Machine.of(common.config()), period(InstantSource.system()), deep);
    balances.ask(Optional.ofNullable(flux));
    PrintWriter err = spec.commandLine().getErr();
    balances.notes().forEach(note -> err.println("navette balance: " + note));
    if (json) {
      json(balances);
    } else {
      balances.found().forEach(this::tell);
    }
    return balances.exitCode().code();
  }

  private Period period(InstantSource clock) {
    if (all && (from != null || to != null)) {
      throw new ParameterException(spec.commandLine(), "either --all, or --from and --to");
    }
    ZoneId zone = ZoneId.systemDefault();
    if (all) {
      return new Period(Optional.empty(), Optional.empty());
    }
    LocalDate first = from;
    if (first == null) {
      LocalDate yesterday = LocalDate.ofInstant(clock.instant(), zone).minusDays(1);
      first = to != null && to.isBefore(yesterday) ? to : yesterday;
    }
    if (to != null && to.isBefore(first)) {
      throw new ParameterException(spec.commandLine(), "--to is before --from");
    }
    Optional<Instant> end =
        Optional.ofNullable(to).map(day -> day.plusDays(1).atStartOfDay(zone).toInstant());
    return new Period(Optional.of(first.atStartOfDay(zone).toInstant()), end);
  }

  private void json(Balances balances) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    ArrayNode array = LiveJson.mapper().createArrayNode();
    for (Balances.Found found : balances.found()) {
      ObjectNode each = LiveJson.mapper().valueToTree(found.sum());
      each.put("source", found.source());
      JsonNode files = LiveJson.mapper().valueToTree(found.files());
      each.set("files", files);
      array.add(each);
    }
    LiveJson.mapper().writeValue(out, array);
    out.println();
  }

  private void tell(Balances.Found found) {
    Balance sum = found.sum();
    if (quiet && sum.remainder() == 0) {
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(line(sum) + (found.isHere() ? "" : "   (as " + found.source() + " says)"));
    if (!quiet) {
      note(
          sum.unbooked(),
          "on the disk, and in no book: claimed before a crash, or before the books began");
      note(
          sum.purged(), "processed, and purged from the archive since: older than all that it has");
    }
    tell(found.files());
  }

  private static String line(Balance sum) {
    return "%s  received %d = processed %d + quarantined %d + dead %d + waiting %d%s   remainder %d"
        .formatted(
            sum.flux(),
            sum.received(),
            sum.processed(),
            sum.quarantined(),
            sum.dead(),
            sum.waiting(),
            sum.replayed() == 0 ? "" : " + replayed " + sum.replayed(),
            sum.remainder());
  }

  private void note(long count, String what) {
    if (count > 0) {
      spec.commandLine().getOut().println("  of these " + count + " " + what);
    }
  }

  private void tell(List<Unbalanced> files) {
    PrintWriter out = spec.commandLine().getOut();
    for (Unbalanced file : files) {
      out.println("  " + file.id() + " " + file.name() + ": " + file.what());
      out.println("    " + file.then());
    }
  }
}
