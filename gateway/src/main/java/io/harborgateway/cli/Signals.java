package io.harborgateway.cli;

import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Installs handlers of POSIX signals. Uses reflection: javac's warning about {@code
 * sun.misc.Signal} can't be suppressed, and nothing else in the JDK sees a second signal, or any
 * but TERM.
 */
final class Signals {
  private Signals() {}

  /**
   * Installs a handler, which runs on a new thread each time.
   *
   * @param name without SIG
   * @param received receives the name
   * @return false if the process was started with this signal ignored, as a shell's background job
   *     is with SIGINT, and a child of nohup with SIGHUP; it stays ignored
   */
  static boolean handle(String name, Consumer<String> received) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object listener =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  received.accept(name);
                }
                return null;
              });
      Object before =
          signal
              .getMethod("handle", signal, handler)
              .invoke(null, signal.getConstructor(String.class).newInstance(name), listener);
      return !Objects.equals(before, handler.getField("SIG_IGN").get(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK takes no handler for SIG" + name, e);
    }
  }
}
