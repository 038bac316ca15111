package fr.epiconcept.navette.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * The signals of the process.
 *
 * <p>A shutdown hook cannot end with exit code 0, nor tell SIGHUP from SIGTERM. The JDK's {@code
 * sun.misc.Signal} (module jdk.unsupported, there in every release) can, but javac's warning about
 * it cannot be turned off, and warnings are errors here: hence the reflection.
 */
final class Signals {
  private Signals() {}

  /** Runs {@code action}, on a thread of the JVM's, each time the signal {@code name} comes. */
  static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler onCall =
          (proxy, method, args) ->
              switch (method.getName()) {
                case "handle" -> {
                  action.run();
                  yield null;
                }
                case "equals" -> proxy == args[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "on " + name;
              };
      Object ours =
          Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, onCall);
      Object which = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handler).invoke(null, which, ours);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java lets nobody handle SIG" + name, e);
    }
  }
}
