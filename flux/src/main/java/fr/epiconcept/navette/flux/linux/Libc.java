package fr.epiconcept.navette.flux.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.util.Arrays;

/**
 * The functions of the C library, called as in their manual pages. Paths and names are bytes ended
 * by a zero: {@link #zeroEnded(byte[])}.
 *
 * <p>Bound one by one at class loading (JNA's direct mapping), so a library that lacks one of them
 * stops the daemon at its start and not at its first file.
 */
public final class Libc {
  public static final int AT_FDCWD = -100;
  public static final int AT_SYMLINK_NOFOLLOW = 0x100;
  public static final int STATX_INO = 0x100;
  public static final int STATX_BTIME = 0x800;
  public static final int O_RDONLY = 0;
  public static final int O_NONBLOCK = 0x800;

  /** One of the few that differ between x86-64 and arm64. */
  public static final int O_NOFOLLOW = Platform.isARM() ? 0x8000 : 0x20000;

  public static final int O_CLOEXEC = 0x80000;
  public static final int MFD_CLOEXEC = 1;
  public static final int X_OK = 1;
  public static final int SIGTERM = 15;
  public static final int SIGKILL = 9;
  public static final int SIGCHLD = 17;
  public static final int SIGURG = 23;
  public static final int WNOHANG = 1;
  public static final int F_SETSIG = 10;
  public static final int F_SETLEASE = 1024;
  public static final int F_RDLCK = 0;
  public static final int F_UNLCK = 2;

  private static final long SYS_PIDFD_SEND_SIGNAL = 424;
  private static final long SYS_PIDFD_OPEN = 434;

  static {
    if (Native.LONG_SIZE != 8) {
      throw new UnsupportedOperationException("Navette runs on 64-bit Linux only");
    }
    // The C library is in the process already; asking for it by name may find a linker script.
    Native.register(Libc.class, NativeLibrary.getProcess());
  }

  private Libc() {}

  /** {@code text} with a zero behind it, as C wants it; it must hold none itself. */
  public static byte[] zeroEnded(byte[] text) {
    return Arrays.copyOf(text, text.length + 1);
  }

  // --- descriptors ---
  public static native int open(byte[] path, int flags);

  public static native int close(int descriptor);

  public static native long read(int descriptor, Pointer into, long size);

  public static native long write(int descriptor, Pointer from, long size);

  public static native long pwrite(int descriptor, Pointer from, long size, long at);

  public static native int memfd_create(byte[] name, int flags);

  public static native int pipe2(int[] ends, int flags);

  public static native int eventfd(int value, int flags);

  public static native int poll(Pointer entries, long count, int millis);

  public static native int fsync(int descriptor);

  public static native int sync_file_range(int descriptor, long offset, long bytes, int flags);

  public static native int fcntl(int descriptor, int command, int argument);

  // --- names ---
  public static native int renameat2(
      int fromFolder, byte[] from, int toFolder, byte[] to, int flags);

  public static native int link(byte[] from, byte[] to);

  public static native int unlink(byte[] path);

  public static native int access(byte[] path, int mode);

  public static native int statfs(byte[] path, Pointer into);

  public static native int statx(int folder, byte[] path, int flags, int mask, Pointer into);

  // --- folder events ---
  public static native int inotify_init1(int flags);

  public static native int inotify_add_watch(int descriptor, byte[] path, int mask);

  public static native int inotify_rm_watch(int descriptor, int watch);

  // --- processes ---
  public static native int posix_spawn(
      Pointer pid,
      byte[] path,
      Pointer fileActions,
      Pointer attributes,
      Pointer words,
      Pointer environment);

  public static native int posix_spawn_file_actions_init(Pointer actions);

  public static native int posix_spawn_file_actions_destroy(Pointer actions);

  public static native int posix_spawn_file_actions_addopen(
      Pointer actions, int descriptor, byte[] path, int flags, int mode);

  public static native int posix_spawn_file_actions_adddup2(Pointer actions, int from, int to);

  public static native int posix_spawn_file_actions_addchdir_np(Pointer actions, byte[] path);

  public static native int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int from);

  public static native int posix_spawnattr_init(Pointer attributes);

  public static native int posix_spawnattr_destroy(Pointer attributes);

  public static native int posix_spawnattr_setflags(Pointer attributes, short flags);

  public static native int posix_spawnattr_setsigdefault(Pointer attributes, Pointer signals);

  public static native int posix_spawnattr_setsigmask(Pointer attributes, Pointer signals);

  public static native int sigemptyset(Pointer signals);

  public static native int sigfillset(Pointer signals);

  public static native Pointer signal(int signal, Pointer handler);

  public static native int kill(int pid, int signal);

  public static native int waitpid(int pid, Pointer status, int options);

  private static native long syscall(long number, long a, long b, long c, long d);

  /** A descriptor of the process {@code pid}, readable once it has ended; -1 on failure. */
  public static int pidfdOpen(int pid) {
    return (int) syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0);
  }

  /** Signals the very process that the descriptor was opened for, whoever has its number now. */
  public static int pidfdSendSignal(int descriptor, int signal) {
    return (int) syscall(SYS_PIDFD_SEND_SIGNAL, descriptor, signal, 0, 0);
  }

  // --- accounts ---
  public static native int geteuid();

  public static native int getpwnam_r(
      byte[] name, Pointer entry, Pointer buffer, long size, Pointer result);

  // --- words ---
  static native Pointer strerrordesc_np(int errno);
}
