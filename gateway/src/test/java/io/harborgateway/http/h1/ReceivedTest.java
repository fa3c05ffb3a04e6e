package io.harborgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReceivedTest {
  private static final UnpooledByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

  private static ByteBuf data(String text) {
    return ALLOCATOR.buffer().writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A client that always sends the first octet of the next request with the one before. */
  @Test
  void keepsNothingThatWasRead() {
    ByteBuf received = data("x");
    for (int i = 0; i < 10_000; i++) {
      received = Received.join(received, data("y".repeat(99) + "x"), ALLOCATOR);
      received.skipBytes(100);
      assertThat(received.capacity()).isLessThan(4096);
    }
    assertThat(Wire.taken(received)).isEqualTo("x");
  }

  @Test
  void leavesSlicesAlone() {
    ByteBuf received = data("a".repeat(1000) + "b");
    ByteBuf slice = received.readRetainedSlice(1000);
    received = Received.join(received, data("c"), ALLOCATOR);
    received = Received.join(received, data("d"), ALLOCATOR);
    assertThat(Wire.taken(slice)).isEqualTo("a".repeat(1000));
    assertThat(Wire.taken(received)).isEqualTo("bcd");
  }
}
