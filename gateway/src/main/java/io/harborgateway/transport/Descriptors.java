package io.harborgateway.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * What neither Java nor Netty does with file descriptors, by fcntl(2). The first use links the
 * call, which takes tens of milliseconds: not for an event loop.
 */
public final class Descriptors {
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int O_NONBLOCK = 0x800;

  /** The numbers of standard input, output and error are never given away. */
  private static final int FIRST = 3;

  private static final MethodHandle FCNTL = link();

  private Descriptors() {}

  @SuppressWarnings("restricted") // neither Java nor Netty exposes it
  private static MethodHandle link() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("fcntl"),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
        Linker.Option.firstVariadicArg(2));
  }

  /**
   * Returns another descriptor of the same open file, which the caller closes. Child processes do
   * not get it.
   *
   * @throws IOException if there is no such descriptor, or none is left
   */
  public static int duplicate(int descriptor) throws IOException {
    int duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST);
    if (duplicate < 0) {
      throw new IOException("descriptor " + descriptor + " can't be duplicated");
    }
    return duplicate;
  }

  /**
   * Has reads and accepts of the open file return at once, in all processes that have it.
   *
   * @throws IOException if there is no such descriptor
   */
  static void setNonBlocking(int descriptor) throws IOException {
    int flags = fcntl(descriptor, F_GETFL, 0);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) {
      throw new IOException("descriptor " + descriptor + " is not open");
    }
  }

  private static int fcntl(int descriptor, int command, int argument) {
    try {
      return (int) FCNTL.invokeExact(descriptor, command, argument);
    } catch (Throwable e) { // declared by invokeExact; the call itself throws nothing
      throw new IllegalStateException("fcntl(2) can't be called", e);
    }
  }
}
