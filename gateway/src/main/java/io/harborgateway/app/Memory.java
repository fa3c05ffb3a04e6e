package io.harborgateway.app;

import io.harborgateway.metrics.Meters;
import io.harborgateway.transport.Buffers;
import java.lang.management.ManagementFactory;

/**
 * The memory of this process, as far as it knows: what grows here is a leak or a lost back
 * pressure.
 */
final class Memory {
  private Memory() {}

  static void show(Meters meters) {
    var heap = ManagementFactory.getMemoryMXBean();
    meters.gauge("memory.heap.bytes", () -> heap.getHeapMemoryUsage().getUsed());
    meters.gauge("memory.buffers.bytes", Buffers::takenBytes);
  }
}
