package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BuffersTest {
  private static ByteBuf read(int capacity, int bytes) {
    return Buffers.direct(capacity).writeZero(bytes);
  }

  @Test
  void aByteThatWasReadIntoALargeBufferDoesNotKeepIt() {
    ByteBuf large = Buffers.direct(512 << 10).writeBytes("a".getBytes(StandardCharsets.US_ASCII));
    ByteBuf fitted = Buffers.fitted(large);
    assertThat(large.refCnt()).isZero();
    assertThat(fitted.capacity()).isLessThan(64);
    assertThat(fitted.toString(StandardCharsets.US_ASCII)).isEqualTo("a");
    fitted.release();
  }

  @Test
  void aBufferThatWasFilledOrIsSmallStaysAsItIs() {
    for (ByteBuf read : new ByteBuf[] {read(512 << 10, 128 << 10), read(ReadSizes.SMALL, 1)}) {
      assertThat(Buffers.fitted(read)).isSameAs(read);
      read.release();
    }
  }

  @Test
  void anythingButTheEndOfMemoryIsAnotherFailure() {
    long before = Buffers.failedAllocations();
    assertThat(Buffers.isExhausted(new IllegalStateException())).isFalse();
    assertThat(Buffers.failedAllocations()).isEqualTo(before);
    assertThat(Buffers.isExhausted(new OutOfMemoryError())).isTrue();
    assertThat(Buffers.failedAllocations()).isEqualTo(before + 1);
  }
}
