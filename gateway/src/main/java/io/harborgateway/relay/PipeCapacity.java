package io.harborgateway.relay;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Enlarges pipes with fcntl(2) F_SETPIPE_SZ, which Netty does not expose.
 *
 * <p>Linking the call takes tens of milliseconds, once, so a separate thread does it and no event
 * loop waits. Until then, and if the call can't be linked, no pipe is enlarged.
 */
final class PipeCapacity {
  private static final int F_SETPIPE_SZ = 1031;

  private static final CompletableFuture<MethodHandle> FCNTL =
      CompletableFuture.supplyAsync(PipeCapacity::link, Thread.ofVirtual()::start);

  private PipeCapacity() {}

  /** Begins to link the call unless already begun. */
  static void prepare() {
    // Loads the class, nothing more.
  }

  @SuppressWarnings("restricted") // neither Java nor Netty exposes it
  private static MethodHandle link() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("fcntl"),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
        Linker.Option.firstVariadicArg(2));
  }

  /** Returns whether linking has finished, successfully or not. */
  static boolean isReady() {
    return FCNTL.isDone();
  }

  /**
   * Resizes a pipe to {@code bytes}. The kernel refuses sizes beyond {@code fs.pipe-max-size}, and
   * refuses unprivileged users whose pipes already have too many pages; then the pipe keeps its
   * size.
   *
   * @return whether the pipe was resized
   */
  static boolean set(int pipe, int bytes) {
    MethodHandle fcntl = fcntl();
    if (fcntl == null) {
      return false;
    }
    try {
      return (int) fcntl.invokeExact(pipe, F_SETPIPE_SZ, bytes) >= bytes;
    } catch (Throwable e) { // declared by invokeExact; the call itself throws nothing
      return false;
    }
  }

  private static @Nullable MethodHandle fcntl() {
    return FCNTL.isDone() && !FCNTL.isCompletedExceptionally() ? FCNTL.resultNow() : null;
  }
}
