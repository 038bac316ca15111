package fr.epiconcept.navette.flux.command;

import com.sun.jna.Memory;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.flux.linux.Errno;
import fr.epiconcept.navette.flux.linux.Libc;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts a program by posix_spawn: in a session of its own, with default signals, a standard input
 * that is empty or given, and none of our other descriptors.
 */
final class Spawn {
  private static final short SETSIGDEF = 0x04;
  private static final short SETSIGMASK = 0x08;
  private static final short SETSID = 0x80;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  // glibc's structures have 336, 80 and 128 bytes.
  private static final int ATTRIBUTES_SIZE = 1024;
  private static final int ACTIONS_SIZE = 256;
  private static final int SIGNALS_SIZE = 256;
  private static final byte[] DEV_NULL =
      Libc.zeroEnded("/dev/null".getBytes(StandardCharsets.US_ASCII));

  static {
    // If our parent ignored it, we would inherit that, and the kernel would reap our children.
    Libc.signal(Libc.SIGCHLD, null);
  }

  private final Command command;

  Spawn(Command command) {
    this.command = command;
  }

  /**
   * Starts the program.
   *
   * @param environment {@code NAME=value} each
   * @param in becomes its standard input; negative: it has an empty one
   * @param out becomes its standard output
   * @param err becomes its standard error
   * @return its process id, which is its group's and its session's too
   */
  int start(List<byte[]> environment, int in, int out, int err) throws CommandNotStarted {
    int errno = Errno.ENOENT;
    try (CStrings words = new CStrings(command.words());
        CStrings variables = new CStrings(environment);
        Memory attributes = new Memory(ATTRIBUTES_SIZE);
        Memory actions = new Memory(ACTIONS_SIZE);
        Memory pid = new Memory(Integer.BYTES)) {
      prepare(attributes);
      prepare(actions, in, out, err);
      try {
        for (byte[] program : candidates()) {
          errno =
              Libc.posix_spawn(
                  pid, program, actions, attributes, words.pointer(), variables.pointer());
          if (errno == 0) {
            return pid.getInt(0);
          }
          if (errno != Errno.EACCES && errno != Errno.ENOENT) {
            break;
          }
        }
      } finally {
        Libc.posix_spawn_file_actions_destroy(actions);
        Libc.posix_spawnattr_destroy(attributes);
      }
    }
    throw new CommandNotStarted(command.program(), why(errno), isPassing(errno));
  }

  private void prepare(Memory attributes) throws CommandNotStarted {
    try (Memory signals = new Memory(SIGNALS_SIZE)) {
      short flags = (short) (SETSID | SETSIGDEF | SETSIGMASK);
      require(Libc.posix_spawnattr_init(attributes));
      require(Libc.posix_spawnattr_setflags(attributes, flags));
      Libc.sigemptyset(signals);
      require(Libc.posix_spawnattr_setsigmask(attributes, signals));
      Libc.sigfillset(signals);
      require(Libc.posix_spawnattr_setsigdefault(attributes, signals));
    }
  }

  private void prepare(Memory actions, int in, int out, int err) throws CommandNotStarted {
    require(Libc.posix_spawn_file_actions_init(actions));
    if (in < 0) {
      require(Libc.posix_spawn_file_actions_addopen(actions, 0, DEV_NULL, Libc.O_RDONLY, 0));
    } else {
      require(Libc.posix_spawn_file_actions_adddup2(actions, in, 0));
    }
    require(Libc.posix_spawn_file_actions_adddup2(actions, out, STDOUT));
    require(Libc.posix_spawn_file_actions_adddup2(actions, err, STDERR));
    if (command.folder().isPresent()) {
      byte[] folder = Libc.zeroEnded(NativeFiles.pathBytes(command.folder().get()));
      require(Libc.posix_spawn_file_actions_addchdir_np(actions, folder));
    }
    require(Libc.posix_spawn_file_actions_addclosefrom_np(actions, STDERR + 1));
  }

  /** A step left out for want of memory would start a program that prints into our own output. */
  private void require(int errno) throws CommandNotStarted {
    if (errno != 0) {
      throw new CommandNotStarted(command.program(), Errno.describe(errno), isPassing(errno));
    }
  }

  /** Where the program may be, in order: posix_spawnp would search our own PATH. */
  private List<byte[]> candidates() {
    byte[] program = command.words().get(0);
    List<byte[]> found = new ArrayList<>();
    if (hasSlash(program)) {
      found.add(Libc.zeroEnded(program));
      return found;
    }
    for (byte[] folder : searchPath()) {
      ByteArrayOutputStream path = new ByteArrayOutputStream();
      path.writeBytes(folder);
      path.write('/');
      path.writeBytes(program);
      byte[] candidate = Libc.zeroEnded(path.toByteArray());
      if (Libc.access(candidate, Libc.X_OK) == 0) {
        found.add(candidate);
      }
    }
    return found;
  }

  /** The absolute folders of the PATH; a relative one would run whatever the folder holds. */
  private List<byte[]> searchPath() {
    byte[] given = command.environment().get("PATH");
    String ours = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    byte[] path = given != null ? given : ours.getBytes(StandardCharsets.UTF_8);
    List<byte[]> folders = new ArrayList<>();
    ByteArrayOutputStream folder = new ByteArrayOutputStream();
    for (int i = 0; i <= path.length; i++) {
      if (i < path.length && path[i] != ':') {
        folder.write(path[i]);
      } else {
        byte[] complete = folder.toByteArray();
        folder.reset();
        if (complete.length > 0 && complete[0] == '/') {
          folders.add(complete);
        }
      }
    }
    return folders;
  }

  /** Linux says "no such file" for three different things; which one is found out afterwards. */
  private String why(int errno) {
    String reason = Errno.describe(errno);
    boolean folderMissing =
        command.folder().isPresent() && !Files.isDirectory(command.folder().get());
    if (folderMissing) {
      return reason
          + ": its working folder "
          + Command.spelled(NativeFiles.pathBytes(command.folder().get()));
    }
    if (errno == Errno.ENOEXEC) {
      return reason + " (a script begins with #! and its interpreter)";
    }
    if (errno == Errno.ENOENT) {
      byte[] program = command.words().get(0);
      if (!hasSlash(program)) {
        return "no such program on the PATH";
      }
      boolean there = program[0] == '/' && Libc.access(Libc.zeroEnded(program), 0) == 0;
      return there ? reason + ": the interpreter on its #! line" : reason;
    }
    return reason;
  }

  private static boolean isPassing(int errno) {
    return errno == Errno.EAGAIN
        || errno == Errno.ENOMEM
        || errno == Errno.EMFILE
        || errno == Errno.ENFILE
        || errno == Errno.ETXTBSY;
  }

  private static boolean hasSlash(byte[] text) {
    for (byte b : text) {
      if (b == '/') {
        return true;
      }
    }
    return false;
  }

  /** The environment as C wants it, with one variable more. */
  static List<byte[]> environment(Map<String, byte[]> variables, String name, String value) {
    List<byte[]> all = new ArrayList<>();
    variables.forEach(
        (key, bytes) -> {
          if (!key.equals(name)) {
            all.add(variable(key, bytes));
          }
        });
    all.add(variable(name, value.getBytes(StandardCharsets.UTF_8)));
    return all;
  }

  private static byte[] variable(String name, byte[] value) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    text.write('=');
    text.writeBytes(value);
    return text.toByteArray();
  }
}
