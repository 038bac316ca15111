package fr.epiconcept.navette.flux.adopt;

import fr.epiconcept.navette.flux.adopt.Note.Kind;
import fr.epiconcept.navette.flux.adopt.Old.Keys;
import fr.epiconcept.navette.flux.adopt.Old.Many;
import fr.epiconcept.navette.flux.adopt.Old.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Translates one flux of the old daemon; each of its types of files is a flux of ours. */
final class FluxTranslation {
  /** A relative path, which no reader of ours accepts. */
  static final String TODO = "TODO";

  private static final String TODO_SCRIPT = "TODO/put-the-old-commands-into-a-script";

  private final String tag;
  private final Taken top;
  private final boolean markers;
  private final List<Note> notes;

  private String name = "";
  private String path = TODO;
  private String prefix = "INDIRD_";
  private final Map<String, String> values = new TreeMap<>();
  private Map<String, Old> actions = Map.of();
  private Map<String, Old> ends = Map.of();
  private Map<String, Old> conds = Map.of();
  private Map<String, Old> logs = Map.of();

  FluxTranslation(String tag, Keys keys, boolean markers, List<Note> notes) {
    this.tag = tag;
    this.top = new Taken(keys);
    this.markers = markers;
    this.notes = notes;
  }

  /** The fluxes that it becomes, in the order in which they choose their files. */
  List<Part> parts() {
    name = tag;
    head();
    Map<String, Old> types = top.below("filetypes");
    Map<String, Old> rules = top.below("rules");
    actions = top.below("actions");
    ends = top.below("ends");
    conds = top.below("conds");
    logs = top.below("logs");
    top.take("macros"); // left alone by the old daemon, too
    top.take("sleep"); // how often a folder is looked at: told where there is such a folder
    top.rest().forEach((key, value) -> note(value.at(), Kind.LOST, "'" + key + "' is unknown"));
    types.forEach(
        (type, value) -> {
          if (!rules.containsKey(type)) {
            note(value.at(), Kind.LOST, "filetypes." + type + " has no rule: nothing was taken");
          }
        });
    List<Part> parts = new ArrayList<>();
    for (Map.Entry<String, Old> rule : rules.entrySet()) {
      name = rules.size() == 1 ? tag : tag + "-" + rule.getKey();
      parts.add(part(rule.getKey(), rule.getValue(), types.get(rule.getKey()), last(parts)));
    }
    if (parts.isEmpty()) {
      note(top.at(), Kind.LOST, "it has no rules: nothing was ever done");
    }
    return parts;
  }

  private static Optional<String> last(List<Part> parts) {
    return parts.isEmpty() ? Optional.empty() : Optional.of(parts.get(parts.size() - 1).name());
  }

  // --- what holds for all types ---

  private void head() {
    top.text("path").ifPresent(text -> path = text.text().replaceAll("(?<=.)/+$", ""));
    top.text("env_prefix").ifPresent(text -> prefix = text.text());
    Optional<Text> host = top.text("host");
    host.ifPresent(
        text -> {
          values.put(prefix + "HOST", text.text());
          note(
              text.at(),
              Kind.OTHERWISE,
              "host '"
                  + text.text()
                  + "': nothing checks it now; in a central file of navette split"
                  + " say hosts: ["
                  + text.text()
                  + "]");
        });
    values.put(prefix + "CONF", tag);
    values.put(prefix + "PATH", path);
    values.put(prefix + "FILE", ShellWords.FILE);
    top.below("env").forEach((key, value) -> variable(key, value, values));
    top.text("shell")
        .filter(text -> !text.text().equals("sh"))
        .ifPresent(
            text ->
                note(
                    text.at(),
                    Kind.OTHERWISE,
                    "shell '"
                        + text.text()
                        + "': no shell runs now; it is for scripts to name it"));
    top.text("debug")
        .filter(text -> text.text().equals("true"))
        .ifPresent(text -> note(text.at(), Kind.LOST, "debug: the flux's log tells each step"));
  }

  private void variable(String key, Old value, Map<String, String> into) {
    if (value instanceof Text text) {
      into.put(prefix + key, ShellWords.expanded(text.text(), into));
    }
  }

  // --- one type ---

  private Part part(String type, Old rule, Old fileType, Optional<String> before) {
    values.put(prefix + "RULE", type);
    List<Keys> steps = steps(rule);
    List<OldCommand> commands = new ArrayList<>();
    Map<String, String> folders = new LinkedHashMap<>();
    Map<String, String> own = new TreeMap<>();
    for (Keys step : steps) {
      step(new Taken(step), commands, folders, own);
    }
    int transfer = transferOf(commands);
    return transfer >= 0
        ? new Part(
            name,
            tag,
            rule.at(),
            Optional.of(ingest(fileType, before, commands, transfer, folders, rule)),
            Optional.empty())
        : new Part(
            name,
            tag,
            rule.at(),
            Optional.empty(),
            Optional.of(worker(fileType, commands, folders, own, rule)));
  }

  private static int transferOf(List<OldCommand> commands) {
    for (int i = 0; i < commands.size(); i++) {
      if (commands.get(i).isTransfer()) {
        return i;
      }
    }
    return -1;
  }

  private List<Keys> steps(Old rule) {
    List<Keys> steps = new ArrayList<>();
    if (rule instanceof Many many) {
      for (Old item : many.items()) {
        if (item instanceof Keys step) {
          if (step.entries().get("hide") instanceof Text hide && hide.text().equals("true")) {
            note(step.at(), Kind.LOST, "a step with hide: it was not run");
          } else {
            steps.add(step);
          }
        }
      }
    }
    return steps;
  }

  /** Reads one step: its command, and where its ends bring the file. */
  private void step(
      Taken step, List<OldCommand> commands, Map<String, String> folders, Map<String, String> own) {
    step.take("desc");
    step.take("hide");
    Optional<Text> action = step.text("action");
    action
        .map(text -> actions.get(text.text()))
        .filter(Keys.class::isInstance)
        .ifPresentOrElse(
            keys -> action(action.get().text(), new Taken((Keys) keys), commands, folders, own),
            () -> note(step.at(), Kind.TODO, "a step without a known action"));
    if (step.take("ends").orElse(null) instanceof Many many) {
      many.items().forEach(each -> end(each, folders));
    }
    if (step.take("logs").orElse(null) instanceof Many many) {
      many.items().forEach(this::log);
    }
    rest("a step", step);
  }

  private void action(
      String action,
      Taken keys,
      List<OldCommand> commands,
      Map<String, String> folders,
      Map<String, String> own) {
    keys.take("desc");
    Map<String, String> here = new TreeMap<>(values);
    keys.below("env").forEach((key, value) -> variable(key, value, here));
    keys.text("chdir")
        .ifPresent(text -> folders.put("chdir", ShellWords.expanded(text.text(), here)));
    keys.text("cmd")
        .ifPresentOrElse(
            cmd -> commands.add(OldCommand.of(cmd, here)),
            () -> note(keys.at(), Kind.TODO, "actions." + action + " has no cmd"));
    own.putAll(here);
    rest("actions." + action, keys);
  }

  private void end(Old each, Map<String, String> folders) {
    if (!(each instanceof Keys step)) {
      return;
    }
    Taken keys = new Taken(step);
    String cond = keys.text("cond").map(Text::text).orElse("");
    String end = keys.text("end").map(Text::text).orElse("");
    if (!(ends.get(end) instanceof Keys body)) {
      note(step.at(), Kind.LOST, "end '" + end + "' is not there");
      return;
    }
    Taken what = new Taken(body);
    what.take("desc");
    boolean mails = what.text("stdin").isPresent();
    Map<String, String> here = new TreeMap<>(values);
    what.below("env").forEach((key, value) -> variable(key, value, here));
    boolean elsewhere = what.text("chdir").isPresent();
    Optional<Text> cmd = what.text("cmd");
    rest("ends." + end, what);
    if (cmd.isEmpty()) {
      note(body.at(), Kind.LOST, "ends." + end + " has no cmd");
      return;
    }
    OldCommand command = OldCommand.of(cmd.get(), here);
    Optional<String> to = elsewhere ? Optional.empty() : command.movesTo();
    Optional<Boolean> good = isGood(cond);
    if (command.isNothing()) {
      return;
    }
    if (to.isPresent() && good.isPresent()) {
      folders.putIfAbsent(good.get() ? "done" : "fail", to.get());
      return;
    }
    if (to.isPresent() && isAlways(cond)) {
      folders.putIfAbsent("done", to.get());
      folders.putIfAbsent("fail", to.get());
      return;
    }
    note(
        cmd.get().at(),
        Kind.LOST,
        "ends."
            + end
            + (cond.isEmpty() ? "" : " (on " + cond + ")")
            + (mails || command.text().strip().startsWith("mail ")
                ? ", which tells somebody: say it in 'alerts' (docs/alerts.md): "
                : ": ")
            + command.text());
  }

  /** Whether a condition says that the action succeeded, or that it failed; else nothing. */
  private Optional<Boolean> isGood(String cond) {
    String test = conds.get(cond) instanceof Text text ? text.text() : "";
    String code = "\"?\\$\\{?" + java.util.regex.Pattern.quote(prefix) + "CODE\\}?\"?";
    if (test.matches("(test|\\[|\\[\\[) " + code + " (-eq|=|==) \"?0\"?( \\]| \\]\\])?")) {
      return Optional.of(true);
    }
    if (test.matches("(test|\\[|\\[\\[) " + code + " (-ne|!=|-gt) \"?0\"?( \\]| \\]\\])?")) {
      return Optional.of(false);
    }
    return Optional.empty();
  }

  private boolean isAlways(String cond) {
    return conds.get(cond) instanceof Text text && Set.of("true", ":").contains(text.text());
  }

  private void log(Old each) {
    if (!(each instanceof Text text) || !(logs.get(text.text()) instanceof Keys log)) {
      return;
    }
    boolean file = log.entries().get("type") instanceof Text type && type.text().equals("file");
    note(
        log.at(),
        file ? Kind.OTHERWISE : Kind.LOST,
        "logs."
            + text.text()
            + (file
                ? ": the flux has one log, NAME.log in 'logs' of navette.yml; its lines are others"
                : ": nothing goes to syslog; who is to be called stands in 'alerts'"));
  }

  // --- where partners deposit ---

  private Map<String, Object> ingest(
      Old fileType,
      Optional<String> before,
      List<OldCommand> commands,
      int transfer,
      Map<String, String> folders,
      Old rule) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("inbox", path);
    keys.put("archive", folder(folders, "done", "archive", rule));
    keys.put("quarantine", folder(folders, "fail", "quarantine", rule));
    if (folders.containsKey("fail")) {
      note(
          rule.at(),
          Kind.OTHERWISE,
          "quarantine gets what a check refuses; what could not be brought over waits in the spool"
              + " and goes by itself");
    }
    keys.put("ready", ready(fileType));
    keys.put("order", order(fileType));
    before.ifPresent(other -> keys.put("after", List.of(other)));
    check(commands.subList(0, transfer)).ifPresent(words -> keys.put("check", words));
    OldCommand copy = commands.get(transfer);
    note(
        copy.at(),
        Kind.OTHERWISE,
        "the way to "
            + copy.target().orElse("the other host")
            + " is ours now: there the flux has a section worker, and files arrive in its storage");
    for (OldCommand after : commands.subList(transfer + 1, commands.size())) {
      note(after.at(), Kind.LOST, "what was run after the transfer: " + after.text());
    }
    return keys;
  }

  private String folder(Map<String, String> folders, String old, String now, Old rule) {
    String to = folders.get(old);
    if (to == null) {
      note(
          rule.at(),
          Kind.TODO,
          "ingest." + now + ": no end moves files to such a folder: name one");
    }
    return to == null ? TODO : to;
  }

  private Map<String, Object> ready(Old fileType) {
    Map<String, Object> ready = new LinkedHashMap<>();
    if (markers) {
      ready.put("marker", ".ok/{name}");
    }
    if (fileType instanceof Keys keys) {
      Taken type = new Taken(keys);
      type.take("desc");
      String method = type.text("method").map(Text::text).orElse("regexp");
      type.text("orderby");
      Optional<Text> pattern = type.text("pattern");
      pattern.ifPresent(text -> pattern(method, text, ready));
      rest("a file type", type);
    }
    top.text("sleep")
        .filter(text -> text.text().matches("\\d{1,5}"))
        .ifPresent(text -> ready.put("rescan", text.text() + "s"));
    return ready;
  }

  private void pattern(String method, Text pattern, Map<String, Object> ready) {
    Optional<List<String>> ours =
        method.equals("fileglob")
            ? FileGlob.translate(pattern.text())
            : BasicExpression.translate(pattern.text()).map(text -> List.of("re:" + text));
    String key = method.equals("vregexp") ? "ignore" : "match";
    if (ours.isEmpty()) {
      note(
          pattern.at(),
          Kind.TODO,
          "ready." + key + ": no pattern of ours is like " + pattern.text());
    }
    ready.put(key, ours.orElse(List.of(TODO + "/pattern")));
  }

  private static String order(Old fileType) {
    boolean mtime =
        fileType instanceof Keys keys
            && keys.entries().get("orderby") instanceof Text text
            && text.text().equals("mtime");
    return mtime ? "mtime" : "name";
  }

  private Optional<List<String>> check(List<OldCommand> commands) {
    if (commands.isEmpty()) {
      return Optional.empty();
    }
    if (commands.size() == 1 && !commands.get(0).needsShell()) {
      List<String> words = new ArrayList<>();
      commands.get(0).runAs().ifPresent(user -> words.addAll(List.of("sudo", "-n", "-u", user)));
      commands.get(0).program().forEach(word -> words.add(placed(word)));
      return Optional.of(words);
    }
    for (OldCommand command : commands) {
      note(
          command.at(),
          Kind.TODO,
          "ingest.check: "
              + why(command, commands.size())
              + "; put it into a script, where "
              + prefix
              + "FILE is NAVETTE_NAME, in the folder of NAVETTE_FILE: "
              + command.text());
    }
    return Optional.of(List.of(TODO_SCRIPT, "{file}"));
  }

  private static String why(OldCommand command, int commands) {
    return command.needsShell() ? command.shell().reason() : "one of " + commands + " steps";
  }

  // --- where files are processed ---

  private Map<String, Object> worker(
      Old fileType,
      List<OldCommand> commands,
      Map<String, String> folders,
      Map<String, String> own,
      Old rule) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("storage", path);
    Set<String> used = new TreeSet<>();
    if (commands.size() == 1 && !commands.get(0).needsShell()) {
      simple(commands.get(0), keys);
    } else {
      for (OldCommand command : commands) {
        used.addAll(command.shell().variables());
        note(
            command.at(),
            Kind.TODO,
            "worker.script: "
                + why(command, commands.size())
                + "; put it into a script: "
                + command.text());
      }
      if (commands.isEmpty()) {
        note(rule.at(), Kind.TODO, "worker.script: no step has a command");
      }
      keys.put("script", List.of(TODO_SCRIPT, "{file}"));
    }
    Optional.ofNullable(folders.get("chdir"))
        .filter(folder -> folder.startsWith("/") && !folder.equals(path))
        .ifPresent(folder -> keys.put("folder", folder));
    Map<String, Object> env = env(used, own);
    if (!env.isEmpty()) {
      keys.put("env", env);
    }
    Optional.ofNullable(folders.get("done")).ifPresent(folder -> keys.put("archive", folder));
    if (!folders.containsKey("done")) {
      note(rule.at(), Kind.OTHERWISE, "no archive: the script takes care of the file, as before");
    }
    Optional.ofNullable(folders.get("fail"))
        .ifPresent(
            folder ->
                note(
                    rule.at(),
                    Kind.OTHERWISE,
                    "'"
                        + folder
                        + "': a file that failed goes to worker.archive (if there is one),"
                        + " and is a dead letter: navette pending, navette replay"));
    patternElsewhere(fileType);
    return keys;
  }

  private void simple(OldCommand command, Map<String, Object> keys) {
    List<String> words = command.program().stream().map(this::placed).toList();
    if (words.get(0).indexOf('/') > 0) {
      note(command.at(), Kind.TODO, "worker.script: '" + words.get(0) + "' is a relative path");
    }
    keys.put("script", words);
    command.runAs().ifPresent(user -> keys.put("run-as", user));
    command.timeout().ifPresent(time -> keys.put("timeout", time));
    if (command.program().contains(ShellWords.FILE)) {
      note(
          command.at(),
          Kind.OTHERWISE,
          "the script is given the whole path of the file ({name}: its name alone, as before)");
    }
  }

  private Map<String, Object> env(Set<String> used, Map<String, String> own) {
    Map<String, Object> env = new LinkedHashMap<>();
    for (String variable : used) {
      String value = own.getOrDefault(variable, "");
      env.put(variable, value.replace(ShellWords.FILE, "{name}"));
    }
    return env;
  }

  private void patternElsewhere(Old fileType) {
    if (fileType instanceof Keys keys && keys.entries().get("pattern") instanceof Text pattern) {
      note(
          pattern.at(),
          Kind.OTHERWISE,
          "pattern '"
              + pattern.text()
              + "': which files are taken is said at the inbox"
              + " (ingest.ready.match on the file server)");
    }
  }

  // --- both ---

  /** The file's name is its path where it stood alone, or behind the folder of the flux. */
  private String placed(String word) {
    if (word.equals(ShellWords.FILE) || word.equals(path + "/" + ShellWords.FILE)) {
      return "{file}";
    }
    return word.replace(ShellWords.FILE, "{name}");
  }

  private void rest(String where, Taken keys) {
    keys.rest()
        .forEach(
            (key, value) ->
                note(
                    value.at(),
                    Kind.LOST,
                    where + ": '" + key + "' was unknown to the old daemon"));
  }

  private void note(Old.Where at, Kind kind, String what) {
    notes.add(Note.at(at, flux(name), kind, what));
  }

  /** What a flux may be called. */
  static String flux(String wanted) {
    String plain = wanted.replaceAll("[^A-Za-z0-9_-]", "_").replaceFirst("^[_-]+", "");
    return plain.isEmpty() ? "flux" : plain.substring(0, Math.min(64, plain.length()));
  }
}
