package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.RecvByteBufAllocator;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReadSizesTest {
  private final AtomicInteger maxRead = new AtomicInteger(ReadSizes.LARGE);

  @SuppressWarnings("deprecation") // Handle is what the interface gives
  private final RecvByteBufAllocator.Handle handle = new ReadSizes(maxRead::get).newHandle();

  /** Reads once; returns how much was asked for. */
  private int read(int available) {
    int asked = handle.guess();
    handle.attemptedBytesRead(asked);
    handle.lastBytesRead(Math.min(asked, available));
    return asked;
  }

  @Test
  void aBodyThatFillsItsReadsIsGivenLargerOnes() {
    assertThat(read(1 << 30)).isEqualTo(ReadSizes.SMALL);
    assertThat(read(1 << 30)).isEqualTo(16 << 10);
    assertThat(read(1 << 30)).isEqualTo(128 << 10);
    assertThat(read(1 << 30)).isEqualTo(ReadSizes.LARGE);
    assertThat(read(1 << 30)).isEqualTo(ReadSizes.LARGE);
  }

  @Test
  void headsAreReadInSmallPieces() {
    for (int i = 0; i < 10; i++) {
      assertThat(read(500)).isEqualTo(ReadSizes.SMALL);
    }
  }

  @Test
  void afterABodyReadsBecomeSmallAgain() {
    for (int i = 0; i < 4; i++) {
      read(1 << 30);
    }
    for (int i = 0; i < 12; i++) {
      read(500);
    }
    assertThat(handle.guess()).isEqualTo(ReadSizes.SMALL);
  }

  @Test
  void readsAreNoLargerThanMemoryAllows() {
    for (int i = 0; i < 4; i++) {
      read(1 << 30);
    }
    maxRead.set(8 << 10);
    assertThat(handle.guess()).isEqualTo(8 << 10);
    maxRead.set(ReadSizes.LARGE);
    assertThat(handle.guess()).isEqualTo(ReadSizes.LARGE);
  }
}
