package io.harborgateway.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DrainTest {
  private final Drain drain = new Drain();

  @Test
  void beginsOnceAndEndsOnce() {
    assertThat(drain.draining()).isFalse();

    assertThat(drain.begin()).isTrue();
    assertThat(drain.begin()).isFalse();
    assertThat(drain.draining()).isTrue();

    assertThat(drain.end()).isTrue();
    assertThat(drain.end()).isFalse();
    assertThat(drain.draining()).isFalse();
  }
}
