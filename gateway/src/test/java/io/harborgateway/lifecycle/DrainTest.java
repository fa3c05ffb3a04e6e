package io.harborgateway.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class DrainTest {
  private final Drain drain = new Drain();
  private final AtomicInteger told = new AtomicInteger();

  @Test
  void beginsOnce() {
    drain.onBegin(told::incrementAndGet);
    assertThat(drain.draining()).isFalse();

    assertThat(drain.begin()).isTrue();
    assertThat(drain.begin()).isFalse();

    assertThat(drain.draining()).isTrue();
    assertThat(told).hasValue(1);
  }

  @Test
  void listenerThatComesLateIsCalledAtOnce() {
    drain.begin();

    drain.onBegin(told::incrementAndGet);

    assertThat(told).hasValue(1);
  }
}
