package io.harborgateway.relay;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Enlarges pipes by fcntl(2) with F_SETPIPE_SZ, which Netty has no call for.
 *
 * <p>Linking the call takes some tens of milliseconds, once: a thread of its own does it, so that
 * no event loop waits. Until then, and where the call can't be linked, no pipe is enlarged.
 */
final class PipeCapacity {
  private static final int F_SETPIPE_SZ = 1031;

  private static final CompletableFuture<MethodHandle> FCNTL =
      CompletableFuture.supplyAsync(PipeCapacity::link, Thread.ofVirtual()::start);

  private PipeCapacity() {}

  /** Begins to link the call, unless that was begun before. */
  static void prepare() {
    // The class is loaded: that is all.
  }

  @SuppressWarnings("restricted") // neither Java nor Netty has it
  private static MethodHandle link() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("fcntl"),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
        Linker.Option.firstVariadicArg(2));
  }

  /** Tells whether it is known by now how, or that, pipes can be enlarged. */
  static boolean isReady() {
    return FCNTL.isDone();
  }

  /**
   * Makes a pipe hold {@code bytes}. The kernel refuses it beyond {@code fs.pipe-max-size}, and to
   * unprivileged users whose pipes have too many pages already; then it stays as it is.
   *
   * @return whether it was done
   */
  static boolean set(int pipe, int bytes) {
    MethodHandle fcntl = fcntl();
    if (fcntl == null) {
      return false;
    }
    try {
      return (int) fcntl.invokeExact(pipe, F_SETPIPE_SZ, bytes) >= bytes;
    } catch (Throwable e) { // what invokeExact is declared to throw; the call throws nothing
      return false;
    }
  }

  private static @Nullable MethodHandle fcntl() {
    return FCNTL.isDone() && !FCNTL.isCompletedExceptionally() ? FCNTL.resultNow() : null;
  }
}
