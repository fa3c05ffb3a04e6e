package io.harborgateway.announce.routeregistrar;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** Kills process groups by kill(2), for which Java has no call. */
final class ProcessGroup {
  private static final int SIGKILL = 9;

  private static final MethodHandle KILL = link();

  private ProcessGroup() {}

  @SuppressWarnings("restricted") // Java's own processes can be killed one by one only
  private static MethodHandle link() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("kill"),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  }

  /**
   * Kills every process of the group.
   *
   * @param leader the process that the group is named after; it may be gone already
   * @return whether there was one, and it might be killed
   */
  static boolean kill(long leader) {
    int group = Math.toIntExact(leader);
    if (group <= 1) {
      throw new IllegalArgumentException("process group: " + group + " (expected: above 1)");
    }
    try {
      return (int) KILL.invokeExact(-group, SIGKILL) == 0;
    } catch (Throwable e) { // what invokeExact is declared to throw; the call throws nothing
      throw new IllegalStateException("kill(2) can't be called", e);
    }
  }
}
