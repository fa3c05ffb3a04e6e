package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {
  private static final int BYTES = 32 << 20;

  @Test
  void countsDirectBuffersOfNioAndOfNetty() {
    var before = ProcessMemory.ofThisJvm();
    ByteBuffer direct = ByteBuffer.allocateDirect(BYTES);
    var netty = Unpooled.directBuffer(BYTES);
    var after = ProcessMemory.ofThisJvm();
    netty.release();
    assertThat(after.direct() + after.nettyDirect() - before.direct() - before.nettyDirect())
        .isGreaterThanOrEqualTo(2L * BYTES);
    assertThat(direct.capacity()).isEqualTo(BYTES);
  }

  @Test
  void readsResidentMemoryOfAnyProcess() {
    var resident = ProcessMemory.resident(ProcessHandle.current().pid());
    assertThat(resident.now()).isBetween(10L << 20, resident.peak());
    assertThat(ProcessMemory.resident(1).now()).isPositive();
    assertThatThrownBy(() -> ProcessMemory.resident(Long.MAX_VALUE))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void printsMebibytes() {
    var memory = new ProcessMemory(new ProcessMemory.Resident(5 << 20, 7 << 20), 1 << 20, 0, -1);
    assertThat(memory).hasToString("resident 5 MiB (peak 7), heap 1, direct 0, Netty's direct -1");
  }
}
