package io.harborgateway.announce.routingapi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the API has of a mapping; the times overflow, as those of nanoTime may. */
final class ApiMemoryTest {
  private static final long START = Long.MAX_VALUE - 5;

  private static long at(long nanos) {
    return START + nanos;
  }

  @Test
  void nothingIsHadBeforeItWasTold() {
    assertThat(ApiMemory.EMPTY.hasIt(START)).isFalse();
    assertThat(ApiMemory.EMPTY.mayHaveIt(START)).isFalse();
  }

  @Test
  void whatWasToldWithoutAnAnswerMayBeHadUntilTheTtlEnds() {
    ApiMemory told = ApiMemory.EMPTY.perhaps(at(10));
    assertThat(told.hasIt(START)).isFalse();
    assertThat(told.mayHaveIt(at(9))).isTrue();
    assertThat(told.mayHaveIt(at(10))).isFalse();
  }

  @Test
  void whatWasTakenIsHadAndPerhapsLonger() {
    ApiMemory taken = ApiMemory.taken(at(8), at(10)).perhaps(at(20));
    assertThat(taken.hasIt(at(7))).isTrue();
    assertThat(taken.hasIt(at(8))).isFalse();
    assertThat(taken.mayHaveIt(at(19))).isTrue();
    assertThat(taken.mayHaveIt(at(20))).isFalse();
  }

  @Test
  void ofTwoThatAreOneTheSurerAndTheLaterHold() {
    ApiMemory perhaps = ApiMemory.EMPTY.perhaps(at(20));
    ApiMemory taken = ApiMemory.taken(at(8), at(10));
    ApiMemory both = ApiMemory.taken(at(8), at(20));
    assertThat(perhaps.and(taken)).isEqualTo(both);
    assertThat(taken.and(perhaps)).isEqualTo(both);
    assertThat(taken.and(ApiMemory.EMPTY)).isEqualTo(taken);
    assertThat(ApiMemory.EMPTY.and(taken)).isEqualTo(taken);
    assertThat(taken.and(ApiMemory.taken(at(9), at(9)))).isEqualTo(ApiMemory.taken(at(9), at(10)));
  }
}
