package io.harborgateway.cli;

import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Handlers of POSIX signals. By reflection: javac warns of {@code sun.misc.Signal} in a way that
 * can't be allowed, and the JDK has nothing else that sees a second signal, or any but TERM.
 */
final class Signals {
  private Signals() {}

  /**
   * Has the signal handled, on a thread of its own each time.
   *
   * @param name without SIG
   * @param received gets the name
   * @return false if the process was started with this signal ignored, as a background job of a
   *     shell is with SIGINT, and a child of nohup with SIGHUP: it stays ignored
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
