package io.harborgateway.control;

import io.harborgateway.metrics.Meters;
import io.harborgateway.transport.Buffers;

/**
 * The memory of this process, as far as it knows: what grows here is a leak or a lost back
 * pressure.
 */
final class Memory {
  private Memory() {}

  static void show(Meters meters) {
    // Not by the management beans: they cost 75 ms of each start.
    Runtime heap = Runtime.getRuntime();
    meters.gauge("memory.heap.bytes", () -> heap.totalMemory() - heap.freeMemory());
    meters.gauge("memory.buffers.bytes", Buffers::takenBytes);
    meters.gauge("memory.buffers.used.bytes", Buffers::usedBytes);
    meters.gauge("memory.buffers.limit.bytes", () -> Buffers.budget().limit());
    meters.gauge("memory.allocations.failed", Buffers::failedAllocations);
  }
}
