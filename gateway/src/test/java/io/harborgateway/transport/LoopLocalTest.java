package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class LoopLocalTest {
  @Test
  void hasOneValueForEachLoop() {
    var values = new LoopLocal<>(loop -> new Object());
    EventLoop one = new EmbeddedChannel().eventLoop();
    EventLoop other = new EmbeddedChannel().eventLoop();
    assertThat(values.values()).isEmpty();
    assertThat(values.get(one)).isSameAs(values.get(one)).isNotSameAs(values.get(other));
    assertThat(values.values()).containsExactlyInAnyOrder(values.get(one), values.get(other));
  }
}
