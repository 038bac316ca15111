package fr.epiconcept.navette.flux.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** Why a call of {@link Libc} failed. The numbers are those of x86-64 and arm64. */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int ENOEXEC = 8;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EEXIST = 17;
  public static final int EXDEV = 18;
  public static final int ENOTDIR = 20;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int ETXTBSY = 26;
  public static final int ENOSPC = 28;
  public static final int ENOSYS = 38;
  public static final int EOPNOTSUPP = 95;
  public static final int EDQUOT = 122;

  private Errno() {}

  /** The reason of the last failure on this thread; kept by JNA, whatever the JVM does between. */
  public static int last() {
    return Native.getLastError();
  }

  /** The reason in English words, whatever the locale. */
  public static String describe(int errno) {
    Pointer text = Libc.strerrordesc_np(errno);
    return text == null ? "error " + errno : text.getString(0);
  }
}
