package io.harborgateway.announce.routeregistrar;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** Kills process groups with kill(2), which Java does not expose. */
final class ProcessGroup {
  private static final int SIGKILL = 9;

  private static final MethodHandle KILL = link();

  private ProcessGroup() {}

  @SuppressWarnings("restricted") // Java can only kill processes one by one
  private static MethodHandle link() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("kill"),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  }

  /**
   * Kills every process of the group.
   *
   * @param leader id of the group's leader, which may already be gone
   * @return whether the group existed and could be killed
   */
  static boolean kill(long leader) {
    int group = Math.toIntExact(leader);
    if (group <= 1) {
      throw new IllegalArgumentException("process group: " + group + " (expected: above 1)");
    }
    try {
      return (int) KILL.invokeExact(-group, SIGKILL) == 0;
    } catch (Throwable e) { // declared by invokeExact; the call itself throws nothing
      throw new IllegalStateException("kill(2) can't be called", e);
    }
  }
}
