package io.harborgateway.pace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KnownProblemsTest {
  private final KnownProblems known = new KnownProblems();

  @Test
  void eachIsNewOnceUntilThingsWork() {
    assertThat(known.worked()).isFalse();
    assertThat(known.isNew("a")).isTrue();
    assertThat(known.isNew("b")).isTrue();
    assertThat(known.isNew("a")).isFalse();
    assertThat(known.worked()).isTrue();
    assertThat(known.isNew("a")).isTrue();
  }

  @Test
  void afterTenNoneIsNew() {
    for (int i = 0; i < KnownProblems.MOST; i++) {
      assertThat(known.isNew("port " + i)).isTrue();
    }
    assertThat(known.isNew("another port")).isFalse();
  }
}
