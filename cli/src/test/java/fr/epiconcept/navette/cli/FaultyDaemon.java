package fr.epiconcept.navette.cli;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Runs a daemon that dies on its way: at each step of a plan it kills itself with SIGKILL, each
 * time on another file. Started again with the same arguments it goes on with the plan where it
 * died, and runs on like any other daemon once the plan is done.
 */
public final class FaultyDaemon implements Checkpoint {
  private static final int SIGKILL = 9;

  /** Found at start, since looking for it takes time. */
  private static final Function KILL = NativeLibrary.getProcess().getFunction("kill");

  private final Path kills;
  private final List<Step> plan;

  private FaultyDaemon(Path kills, List<Step> plan) {
    this.kills = kills;
    this.plan = plan;
  }

  /**
   * Arguments: {@code ingest} or {@code worker}; the configuration's folder; the file that
   * remembers deaths, a line {@code STEP ID} each; then the steps to die at, in order.
   */
  public static void main(String[] args) throws Exception {
    Path config = Path.of(args[1]);
    List<Step> plan = Arrays.stream(args).skip(3).map(Step::valueOf).toList();
    Checkpoint faults = new FaultyDaemon(Path.of(args[2]), plan);
    Daemon daemon =
        args[0].equals("ingest") ? new IngestRun(config, faults) : new WorkerRun(config, faults);
    ExitCode code = new DaemonRun(daemon, Systemd.of(Map.of()), Runtime.getRuntime()::halt).run();
    System.exit(code.code());
  }

  @Override
  public synchronized void reached(Step step, FileId id) {
    try {
      List<String> died = Files.exists(kills) ? Files.readAllLines(kills) : List.of();
      boolean due = died.size() < plan.size() && plan.get(died.size()) == step;
      if (due && died.stream().noneMatch(line -> line.endsWith(" " + id))) {
        Files.writeString(
            kills, step + " " + id + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        die();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By the kernel itself: no other thread comes one step further. */
  private static void die() {
    KILL.invokeInt(new Object[] {(int) ProcessHandle.current().pid(), SIGKILL});
  }
}
