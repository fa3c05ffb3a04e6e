package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriteProgressTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final EmbeddedChannel other = new EmbeddedChannel();
  private final WriteProgress progress = new WriteProgress();

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    other.finishAndReleaseAll();
  }

  private void waiting(int bytes) {
    channel.flushOutbound();
    channel.write(Unpooled.buffer(bytes).writeZero(bytes));
  }

  @Test
  void nothingThatWaitsIsNoProgress() {
    assertThat(progress.since(channel, other)).isFalse();
  }

  @Test
  void fewerBytesThatWaitAreProgressAndAsManyAreNot() {
    waiting(1000);
    assertThat(progress.since(channel, other)).isTrue();
    waiting(500);
    assertThat(progress.since(channel, other)).isTrue();
    assertThat(progress.since(channel, other)).isFalse();
    channel.flushOutbound();
    assertThat(progress.since(channel, other)).isFalse();
  }

  @Test
  void moreBytesThatWereWrittenSinceDoNotHideProgress() {
    waiting(100);
    assertThat(progress.since(channel, other)).isTrue();
    waiting(5000);
    progress.restart();
    assertThat(progress.since(channel, other)).isTrue();
    assertThat(progress.since(channel, other)).isFalse();
  }
}
